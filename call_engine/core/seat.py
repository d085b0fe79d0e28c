"""The operator's audio leg: called at the start of a shift, kept parked, called again when it is lost."""

from dataclasses import replace

from .bridging import await_seat, connect, start_ringing_tone
from .effects import CancelTimer, EndShift, OriginateSeat, SaveSeat, SetTimer
from .events import Event, new_leg
from .happening import Kind
from .state import Bridge, Operator, Seat, SeatPhase, talking_call
from .timings import BRIDGE_PROOF_MS, RESEAT_MS, RESEAT_ONCE_MS, SEAT_GUARD_MS
from .transfer import happen
from .transition import Step, chain, notify, stay
from .unwanted import let_go


def call_seat(state: Operator, event: Event) -> Step:
    """Calls the operator's endpoint, if a shift is open, the switch is there and no leg is."""
    if state.shift is None or not state.connected or state.seat.leg is not None:
        return stay(state)
    leg = new_leg(event, "seat")
    seat = replace(
        state.seat, leg=leg, phase=SeatPhase.CALLING, unregistered=False, ringing_tone=False, called_ms=event.at
    )
    return stay(
        replace(state, seat=seat),
        SaveSeat(state.shift.shift_id, leg),
        OriginateSeat(leg, state.operator_id, state.shift.endpoint_kind, state.shift.endpoint),
        SetTimer("seat", event.at + SEAT_GUARD_MS),
    )


def seat_up(state: Operator, event: Event) -> Step:
    """The seat is parked, or was shown to live: what waited for it goes on."""
    if not state.seat.up:
        seat = replace(state.seat, phase=SeatPhase.UP, back_by=None)
        told = state.notice is not None and state.notice.code == "seat_lost"
        state = replace(state, seat=seat, notice=None if told else state.notice)
        step = stay(state, CancelTimer("seat"), CancelTimer("seat_back"), CancelTimer("reseat"))
    else:
        step = stay(state)
    return chain(step, lambda s: connect(s, event), start_ringing_tone)


def seat_gone(state: Operator, event: Event) -> Step:
    """The seat's leg has ended, wanted or not."""
    was_up = state.seat.up
    state = replace(
        state, seat=replace(state.seat, leg=None, phase=SeatPhase.NONE, ringing_tone=False, unregistered=False)
    )
    if state.shift is None:
        return stay(state, CancelTimer("seat"))
    if talking_call(state) is not None:
        return _gone_in_a_call(state, event, was_up)
    if state.call is not None or state.claiming is not None or state.opening:
        # Nothing can be heard now; the seat is called when the operator is free again.
        return chain(stay(notify(state, "seat_lost", event.at)), lambda s: _call_once_more(s, event, was_up))
    if not was_up:
        return end_shift(notify(state, "seat_unavailable", event.at), event)
    if state.seat.lost_ms is not None and event.at - state.seat.lost_ms < RESEAT_ONCE_MS:
        return end_shift(notify(state, "seat_lost", event.at), event)
    return _call_once_more(notify(state, "seat_lost", event.at), event, was_up)


def _call_once_more(state: Operator, event: Event, was_up: bool) -> Step:
    recently = state.seat.lost_ms is not None and event.at - state.seat.lost_ms < RESEAT_ONCE_MS
    if not was_up or recently:
        return stay(state, CancelTimer("seat"))
    return call_seat(replace(state, seat=replace(state.seat, lost_ms=event.at)), event)


def _gone_in_a_call(state: Operator, event: Event, was_up: bool) -> Step:
    """The contact waits for the operator, up to a limit, with music or a soft tone; a consulted manager takes over."""
    step = happen(notify(state, "seat_lost", event.at), event, Kind.SEAT_GONE)
    step = chain(step, lambda s: _leaves_contact(s, event))
    if step[0].transfer is None:
        step = chain(step, lambda s: await_seat(s, event))
    state, effects = step
    step = replace(state, seat=replace(state.seat, lost_ms=event.at)), effects
    if not was_up:
        # It does not answer just now: a page being loaded again needs a moment.
        return chain(step, lambda s: stay(s, CancelTimer("seat"), SetTimer("reseat", event.at + RESEAT_MS)))
    return chain(step, lambda s: call_seat(s, event))


def _leaves_contact(state: Operator, event: Event) -> Step:
    """The contact's leg is still leaving its bridge with the seat: its PARK says when, or the switch when asked."""
    call = talking_call(state)
    if call is None or call.bridge not in (Bridge.UP, Bridge.ASKED):
        return stay(state)
    state = replace(state, call=replace(call, bridge=Bridge.LEAVING, bridge_tries=0))
    return stay(state, SetTimer("bridge", event.at + BRIDGE_PROOF_MS // 2))


def end_shift(state: Operator, event: Event) -> Step:
    """Releases the seat. Calls that were handed over go on."""
    if state.shift is None:
        return stay(state)
    effects = [CancelTimer(name) for name in ("seat", "seat_back", "reseat")]
    old, shift_id = state.seat.leg, state.shift.shift_id
    state = replace(state, shift=None, seat=Seat())
    step = stay(state) if old is None else let_go(state, event, old)
    return chain(step, lambda s: stay(s, *effects, EndShift(shift_id)))


def signed_off(state: Operator) -> Step:
    """The browser is closed, or its network is gone. The leg itself lives until the media timeout."""
    if state.seat.leg is None:
        return stay(state)
    return stay(replace(state, seat=replace(state.seat, unregistered=True)))


def signed_on(state: Operator, event: Event) -> Step:
    """A page that came back: its old leg is dead weight, a new one is called."""
    if state.seat.leg is not None and state.seat.unregistered:
        old = state.seat.leg
        return chain(let_go(state, event, old), lambda s: seat_gone(replace(s, seat=_as_up(s.seat)), event))
    return call_seat(state, event)


def _as_up(seat: Seat) -> Seat:
    return replace(seat, phase=SeatPhase.UP, lost_ms=None)
