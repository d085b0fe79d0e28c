"""What has to be deleted of recordings: by retention or because a number was erased. Tried until it is gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .recording_moves import key_of, pause_after
from .tables import Call, Recording, RecordingErasure
from .words import RecordingState

AT_ONCE = 100


@dataclass(frozen=True)
class Deletion:
    """One thing to delete: an object of the storage, or a file of this switch."""

    id: int
    call_id: UUID
    storage_key: str | None
    switch_path: str | None


async def expire_due(s: AsyncSession, now: datetime, most: int = AT_ONCE) -> int:
    """Recordings kept long enough: their objects are to be deleted, length and checksum stay. How many."""
    rows = list(
        await s.exec(
            select(Recording)
            .where(Recording.state == RecordingState.STORED, col(Recording.keep_until) <= now)
            .order_by(col(Recording.keep_until))
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    )
    for row in rows:
        s.add(RecordingErasure(call_id=row.call_id, storage_key=row.storage_key, next_try_at=now))
        row.state, row.storage_key, row.peaks = RecordingState.EXPIRED, None, None
        s.add(row)
    await s.flush()
    return len(rows)


async def erase(s: AsyncSession, call: Call, now: datetime) -> bool:
    """A call's recording goes, wherever it is: in the storage, on the switch, or on its way. False: it has none."""
    row = await s.get(Recording, call.id, with_for_update=True)
    if row is None or row.state == RecordingState.ERASED:
        return False
    # Whoever moves it just now may still upload until its lease ends: the object is deleted after that.
    after = max(now, row.leased_until or now)
    if row.state != RecordingState.EXPIRED:
        s.add(RecordingErasure(call_id=call.id, storage_key=row.storage_key or key_of(call), next_try_at=after))
    s.add(
        RecordingErasure(
            call_id=call.id, switch_name=row.switch_name, switch_path=row.switch_path, next_try_at=after
        )
    )  # fmt: skip
    row.state, row.storage_key, row.peaks, row.sha256 = RecordingState.ERASED, None, None, None
    row.lease_token, row.leased_until, row.masked = None, None, []
    s.add(row)
    await s.flush()
    return True


async def due(s: AsyncSession, switch_name: str, now: datetime) -> Deletion | None:
    """The next thing that this switch's mover may delete, kept from others for a minute. None: nothing is due."""
    found = await s.execute(
        text(
            "update recording_erasure set attempts = attempts + 1, next_try_at = :later where id = ("
            " select id from recording_erasure where done_at is null and next_try_at <= :now"
            " and (switch_name is null or switch_name = :switch)"
            " order by next_try_at limit 1 for update skip locked) "
            "returning id, call_id, storage_key, switch_path"
        ),
        {"now": now, "later": now + timedelta(minutes=1), "switch": switch_name},
    )
    row = found.one_or_none()
    return None if row is None else Deletion(row.id, row.call_id, row.storage_key, row.switch_path)


async def done(s: AsyncSession, deletion: Deletion, now: datetime) -> None:
    row = await s.get_one(RecordingErasure, deletion.id)
    row.done_at, row.last_error = now, None
    s.add(row)


async def failed(s: AsyncSession, deletion: Deletion, code: str, now: datetime) -> None:
    """It is tried again, later each time, for ever."""
    row = await s.get_one(RecordingErasure, deletion.id)
    row.last_error, row.next_try_at = code, now + pause_after(row.attempts)
    s.add(row)


async def uploaded_in_vain(s: AsyncSession, call_id: UUID, storage_key: str, now: datetime) -> None:
    """An upload ended after its recording was erased: the object goes too. Another mover's object stays."""
    row = await s.get(Recording, call_id, with_for_update=True)
    if row is None or row.state in (RecordingState.ERASED, RecordingState.EXPIRED):
        s.add(RecordingErasure(call_id=call_id, storage_key=storage_key, next_try_at=now))
        await s.flush()
