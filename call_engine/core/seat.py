"""The operator's audio leg: called at the start of a shift, kept parked, called again when it is lost."""

from dataclasses import replace

from exchange_domain.words import EndpointKind

from .bridging import await_seat, connect, start_ringing_tone
from .effects import CancelTimer, EndShift, OriginateSeat, SaveSeat, SetTimer
from .events import EndpointSignedOff, EndpointSignedOn, Event, new_leg
from .happening import Kind
from .preview import hold, release
from .state import Bridge, Operator, Seat, SeatPhase, previewed, talking_call
from .timings import BRIDGE_PROOF_MS, RESEAT_MS, RESEAT_ONCE_MS, SEAT_GUARD_MS
from .transfer import happen
from .transition import Step, chain, notify, stay
from .unwanted import let_go


def call_seat(state: Operator, event: Event, *, by_number: bool = False) -> Step:
    """Calls the operator's endpoint, or her fallback number, if a shift is open, the switch is there and no leg is."""
    shift = state.shift
    if shift is None or not state.connected or state.seat.leg is not None:
        return stay(state)
    kind, endpoint = shift.endpoint_kind, shift.endpoint
    if by_number and shift.fallback_number is not None:
        kind, endpoint = EndpointKind.NUMBER, shift.fallback_number
    leg, by_number = new_leg(event, "seat"), kind is EndpointKind.NUMBER
    seat = replace(
        state.seat, leg=leg, phase=SeatPhase.CALLING, signed_off=None, ringing_tone=False, called_ms=event.at,
        by_number=by_number,
    )  # fmt: skip
    return stay(
        replace(state, seat=seat),
        SaveSeat(shift.shift_id, leg, by_number),
        OriginateSeat(leg, state.operator_id, kind, endpoint),
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
    seat = replace(state.seat, leg=None, phase=SeatPhase.NONE, ringing_tone=False, signed_off=None, by_number=False)
    state = replace(state, seat=seat)
    if state.shift is None:
        return stay(state, CancelTimer("seat"))
    if talking_call(state) is not None:
        return _gone_in_a_call(state, event, was_up)
    if previewed(state) is not None:
        # Who cannot hear is not rung for; the contact stays hers while her line comes back.
        return chain(hold(state, event), lambda s: _gone_between_calls(s, event, was_up))
    if state.call is not None or state.claiming is not None or state.opening:
        # Nothing can be heard now; the seat is called when the operator is free again.
        return chain(stay(notify(state, "seat_lost", event.at)), lambda s: _call_once_more(s, event, was_up))
    return _gone_between_calls(state, event, was_up)


def _gone_between_calls(state: Operator, event: Event, was_up: bool) -> Step:
    assert state.shift is not None
    seat = state.seat
    if not was_up and seat.back_by is None and seat.lost_ms is None:
        return end_shift(notify(state, "seat_unavailable", event.at), event)
    if was_up and _lost_again(state, event) and state.shift.endpoint_kind is not EndpointKind.BROWSER:
        # Who puts the receiver down twice wants to stop; a page may be loaded again as often as it likes.
        return end_shift(notify(state, "seat_lost", event.at), event)
    step = await_seat(notify(state, "seat_lost", event.at), event)
    return chain(step, lambda s: _call_again(s, event, was_up))


def _lost_again(state: Operator, event: Event) -> bool:
    return state.seat.lost_ms is not None and event.at - state.seat.lost_ms < RESEAT_ONCE_MS


def _call_once_more(state: Operator, event: Event, was_up: bool) -> Step:
    if not was_up or _lost_again(state, event):
        return stay(state, CancelTimer("seat"))
    return call_seat(replace(state, seat=replace(state.seat, lost_ms=event.at)), event)


def _call_again(state: Operator, event: Event, was_up: bool) -> Step:
    """Calls the seat at once, or in a moment when it did not answer just now: a page being loaded again needs one."""
    state = replace(state, seat=replace(state.seat, lost_ms=event.at))
    if was_up:
        return call_seat(state, event)
    return stay(state, CancelTimer("seat"), SetTimer("reseat", event.at + RESEAT_MS))


def _gone_in_a_call(state: Operator, event: Event, was_up: bool) -> Step:
    """The contact waits for the operator, up to a limit, with music or a soft word; a consulted manager takes over."""
    step = happen(notify(state, "seat_lost", event.at), event, Kind.SEAT_GONE)
    step = chain(step, lambda s: _leaves_contact(s, event))
    if step[0].transfer is None:
        step = chain(step, lambda s: await_seat(s, event))
    return chain(step, lambda s: _call_again(s, event, was_up))


def not_back(state: Operator, event: Event) -> Step:
    """The time to come back is over and no call waits: the shift ends."""
    if state.shift is None or state.seat.up or state.seat.back_by is None:
        return stay(state)
    return end_shift(notify(state, "seat_unavailable", event.at), event)


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
    if previewed(state) is not None:
        return chain(release(state, event), lambda s: end_shift(s, event))
    effects = [CancelTimer(name) for name in ("seat", "seat_back", "reseat")]
    old, shift_id = state.seat.leg, state.shift.shift_id
    state = replace(state, shift=None, seat=Seat())
    step = stay(state) if old is None else let_go(state, event, old)
    return chain(step, lambda s: stay(s, *effects, EndShift(shift_id)))


def signed_off(state: Operator, event: EndpointSignedOff) -> Step:
    """The page is closed, or its socket broke. The leg itself lives until the media timeout: it may still be heard."""
    if state.seat.leg is None or state.seat.by_number:
        return stay(state)
    return stay(replace(state, seat=replace(state.seat, signed_off=event.registration)))


def signed_on(state: Operator, event: EndpointSignedOn) -> Step:
    """A new page: its old leg is dead weight, a new one is called. The same page again had lost its socket only."""
    seat = state.seat
    if seat.leg is None:
        return call_seat(state, event)
    if seat.signed_off is None:
        return stay(state)
    if event.registration and event.registration == seat.signed_off:
        return stay(replace(state, seat=replace(seat, signed_off=None)))
    page_was_up = replace(state, seat=replace(seat, phase=SeatPhase.UP, lost_ms=None))
    return chain(let_go(page_was_up, event, seat.leg), lambda s: seat_gone(s, event))


def ring_again(state: Operator, event: Event, *, by_number: bool) -> Step:
    """The operator asks for her seat now, or for her telephone instead of what does not answer."""
    if state.shift is None or state.seat.up:
        return stay(notify(state, "not_possible_now", event.at))
    if by_number and state.shift.fallback_number is None:
        return stay(notify(state, "no_seat_by_number", event.at))
    if state.seat.leg is None:
        return call_seat(state, event, by_number=by_number)
    if not by_number or state.seat.by_number:
        return stay(state)
    given_up, seat = state.seat.leg, replace(state.seat, leg=None, phase=SeatPhase.NONE)
    step = let_go(replace(state, seat=seat), event, given_up)
    return chain(step, lambda s: call_seat(s, event, by_number=True))


def waits_idle(state: Operator) -> bool:
    """A seat that is up while its operator does nothing."""
    return (
        state.shift is not None and state.seat.up and state.call is None and state.claiming is None
        and not state.opening
    )  # fmt: skip


def watch_idling(before: Operator, after: Operator, at: int) -> tuple[SetTimer | CancelTimer, ...]:
    """The clock of an idle seat starts when it begins to wait and stops with whatever the operator does."""
    if waits_idle(after):
        assert after.shift is not None
        began = not waits_idle(before) or after.last_command != before.last_command
        return (SetTimer("idle", at + after.shift.idle_s * 1_000),) if began else ()
    return (CancelTimer("idle"),) if waits_idle(before) else ()


def idle_too_long(state: Operator, event: Event) -> Step:
    return end_shift(notify(state, "seat_idle", event.at), event) if waits_idle(state) else stay(state)
