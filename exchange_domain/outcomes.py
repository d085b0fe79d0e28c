"""What an end of a call means, and where it leaves the contact. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .words import RETRIED, Outcome

BUSY = frozenset({"USER_BUSY", "CALL_REJECTED"})
NOT_ANSWERED = frozenset({"NO_ANSWER", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL", "ALLOTTED_TIMEOUT", "PROGRESS_TIMEOUT"})
WRONG = frozenset({"UNALLOCATED_NUMBER", "INVALID_NUMBER_FORMAT"})


def proposed_outcome(cause: str | None, *, answered: bool, ended_by: str | None) -> Outcome | None:
    """What a hangup cause says by itself. None for an answered call that ended in order: only the operator knows."""
    if answered:
        orderly = cause in (None, "NORMAL_CLEARING", "ALLOTTED_TIMEOUT", "NORMAL_UNSPECIFIED")
        return None if orderly else Outcome.DROPPED
    if cause in BUSY:
        return Outcome.BUSY
    if cause in WRONG:
        return Outcome.WRONG_NUMBER
    if cause in NOT_ANSWERED or ended_by == "operator":
        return Outcome.NO_ANSWER
    return Outcome.UNREACHABLE


def unattended_outcome(cause: str | None, *, answered: bool, ended_by: str | None) -> Outcome:
    """The outcome of a call that nobody gave one: an answered one counts as dropped, so the contact is tried again."""
    return proposed_outcome(cause, answered=answered, ended_by=ended_by) or Outcome.DROPPED


@dataclass(frozen=True)
class Next:
    """Where a contact goes after a call: done, or waiting until `due_at`."""

    done: bool
    due_at: datetime | None = None
    number_is_wrong: bool = False
    do_not_call: bool = False
    counts: bool = True
    """Whether the call uses up an attempt."""


def after(
    outcome: Outcome,
    *,
    now: datetime,
    attempts: int,
    max_attempts: int,
    delay: timedelta,
    other_numbers: bool,
    call_back_at: datetime | None,
) -> Next:
    """The rules of a contact after a call. `attempts` includes this one."""
    match outcome:
        case Outcome.SUCCESS | Outcome.REFUSED:
            return Next(done=True)
        case Outcome.DO_NOT_CALL:
            return Next(done=True, do_not_call=True)
        case Outcome.WRONG_NUMBER:
            # Another number of the same contact is a new chance, not a repeated one.
            return Next(
                done=not other_numbers, due_at=now if other_numbers else None, number_is_wrong=True, counts=False
            )
        case Outcome.CALL_BACK:
            return Next(done=False, due_at=max(now, call_back_at or now + timedelta(hours=1)), counts=False)
        case _ if outcome in RETRIED:
            over = attempts >= max_attempts
            return Next(done=over, due_at=None if over else now + delay)
    raise AssertionError(outcome)
