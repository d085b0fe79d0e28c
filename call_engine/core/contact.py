"""The contact's leg: dialled, ringing, heard, answered, gone."""

from dataclasses import replace

from .bridging import connect, start_ringing_tone, stop_ringing_tone
from .effects import (
    Ask,
    CancelTimer,
    Kill,
    OriginateContact,
    SaveAnswered,
    SaveEnded,
    SaveNotPlaced,
    SaveRinging,
    SetTimer,
)
from .events import Claimed, ClaimRefused, Event
from .happening import Kind
from .preview import show
from .seat import call_seat
from .state import Bridge, Call, Line, Operator, legs, talking_call
from .timings import BRIDGE_PROOF_MS, DIAL_GUARD_MS, LIMIT_GUARD_MS
from .transfer import happen
from .transition import Step, chain, notify, stay

NO_CHANNEL = frozenset(
    {
        "NOT_SENT", "INVALID_GATEWAY", "INVALID_PROFILE", "INVALID_URL", "GATEWAY_DOWN", "DESTINATION_OUT_OF_ORDER",
        "CHAN_NOT_IMPLEMENTED", "SWITCH_CONGESTION", "SUBSCRIBER_ABSENT", "USER_NOT_REGISTERED",
        "NETWORK_OUT_OF_ORDER", "LEASE_LOST", "NOT_ALLOWED",
    }
)  # fmt: skip
"""Causes with which an originate fails before anything was dialled, when no channel was seen either."""


def claimed(state: Operator, event: Claimed) -> Step:
    """A contact is ours: ring it, unless the operator's line was lost meanwhile."""
    facts = event.facts
    if state.claiming != facts.call_id:
        known = state.call is not None and state.call.call_id == facts.call_id
        return stay(state) if known else stay(state, SaveNotPlaced(facts.call_id, facts.token, event.at, "UNWANTED"))
    state = replace(state, claiming=None)
    if state.shift is None or not state.seat.up or not state.connected:
        code = "switch_lost" if not state.connected else "seat_lost"
        unplaced = SaveNotPlaced(facts.call_id, facts.token, event.at, "SEAT_LOST")
        return chain(stay(notify(state, code, event.at), unplaced), lambda s: call_seat(s, event))
    call = Call(facts, event.at)
    if facts.preview:
        return show(state, event, call)
    return dial(state, event, call)


def dial(state: Operator, event: Event, call: Call) -> Step:
    facts = call.facts
    originate = OriginateContact(
        facts.call_id, state.operator_id, facts.token, facts.e164, facts.ring_s, facts.longest_call_s,
        facts.warning_s, facts.recording, call.claimed_ms, facts.dial_at_ms, previewed=facts.preview,
    )  # fmt: skip
    guard = SetTimer("watch", max(event.at, facts.dial_at_ms) + facts.ring_s * 1_000 + DIAL_GUARD_MS)
    return stay(replace(state, call=call), originate, guard)


def claim_refused(state: Operator, event: ClaimRefused) -> Step:
    if state.claiming != event.call_id:
        return stay(state)
    state = replace(state, claiming=None)
    return chain(stay(notify(state, event.code, event.at, event.until_ms)), lambda s: call_seat(s, event))


def created(state: Operator) -> Step:
    call = state.call
    assert call is not None
    return stay(replace(state, call=replace(call, seen=True)), *_kill_again(call))


def progressed(state: Operator, event: Event, *, media: bool) -> Step:
    call = state.call
    assert call is not None
    if call.line not in (Line.DIALLING, Line.RINGING) or (call.line is Line.RINGING and not media):
        return stay(replace(state, call=replace(call, seen=True)), *_kill_again(call))
    line = Line.EARLY if media else Line.RINGING
    first = (SaveRinging(call.call_id, call.facts.token, event.at),) if call.line is Line.DIALLING else ()
    state = replace(state, call=replace(call, line=line, seen=True))
    if call.ending_by is not None:
        return stay(state, *_kill_again(call), *first)
    tone = stay(state) if media else start_ringing_tone(state)
    return chain(tone, lambda s: stay(s, *first))


def connectable(state: Operator, event: Event) -> Step:
    """The originate is over: announcement or voice can be heard."""
    call = state.call
    assert call is not None
    if call.ending_by is not None:
        return stay(replace(state, call=replace(call, seen=True, connectable=True)), *_kill_again(call))
    if call.connectable:
        return connect(state, event)
    return connect(replace(state, call=replace(call, seen=True, connectable=True)), event)


