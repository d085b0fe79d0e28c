"""Moving recordings from the switch to the storage: who has which, and what became of it.

A mover takes a recording under a lease with a token of its own. Every change it makes is checked against that token:
whoever lost the lease, or whose recording was erased meanwhile, changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from .flags import raise_flag
from .recording_signals import resolve_flag
from .tables import Call, Campaign, Recording
from .words import FlagKind, RecordingState

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
SHORT_MS, SHORT_PART = 3_000, 20
"""A recording that lacks more than this, and more than a twentieth of the talk, is not whole."""

KEPT_ASIDE = frozenset({"file_empty", "file_unreadable"})
"""Lost, and yet there is a file: it stays where it is."""


@dataclass(frozen=True)
class Due:
    """A recording that this mover has to move, under its lease."""

    call_id: UUID
    token: UUID
    switch_path: str
    storage_key: str
    started: bool
    """The switch said that it began."""
    attempts: int
    ended_at: datetime
    talk_ms: int


@dataclass(frozen=True)
class Moved:
    """What lies in the storage now."""

    format: str
    duration_ms: int
    size_bytes: int
    sha256: str
    channels: int
    peaks: bytes
    peak_ms: int


def key_of(call: Call) -> str:
    """Where a call's recording lies in the storage: it follows from the call alone, so that no object gets lost."""
    assert call.claimed_at is not None
    return f"{call.claimed_at:%Y/%m/%d}/{call.id}.ogg"


TAKE = text("""
update recording set lease_token = :token, leased_until = :until, attempts = attempts + 1
where call_id = (
  select call_id from recording
  where switch_name = :switch and state = 'waiting' and next_try_at <= :now
    and (leased_until is null or leased_until <= :now)
  order by next_try_at limit 1 for update skip locked)
returning call_id
""")


async def take(s: AsyncSession, switch_name: str, token: UUID, now: datetime, lease: timedelta) -> Due | None:
    """The recording that has waited longest, for this mover alone until the lease ends. None: nothing is due."""
    found = await s.execute(TAKE, {"switch": switch_name, "token": token, "now": now, "until": now + lease})
    call_id = found.scalar_one_or_none()
    if call_id is None:
        return None
    row = await s.get_one(Recording, call_id, populate_existing=True)
    call = await s.get_one(Call, call_id)
    ended = call.ended_at or now
    talk = ended - (call.answered_at or ended)
    # Noted before anything can be uploaded: what is erased in the middle is deleted there too.
    row.storage_key = key_of(call)
    s.add(row)
    await s.flush()
    return Due(
        call_id, token, row.switch_path, row.storage_key, row.started_at is not None, row.attempts, ended,
        max(0, round(talk.total_seconds() * 1_000)),
    )  # fmt: skip


async def renew(s: AsyncSession, due: Due, until: datetime) -> bool:
    """Whether the recording is still this mover's; its lease is longer then."""
    row = await _mine(s, due)
    if row is None:
        return False
    row.leased_until = until
    s.add(row)
    return True


async def release(s: AsyncSession, due: Due, now: datetime) -> None:
    """The mover stops before it was done."""
    if (row := await _mine(s, due)) is not None:
        row.attempts, row.next_try_at = row.attempts - 1, now
        _let_go(row)
        s.add(row)


async def stored(s: AsyncSession, due: Due, moved: Moved, now: datetime) -> bool:
    """The object was read back and is whole. False: it is not this mover's any more, and must not stay there."""
    row = await _mine(s, due)
    if row is None:
        return False
    call = await s.get_one(Call, due.call_id)
    campaign = await s.get_one(Campaign, call.campaign_id)
    missing = max(0, due.talk_ms - moved.duration_ms)
    cut_short = missing > SHORT_MS and missing * SHORT_PART > due.talk_ms
    row.state, row.stored_at, row.storage_key = RecordingState.STORED, now, due.storage_key
    row.keep_until = (call.answered_at or due.ended_at) + timedelta(days=campaign.keep_recordings_days)
    row.format, row.duration_ms, row.missing_ms = moved.format, moved.duration_ms, missing
    row.size_bytes, row.sha256, row.channels = moved.size_bytes, moved.sha256, moved.channels
    row.peaks, row.peak_ms = moved.peaks, moved.peak_ms
    row.last_error = "cut_short" if cut_short else None
    _let_go(row)
    s.add(row)
    await s.flush()
    subject = f"call:{call.id}"
    if cut_short:
        await _flag_lost(s, call, now, reason="cut_short", missing_ms=missing)
    else:
        await resolve_flag(s, FlagKind.RECORDING_LOST, subject, now, "the file was found and stored")
    return True


