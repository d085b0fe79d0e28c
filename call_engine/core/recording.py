"""The call's recording: what the switch says of it, and its mask, which belongs to the operator on the line."""

from dataclasses import replace

from exchange_domain.messages import MaskRecording

from .effects import MaskLeg, SaveMasked, SaveRecording
from .events import CommandRefused, Event, Recording
from .handed_over import find
from .state import Call, Line, Operator, talking_call
from .transition import Step, chain, notify, stay


def happened(state: Operator, event: Recording) -> Step:
    """RECORD_START or RECORD_STOP, at any time in the call's life: the recording's row keeps the first of each."""
    call = state.call
    if call is None or call.call_id != event.leg:
        handed = find(state, event.leg)
        call = handed.call if handed is not None and handed.call_id == event.leg else None
    if call is None or not call.facts.recording:
        return stay(state)
    return stay(state, SaveRecording(call.call_id, call.facts.token, event.at, event.started))


def mask(state: Operator, event: Event, command: MaskRecording) -> Step:
    """Asked for the state it is in, it says it to the switch once more: nobody knows what became of the first time."""
    call = talking_call(state)
    if call is None or call.line is not Line.ANSWERED or not call.facts.recording:
        return stay(notify(state, "not_possible_now", event.at))
    return _set(state, event, call, command.on)


def refused(state: Operator, event: CommandRefused) -> Step:
    """The switch could not: the page must not say that nothing is kept when it is."""
    call = talking_call(state)
    if call is None or call.call_id != event.leg or not call.masked:
        return stay(state)
    state = notify(replace(state, call=replace(call, masked=False)), "mask_failed", event.at)
    return stay(state, SaveMasked(call.call_id, call.facts.token, event.at, False))


def switch_back(state: Operator) -> Step:
    """Connected again: a mask whose command got lost with the connection is set as it should be."""
    calls = [handed.call for handed in state.handed_over]
    if (call := talking_call(state)) is not None:
        calls.append(call)
    again = (MaskLeg(call.call_id, call.masked, call.claimed_ms) for call in calls if call.masked is not None)
    return stay(state, *again)


def handed_on(step: Step, event: Event) -> Step:
    """Handed over while masked, the recording goes on: nobody is left who could end the pause."""
    state, _ = step
    masked = [handed.call for handed in state.handed_over if handed.call.masked]
    return chain(step, *(lambda s, call=call: _unmask(s, event, call) for call in masked))


def _set(state: Operator, event: Event, call: Call, on: bool) -> Step:
    saved = SaveMasked(call.call_id, call.facts.token, event.at, on)
    state = replace(state, call=replace(call, masked=on))
    return stay(state, MaskLeg(call.call_id, on, call.claimed_ms), saved)


def _unmask(state: Operator, event: Event, call: Call) -> Step:
    handed_over = tuple(
        replace(h, call=replace(h.call, masked=False)) if h.call_id == call.call_id else h for h in state.handed_over
    )
    own = state.call
    if own is not None and own.call_id == call.call_id:
        own = replace(own, masked=False)
    saved = SaveMasked(call.call_id, call.facts.token, event.at, False)
    return stay(replace(state, handed_over=handed_over, call=own), MaskLeg(call.call_id, False, call.claimed_ms), saved)
