"""A recording while its call lives: expected with the answer, begun, masked, over. Moving it comes after that."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .clock import ms_of
from .records import RecordedLeg
from .tables import Call, Campaign, Recording
from .words import RecordingState

CODES = frozenset(
    {
        "not_started", "file_missing", "file_empty", "file_unreadable", "cut_short",
        "folder_missing", "still_written", "encoding_failed", "no_space", "storage_away", "verify_failed",
    }
)  # fmt: skip
"""What can be wrong with a recording. The first line is for good, the second is tried again."""

SETTLE = timedelta(seconds=3)
"""After the end of the leg the switch closes its file."""


async def expect(s: AsyncSession, call_id: UUID, switch_name: str, path: str) -> None:
    """The call is answered and the switch was told to record it. In the answer's own transaction; once per call."""
    row = {"call_id": call_id, "switch_name": switch_name, "switch_path": path}
    await s.execute(insert(Recording).values(row).on_conflict_do_nothing(index_elements=["call_id"]))


async def switch_said(s: AsyncSession, call_id: UUID, at: datetime, *, started: bool) -> None:
    """The switch's RECORD_START or RECORD_STOP. In any order with the answer's and the end's own rows."""
    row = await _locked(s, call_id)
    if row is None:
        return
    if started:
        row.started_at = row.started_at or at
        if row.state == RecordingState.EXPECTED:
            row.state = RecordingState.RECORDING
    else:
        row.stopped_at = row.stopped_at or at
    s.add(row)
    await s.flush()


async def mask(s: AsyncSession, call_id: UUID, at: datetime, on: bool) -> None:
    """Notes from when to when nothing was kept. The same again changes nothing."""
    row = await _locked(s, call_id)
    if row is None:
        return
    stretches = [list(stretch) for stretch in row.masked]
    open_now = bool(stretches) and stretches[-1][1] is None
    if on == open_now:
        return
    if on:
        stretches.append([ms_of(at), None])
    else:
        stretches[-1][1] = max(ms_of(at), stretches[-1][0])
    row.masked = stretches
    s.add(row)
    await s.flush()


async def masked_now(s: AsyncSession, call_ids: list[UUID]) -> set[UUID]:
    """Of these calls, those whose recording is masked at this moment."""
    rows = await s.exec(select(Recording).where(col(Recording.call_id).in_(call_ids)))
    return {row.call_id for row in rows if row.masked and row.masked[-1][1] is None}


async def may_mask(s: AsyncSession, call_id: UUID, operator_id: int) -> bool:
    """Whether this operator may pause the recording of this call: it is hers, and the customer allows it."""
    query = (
        select(Campaign.masking_allowed)
        .join(Call, col(Call.campaign_id) == Campaign.id)
        .where(Call.id == call_id, Call.operator_id == operator_id)
    )
    return bool((await s.exec(query)).one_or_none())


async def call_ended(s: AsyncSession, call_id: UUID, at: datetime) -> None:
    """The leg is gone, and with it the recording: its file waits to be moved."""
    row = await _locked(s, call_id)
    if row is None or row.state not in (RecordingState.EXPECTED, RecordingState.RECORDING):
        return
    row.state, row.next_try_at = RecordingState.WAITING, at + SETTLE
    if row.masked and row.masked[-1][1] is None:
        row.masked = [*row.masked[:-1], [row.masked[-1][0], ms_of(at)]]
    s.add(row)
    await s.flush()


async def end_forgotten(s: AsyncSession, switch_name: str) -> int:
    """Recordings whose call ended in a way that told nobody: they wait to be moved too. How many."""
    rows = await s.execute(
        text(
            "update recording r set state = 'waiting', next_try_at = c.ended_at + :settle from call c "
            "where c.id = r.call_id and r.switch_name = :switch and r.state in ('expected', 'recording') "
            "and c.ended_at is not null returning r.call_id"
        ),
        {"switch": switch_name, "settle": SETTLE},
    )
    return len(rows.all())


async def record_said(s: AsyncSession, call: Call, record: RecordedLeg, now: datetime) -> None:
    """The switch's own record tells of a recording whose answer no engine saw: it is looked for, and missed if gone."""
    if record.recorded_to is None or await _locked(s, call.id) is not None:
        return
    row = {
        "call_id": call.id, "switch_name": call.switch_name, "switch_path": record.recorded_to,
        "state": RecordingState.WAITING, "started_at": record.answered_at, "stopped_at": record.ended_at,
        "next_try_at": now,
    }  # fmt: skip
    await s.execute(insert(Recording).values(row).on_conflict_do_nothing(index_elements=["call_id"]))


async def keep_for(s: AsyncSession, campaign_id: int, days: int) -> None:
    """A campaign's recordings are kept this long from their answer on; those that are stored already too."""
    await s.execute(
        text(
            "update recording r set keep_until = c.answered_at + make_interval(days => :days) from call c "
            "where c.id = r.call_id and c.campaign_id = :campaign and r.state = 'stored'"
        ),
        {"campaign": campaign_id, "days": days},
    )


@dataclass(frozen=True)
class Shown:
    """What a page says of a call's recording: `state` is a RecordingState, or none for a call without one."""

    state: RecordingState | None = None
    duration_ms: int | None = None
    keep_until: datetime | None = None
    days: int = 0
    """How long the campaign keeps recordings."""
    cut_short: bool = False


async def shown(s: AsyncSession, call_id: UUID, keep_days: int) -> Shown:
    row = await s.get(Recording, call_id)
    if row is None:
        return Shown(days=keep_days)
    return Shown(row.state, row.duration_ms, row.keep_until, keep_days, row.last_error == "cut_short")


async def _locked(s: AsyncSession, call_id: UUID) -> Recording | None:
    query: Any = select(Recording).where(Recording.call_id == call_id).with_for_update()
    return (await s.exec(query)).one_or_none()