async def again(s: AsyncSession, due: Due, code: str, now: datetime) -> datetime | None:
    """It could not be moved now: when it is tried again, later each time. None: it is not this mover's any more."""
    row = await _mine(s, due)
    if row is None:
        return None
    row.last_error, row.next_try_at = code, now + pause_after(row.attempts)
    _let_go(row)
    s.add(row)
    return row.next_try_at


def pause_after(attempts: int) -> timedelta:
    """Doubles with each attempt, up to ten minutes."""
    return min(FIRST_PAUSE * 2 ** min(max(attempts, 1) - 1, 20), LONGEST_PAUSE)


async def lost(s: AsyncSession, due: Due, code: str, now: datetime) -> bool:
    """There is nothing to move, and there will not be: reported."""
    row = await _mine(s, due)
    if row is None:
        return False
    row.state, row.last_error = RecordingState.LOST, code
    row.storage_key = None
    _let_go(row)
    s.add(row)
    await s.flush()
    await _flag_lost(s, await s.get_one(Call, due.call_id), now, reason=code)
    return True


async def found_file(s: AsyncSession, call_id: UUID, switch_name: str, path: str, now: datetime) -> str:
    """A file of the switch that is older than any call's last seconds. What is to be done with it:

    `waits` (it is moved in its turn, or its call lives), `delete` (stored already, expired or erased),
    `adopted` (nobody knew of it), `unknown` (no such call of this switch).
    """
    call = (await s.exec(select(Call).where(Call.id == call_id).with_for_update())).one_or_none()
    if call is None or call.switch_name != switch_name:
        return "unknown"
    row = await s.get(Recording, call_id, with_for_update=True)
    if row is None and call.ended_at is None:
        return "waits"
    if row is None:
        s.add(
            Recording(
                call_id=call_id, switch_name=switch_name, switch_path=path, state=RecordingState.WAITING,
                next_try_at=now,
            )
        )  # fmt: skip
        return "adopted"
    if row.state in (RecordingState.STORED, RecordingState.EXPIRED, RecordingState.ERASED):
        return "delete"
    if row.state == RecordingState.LOST and row.last_error in KEPT_ASIDE:
        # Somebody may still make something of it; no longer than the campaign keeps recordings.
        campaign = await s.get_one(Campaign, call.campaign_id)
        kept_until = (call.ended_at or now) + timedelta(days=campaign.keep_recordings_days)
        return "delete" if kept_until < now else "waits"
    if row.state == RecordingState.LOST or (row.state == RecordingState.WAITING and row.switch_path != path):
        # It turned up after all, or in the folder of the day before.
        row.state, row.switch_path, row.next_try_at, row.attempts = RecordingState.WAITING, path, now, 0
        s.add(row)
        return "adopted"
    return "waits"


async def _flag_lost(s: AsyncSession, call: Call, now: datetime, **details: object) -> None:
    await raise_flag(
        s, FlagKind.RECORDING_LOST, f"call:{call.id}", now, customer_id=call.customer_id, campaign_id=call.campaign_id,
        operator_id=call.operator_id, call_id=call.id, **details,
    )  # fmt: skip


async def _mine(s: AsyncSession, due: Due) -> Recording | None:
    query = select(Recording).where(Recording.call_id == due.call_id).with_for_update()
    row = (await s.exec(query)).one_or_none()
    mine = row is not None and row.state == RecordingState.WAITING and row.lease_token == due.token
    return row if mine else None


def _let_go(row: Recording) -> None:
    row.lease_token, row.leased_until = None, None


async def to_look_at(s: AsyncSession, files: dict[UUID, str]) -> list[UUID]:
    """Of these files of a switch, those that are not simply waiting for their turn or being written."""
    found = await s.execute(
        text(
            "select f.id from unnest(cast(:ids as uuid[]), cast(:paths as text[])) as f(id, path) "
            "left join recording r on r.call_id = f.id "
            "where r.call_id is null or r.state not in ('expected', 'recording', 'waiting') "
            "or (r.state = 'waiting' and r.switch_path <> f.path)"
        ),
        {"ids": list(files), "paths": list(files.values())},
    )
    return list(found.scalars())
