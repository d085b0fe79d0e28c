"""The state an engine starts with, from what the database kept. What the switch says of the legs comes next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from exchange_domain.words import TransferState

from .effects import Effect, SaveNotPlaced, SaveWrapUp, SetTimer
from .handed_over import timer_name
from .preview import TIMER as PREVIEW_TIMER
from .seat import watch_idling
from .state import (
    Call,
    CallFacts,
    HandedOver,
    Line,
    Manager,
    Operator,
    Seat,
    SeatPhase,
    Shift,
    Transfer,
    TransferPhase,
)
from .timings import ASK_AGAIN_MS, MANAGER_GUARD_MS, PREVIEW_HELD_MS
from .transition import Step, chain, stay


@dataclass(frozen=True, slots=True)
class StoredTransfer:
    leg: UUID
    state: TransferState
    manager: Manager
    started_ms: int
    answered_ms: int | None
    completed_ms: int | None
    waiting: tuple[Manager, ...] = ()
    """Managers who would have been rung after this one."""


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call that is not closed, or whose contact's leg had not ended. Times are as the database has them."""

    facts: CallFacts
    claimed_ms: int
    closed: bool
    ringing: bool
    answered_ms: int | None
    ended_ms: int | None
    cause: str | None
    ended_by: str | None
    wrap_up_until: int | None
    transfer: StoredTransfer | None
    unreached_ms: int | None = None
    """When no manager could be had; its note is in the draft by the same transaction."""
    masked: bool = False


def restore(
    operator_id: int,
    name: str,
    shift: Shift | None,
    seat_leg: UUID | None,
    seat_by_number: bool,
    calls: Sequence[StoredCall],
    now: int,
) -> Step:
    """An operator as she was when the engine before this one stopped. Timers are armed again."""
    # Most likely it is up; should it still ring, the switch says so before anything is done with it.
    phase = SeatPhase.UP if seat_leg is not None else SeatPhase.NONE
    state = Operator(
        operator_id, name=name, shift=shift, seat=Seat(leg=seat_leg, phase=phase, by_number=seat_by_number)
    )
    nobody, step = Operator(operator_id), stay(state)
    for stored in calls:
        step = chain(step, lambda s, c=stored: _take_up(s, c, now))
    return chain(step, lambda s: stay(s, *watch_idling(nobody, s, now)))


def _take_up(state: Operator, stored: StoredCall, now: int) -> Step:
    transfer = _transfer(stored.transfer) if stored.transfer is not None else None
    handed = stored.transfer is not None and stored.transfer.state is TransferState.COMPLETED
    line = _line(stored)
    call = Call(
        stored.facts,
        stored.claimed_ms,
        line=line,
        dialled_ms=stored.facts.dial_at_ms,
        seen=line not in (Line.DIALLING, Line.PREVIEW),
        connectable=False,
        answered_ms=stored.answered_ms,
        ended_ms=stored.ended_ms,
        cause=stored.cause,
        ended_by=stored.ended_by,
        wrap_up_until=stored.wrap_up_until,
        handed_over=handed,
        unreached_ms=stored.unreached_ms,
        noted=stored.unreached_ms is not None,
        # The engine before may have masked it and not noted that: the switch is told what the row says.
        masked=stored.masked if stored.facts.recording and line is Line.ANSWERED else None,
    )
    effects: tuple[Effect, ...] = ()
    if line is Line.PREVIEW:
        return _show_again(state, call, now)
    if handed and not stored.closed and call.wrap_up_until is None:
        # Joined was noted, off the line was not.
        call = replace(call, wrap_up_until=now + call.facts.wrap_up_s * 1_000)
        effects += (SaveWrapUp(call.call_id, call.facts.token, now + call.facts.wrap_up_s * 1_000),)
    handed_over = state.handed_over
    if stored.ended_ms is None and (stored.closed or call.wrap_up_until is not None):
        kept = transfer or Transfer(TransferPhase.COMPLETING, stored.claimed_ms)
        completed = (stored.transfer.completed_ms if stored.transfer else None) or now
        handed_over += (HandedOver(call, kept, completed, manager_gone=kept.leg is None),)
        effects += (SetTimer(timer_name(call.call_id), now + ASK_AGAIN_MS),)
    if stored.closed:
        return stay(_replaced(state, None, None, handed_over), *effects)
    if call.wrap_up_until is not None:
        effects += (SetTimer("wrap_up", max(call.wrap_up_until, now)),)
        return stay(_replaced(state, call, None, handed_over), *effects)
    effects += (SetTimer("watch", now + ASK_AGAIN_MS), *_guards(transfer, now))
    return stay(_replaced(state, call, transfer, handed_over), *effects)


def _show_again(state: Operator, call: Call, now: int) -> Step:
    """Nothing was dialled. Who still sits is shown the contact again, with its countdown stopped."""
    if state.shift is None:
        return stay(state, SaveNotPlaced(call.call_id, call.facts.token, now, "RELEASED"))
    return stay(replace(state, call=call), SetTimer(PREVIEW_TIMER, now + PREVIEW_HELD_MS))


def _guards(transfer: Transfer | None, now: int) -> tuple[Effect, ...]:
    if transfer is None:
        return ()
    name, wait = ("manager", MANAGER_GUARD_MS) if transfer.phase is TransferPhase.RINGING else ("bridge", ASK_AGAIN_MS)
    return (SetTimer(name, now + wait),)


def _line(stored: StoredCall) -> Line:
    if stored.ended_ms is not None:
        return Line.GONE
    if stored.answered_ms is not None:
        return Line.ANSWERED
    if stored.ringing:
        return Line.RINGING
    return Line.PREVIEW if stored.facts.preview else Line.DIALLING


def _transfer(stored: StoredTransfer) -> Transfer:
    consulting = stored.state is not TransferState.RINGING
    return Transfer(
        TransferPhase.CONSULTING if consulting else TransferPhase.RINGING,
        stored.started_ms,
        leg=stored.leg,
        rung_ms=stored.started_ms,
        manager=stored.manager,
        waiting=stored.waiting,
        answered_ms=stored.answered_ms,
    )


def _replaced(
    state: Operator, call: Call | None, transfer: Transfer | None, handed_over: tuple[HandedOver, ...]
) -> Operator:
    return Operator(
        state.operator_id,
        name=state.name,
        shift=state.shift,
        seat=state.seat,
        call=call if call is not None else state.call,
        transfer=transfer if transfer is not None else state.transfer,
        handed_over=handed_over,
    )
