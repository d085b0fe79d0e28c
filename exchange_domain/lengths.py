"""How long a call was, by the best witness there is: the switch's record, the log of its events, what is certain."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from . import leg_events
from .records import RecordedLeg
from .tables import Call
from .words import UNSEEN_END, RecordSource


@dataclass(frozen=True)
class Length:
    """`seconds` are counted as the switch counts `billsec`; without an answer they are zero."""

    source: RecordSource
    answered: bool
    seconds: int
    certain: bool = True
    """Whether a witness saw the end; else the call may have been longer, and is settled at what surely was."""

    @property
    def placed(self) -> bool:
        return self.source is not RecordSource.NOT_PLACED


def of_record(record: RecordedLeg) -> Length:
    return Length(RecordSource.RECORD, record.answered_at is not None, record.billed_s)


async def of_events(s: AsyncSession, call: Call) -> Length:
    """The length of a call whose record did not come."""
    log = await leg_events.history(s, call.id)
    # The engine met the leg gone, and nobody said how it ended.
    unseen = log.ended_at is None and call.hangup_cause == UNSEEN_END
    answered_at = log.answered_at or (None if log.ended_at else call.answered_at)
    if answered_at is None:
        placed = call.ringing_at is not None or not log.empty
        source = RecordSource.EVENT if placed else RecordSource.NOT_PLACED
        return Length(source, answered=False, seconds=0, certain=not unseen)
    until = (log.seen_at or answered_at) if unseen else (log.ended_at or call.ended_at or answered_at)
    return Length(RecordSource.EVENT, True, whole_seconds(answered_at, until), certain=not unseen)


def whole_seconds(begin: datetime, end: datetime) -> int:
    """The switch's way to count: the difference of the two moments' whole seconds (switch_channel_set_timestamps)."""
    return max(0, int(end.timestamp()) - int(begin.timestamp()))
