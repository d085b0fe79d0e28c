"""The switch's call detail records: read, and stored once a leg."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from .flags import raise_flag
from .tables import SwitchRecord
from .words import FlagKind


class BadRecord(Exception):
    """A posted record that is not one: no leg, or no figures. It is refused, and the switch keeps it in its spool."""


@dataclass(frozen=True)
class RecordedLeg:
    """What settlement needs of a record (mod_json_cdr): https://developer.signalwire.com/freeswitch/ → mod_json_cdr."""

    leg: UUID
    call_id: UUID | None
    answered_at: datetime | None
    ended_at: datetime | None
    billed_s: int
    cause: str | None
    recorded_to: str | None = None
    """The file that the switch was told to record to at the answer; none when nobody answered."""


def read_record(body: dict[str, Any]) -> RecordedLeg:
    """The figures of a record. Raises BadRecord. Lengths are the whole seconds of `billsec`; zero if not answered."""
    variables = body.get("variables")
    if not isinstance(variables, dict):
        raise BadRecord("no variables")
    try:
        leg = UUID(str(variables.get("uuid") or variables.get("origination_uuid")))
    except ValueError:
        raise BadRecord("no leg uuid") from None
    try:
        call = variables.get("exchange_call")
        call_id = UUID(str(call)) if call else None
        answered, end = (_moment(variables.get(f"{what}_uepoch")) for what in ("answer", "end"))
        billed_s = int(variables.get("billsec") or 0)
    except (ValueError, TypeError, OverflowError, OSError):
        raise BadRecord("figures that are not numbers or times") from None
    if billed_s < 0:
        raise BadRecord("negative length")
    cause = variables.get("hangup_cause")
    return RecordedLeg(
        leg, call_id, answered, end, billed_s if answered else 0, str(cause) if cause else None,
        _recorded_to(variables) if answered else None,
    )  # fmt: skip


def _recorded_to(variables: dict[str, Any]) -> str | None:
    """The switch runs each `execute_on_answer…` at the answer, whether an engine is there or not."""
    for name, value in variables.items():
        application, _, path = str(value).partition(" ")
        if name.startswith("execute_on_answer") and application == "record_session" and path:
            return path
    return None


def _moment(microseconds: Any) -> datetime | None:
    value = int(microseconds or 0)
    return datetime.fromtimestamp(value / 1_000_000, UTC) if value else None


async def store_record(s: AsyncSession, body: dict[str, Any]) -> UUID:
    """Keeps a record as it came; the same leg again changes nothing. Raises BadRecord.

    A leg ends once, so the first record of it is the one that counts. A later one with other figures is not believed,
    but somebody has to look at it: a flag is raised.
    """
    record = read_record(body)
    stored = await s.execute(
        insert(SwitchRecord)
        .values(leg=record.leg, call_id=record.call_id, body=body)
        .on_conflict_do_nothing(index_elements=["leg"])
        .returning(col(SwitchRecord.leg))
    )
    if stored.first() is None and record.call_id == record.leg:
        await _compare(s, record)
    return record.leg


async def _compare(s: AsyncSession, again: RecordedLeg) -> None:
    first = await record_of(s, again.leg)
    if first is None or (first.answered_at is None, first.billed_s) == (again.answered_at is None, again.billed_s):
        return
    await raise_flag(
        s, FlagKind.RECORD_MISSING, f"records:{again.leg}", datetime.now(UTC), call_id=again.leg, why="records_differ",
        first_s=first.billed_s, other_s=again.billed_s,
    )  # fmt: skip


async def record_of(s: AsyncSession, leg: UUID) -> RecordedLeg | None:
    kept = await s.get(SwitchRecord, leg)
    return read_record(kept.body) if kept else None
