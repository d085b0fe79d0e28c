"""After the talk: the time to write the result, and the disposition that closes the call."""

from dataclasses import replace
from uuid import UUID

from exchange_domain.messages import CloseCall
from exchange_domain.outcomes import proposed_outcome, unattended_outcome
from exchange_domain.words import Outcome

from .effects import CancelTimer, Claim, Close, SetTimer
from .events import Event
from .seat import call_seat, end_shift
from .state import Call, Line, Operator
from .timings import ASK_AGAIN_MS
from .transition import Step, chain, notify, stay


def proposed(call: Call) -> Outcome | None:
    """What is preselected: the transfer's success, or what the switch says the end was."""
    if call.handed_over:
        return Outcome.SUCCESS
    if call.line is not Line.GONE:
        return None
    outcome = proposed_outcome(call.cause, answered=call.answered_ms is not None, ended_by=call.ended_by)
    return outcome or (Outcome.CALL_BACK if call.unreached_ms is not None else None)


def close(state: Operator, event: Event, command: CloseCall) -> Step:
    call = state.call
    if call is None or call.call_id != command.call_id or call.wrap_up_until is None:
        return stay(notify(state, "not_possible_now", event.at))
    if call.closing:
        return stay(state)
    call = replace(call, closing=True, then=command.then, next_call=command.key)
    back = command.call_back_at
    return stay(
        replace(state, call=call),
        Close(
            call.call_id,
            event.at,
            disposition_id=command.disposition_id,
            result=tuple(command.result.items()),
            note=command.note,
            call_back_at_ms=None if back is None else int(back.timestamp() * 1_000),
            call_back_bound=command.call_back_by == "operator",
        ),
    )


def time_over(state: Operator, event: Event) -> Step:
    """Nobody chose in time: the call closes with what the switch says; the draft is kept."""
    call = state.call
    if call is None or call.wrap_up_until is None or call.closing:
        return stay(state)
    answered = call.answered_ms is not None
    outcome = proposed(call) or unattended_outcome(call.cause, answered=answered, ended_by=call.ended_by)
    return stay(replace(state, call=replace(call, closing=True)), Close(call.call_id, event.at, outcome=outcome))


def closed(state: Operator, event: Event) -> Step:
    call = state.call
    assert call is not None
    state = replace(state, call=None)
    step = stay(state, CancelTimer("wrap_up"))
    if call.then == "end_shift":
        return chain(step, lambda s: end_shift(s, event))
    if call.then == "next" and call.next_call is not None and state.seat.up:
        key = call.next_call
        return chain(step, lambda s: claim(s, event, key, preview=True))
    if call.then == "next":
        step = chain(step, lambda s: stay(notify(s, "not_possible_now", event.at)))
    return chain(step, lambda s: call_seat(s, event))


def refused(state: Operator, event: Event) -> Step:
    """The disposition or its answers do not fit: the operator goes on writing."""
    call = state.call
    assert call is not None
    state = replace(state, call=replace(call, closing=False, then=None, next_call=None))
    due = max(call.wrap_up_until or 0, event.at + ASK_AGAIN_MS)
    return stay(notify(state, "bad_disposition", event.at), SetTimer("wrap_up", due))


def claim(state: Operator, event: Event, call_id: UUID, *, preview: bool = False) -> Step:
    """Asks for the next contact. `call_id` becomes the call's. `preview`: shown first, where shifts have that."""
    if state.shift is None or not state.seat.up or not state.connected or state.claiming is not None:
        code = "not_possible_now" if state.connected else "switch_lost"
        return stay(notify(state, code, event.at))
    shown = preview and state.shift.preview_s > 0
    return stay(replace(state, claiming=call_id), Claim(call_id, state.operator_id, state.shift.shift_id, shown))
