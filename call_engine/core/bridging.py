"""Who hears whom: the bridge of seat and contact, and letting go of the contact."""

from dataclasses import replace

from .effects import BridgeLegs, Kill, PlayRinging, SetTimer, StopPlaying
from .events import Event
from .state import Bridge, Call, Line, Operator, on_hold, talking_call
from .timings import BRIDGE_PROOF_MS, BRIDGE_TRIES, KILL_GUARD_MS, SEAT_BACK_MS
from .transition import Step, stay


def connect(state: Operator, event: Event) -> Step:
    """Bridges seat and contact as soon as both can be: never a leg that still rings."""
    call = talking_call(state)
    if (
        call is None
        or not call.connectable
        or call.ending_by is not None
        or call.bridge is not Bridge.NONE
        or on_hold(state)
        or not state.seat.up
        or state.seat.leg is None
        or not state.connected
    ):
        return stay(state)
    if call.bridge_tries >= BRIDGE_TRIES:
        return end_contact(state, event, "switch")
    return stay(
        replace(
            state,
            call=replace(call, bridge=Bridge.ASKED, bridge_tries=call.bridge_tries + 1, ordered_ms=event.at),
            seat=replace(state.seat, ringing_tone=False),
        ),
        BridgeLegs(state.seat.leg, call.call_id),
        SetTimer("bridge", event.at + BRIDGE_PROOF_MS),
    )


def await_seat(state: Operator, event: Event) -> Step:
    """A contact waits for a lost operator, up to a limit."""
    back_by = state.seat.back_by or event.at + SEAT_BACK_MS
    return stay(replace(state, seat=replace(state.seat, back_by=back_by)), SetTimer("seat_back", back_by))


def end_contact(state: Operator, event: Event, by: str) -> Step:
    """Kills the contact's leg only; the seat parks by itself. `by`: who wants it."""
    call = talking_call(state)
    if call is None:
        return stay(state)
    state = replace(state, call=replace(call, ending_by=call.ending_by or by))
    guard = SetTimer("watch", event.at + KILL_GUARD_MS)
    if call.bridge is Bridge.ASKED and state.connected:
        # A leg that dies between the order to bridge and the bridge takes the seat with it: let the bridge come first.
        return stay(state, guard)
    return stay(state, kill(call), guard)


def kill(call: Call) -> Kill:
    """The end of the contact's leg, with the cause that its record will show."""
    return Kill(call.call_id, "NORMAL_CLEARING" if call.answered_ms is not None else "ORIGINATOR_CANCEL")


def start_ringing_tone(state: Operator) -> Step:
    """The operator hears that it rings, from PROGRESS until the bridge."""
    call = talking_call(state)
    if call is None or call.line is not Line.RINGING or not state.seat.up or state.seat.leg is None:
        return stay(state)
    if state.seat.ringing_tone:
        return stay(state)
    return stay(replace(state, seat=replace(state.seat, ringing_tone=True)), PlayRinging(state.seat.leg))


def stop_ringing_tone(state: Operator) -> Step:
    if not state.seat.ringing_tone or state.seat.leg is None:
        return stay(state)
    return stay(replace(state, seat=replace(state.seat, ringing_tone=False)), StopPlaying(state.seat.leg))