def answered(state: Operator, event: Event, at: int) -> Step:
    call = state.call
    assert call is not None
    if call.line is Line.ANSWERED:
        return stay(state)
    facts = call.facts
    state = replace(state, call=replace(call, line=Line.ANSWERED, seen=True, answered_ms=at))
    limit = SetTimer("watch", max(at + facts.longest_call_s * 1_000, event.at) + LIMIT_GUARD_MS)
    saved = SaveAnswered(facts.call_id, facts.token, at, facts.recording, call.claimed_ms)
    if call.ending_by is not None:
        return stay(state, *_kill_again(call), saved)
    return chain(stay(state, limit, saved), lambda s: connect(s, event))


def gone(state: Operator, event: Event, cause: str, at: int | None = None) -> Step:
    """The contact's leg has ended. Whatever else went on with it ends too; the operator writes the result."""
    call = talking_call(state)
    assert call is not None
    facts, at = call.facts, at or event.at
    was_answered = call.answered_ms is not None
    over_limit = was_answered and cause == "ALLOTTED_TIMEOUT"
    by = call.ending_by or ("limit" if over_limit else "contact" if was_answered else "network")
    had_transfer = state.transfer is not None
    step = happen(state, event, Kind.CONTACT_GONE) if had_transfer else stop_ringing_tone(state)
    state, effects = step
    call = replace(
        call, line=Line.GONE, bridge=Bridge.NONE, sound=None, ended_ms=at, cause=cause, ended_by=by,
        wrap_up_until=event.at + facts.wrap_up_s * 1_000,
    )  # fmt: skip
    state = replace(state, call=call, seat=replace(state.seat, back_by=None))
    if over_limit:
        state = notify(state, "limit_reached", event.at)
    elif had_transfer and call.ending_by is None:
        state = notify(state, "contact_left", event.at)
    timers = tuple(CancelTimer(name) for name in ("watch", "bridge", "seat_back", "reseat"))
    assert call.wrap_up_until is not None
    step = stay(
        state,
        *effects,
        *timers,
        SetTimer("wrap_up", call.wrap_up_until),
        SaveEnded(facts.call_id, facts.token, at, cause, by, over_limit),
    )
    return chain(step, lambda s: call_seat(s, event))


def failed(state: Operator, event: Event, cause: str) -> Step:
    """The originate failed: refused by the far end, or never placed at all."""
    call = talking_call(state)
    assert call is not None
    if call.seen or cause not in NO_CHANNEL:
        return gone(state, event, cause)
    timers = tuple(CancelTimer(name) for name in ("watch", "bridge", "seat_back", "reseat"))
    code = "not_possible_now" if cause in ("LEASE_LOST", "NOT_ALLOWED") else "switch_lost"
    state = notify(replace(state, call=None), code, event.at)
    step = stay(state, *timers, SaveNotPlaced(call.call_id, call.facts.token, event.at, cause))
    return chain(step, lambda s: call_seat(s, event))


def parked(state: Operator, event: Event) -> Step:
    """Parked means: the originate is over, or its partner left."""
    call = state.call
    assert call is not None
    if call.bridge is Bridge.ASKED and call.connectable:
        return stay(state)
    if call.bridge is Bridge.UP and state.seat.up and call.ending_by is None:
        # Somebody parted them, or the seat is gone and that is not known yet: bridged now, the two could die together.
        state = replace(state, call=replace(call, bridge=Bridge.LEAVING))
        return stay(state, Ask(legs(state)), SetTimer("bridge", event.at + BRIDGE_PROOF_MS))
    if call.bridge in (Bridge.UP, Bridge.LEAVING):
        state = replace(state, call=replace(call, bridge=Bridge.NONE))
    return connectable(state, event)


def bridged(state: Operator, event: Event) -> Step:
    call = state.call
    assert call is not None
    call = replace(call, bridge=Bridge.UP, bridge_tries=0, proven_ms=event.at, sound=None)
    state = replace(state, call=call)
    return stay(state, CancelTimer("bridge"))


def lease_lost(state: Operator, event: Event) -> Step:
    """Somebody else may ring this number now: let go of the contact at once."""
    call = talking_call(state)
    if call is None or call.lease_lost:
        return stay(state)
    state = replace(state, call=replace(call, lease_lost=True, ending_by=call.ending_by or "switch"))
    step = happen(notify(state, "not_possible_now", event.at), event, Kind.LEASE_LOST)
    return chain(step, lambda s: stay(s, Kill(call.call_id), SetTimer("watch", event.at + LIMIT_GUARD_MS)))


def _kill_again(call: Call) -> tuple[Kill, ...]:
    """A leg that was to be killed before it existed is killed once it is seen."""
    return (Kill(call.call_id),) if call.ending_by is not None else ()
