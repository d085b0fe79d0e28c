"""What each row of the transfer's table does: small steps that the rows are made of."""

from dataclasses import replace

from .bridging import await_seat, connect
from .effects import (
    Ask,
    BridgeLegs,
    CancelTimer,
    Kill,
    ListManagers,
    NoteUnreached,
    OriginateManager,
    ParkAfterBridge,
    ParkBoth,
    SaveTransferAnswered,
    SaveTransferCompleted,
    SaveTransferFailed,
    SaveTransferReturned,
    SaveTransferring,
    SaveTransferStarted,
    SaveWrapUp,
    SetTimer,
)
from .events import new_leg
from .handed_over import timer_name
from .happening import Happening, Kind
from .hearing import play
from .state import Bridge, Call, HandedOver, Operator, Sound, Transfer, TransferPhase, legs, talking_call
from .timings import ASK_AGAIN_MS, BRIDGE_PROOF_MS, LIMIT_GUARD_MS, MANAGER_GUARD_MS, MANAGER_RING_S
from .transition import Step, chain, notify, stay
from .unwanted import let_go

BUSY = frozenset({"USER_BUSY", "CALL_REJECTED"})
NO_ANSWER = frozenset(
    {"NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT", "PROGRESS_TIMEOUT", "RECOVERY_ON_TIMER_EXPIRE"}
)
SKIPPED = "SKIPPED"
CAUSES = {
    Kind.CONTACT_GONE: "CONTACT_LEFT",
    Kind.SEAT_GONE: "SEAT_LOST",
    Kind.HANG_UP: "ORIGINATOR_CANCEL",
    Kind.LEASE_LOST: "LEASE_LOST",
    Kind.NEXT: SKIPPED,
}
"""What is kept with a try that ended for another reason than the manager's."""


def _call(state: Operator) -> Call:
    assert state.call is not None
    return state.call


def _transfer(state: Operator) -> Transfer:
    assert state.transfer is not None
    return state.transfer


def _leg(state: Operator):
    leg = _transfer(state).leg
    assert leg is not None
    return leg


def _seat(state: Operator):
    assert state.seat.leg is not None
    return state.seat.leg


def reason_of(cause: str) -> str:
    """Why a manager could not be had, as the page says it."""
    if cause == SKIPPED:
        return "skipped"
    return "manager_busy" if cause in BUSY else "manager_no_answer" if cause in NO_ANSWER else "manager_unavailable"


# --- before anybody is rung ---


def refuse(state: Operator, h: Happening) -> Step:
    """says that this is not possible now"""
    return stay(notify(state, "not_possible_now", h.at))


def ask_for_managers(state: Operator, h: Happening) -> Step:
    """looks the campaign's managers up; the talk goes on until it is known that there is one"""
    call = _call(state)
    asking = Transfer(TransferPhase.ASKING, h.at)
    return stay(replace(state, transfer=asking), ListManagers(call.call_id, call.facts.campaign_id))


def no_manager(state: Operator, h: Happening) -> Step:
    """says that the campaign has no manager; the talk is not disturbed"""
    step = stay(notify(replace(state, transfer=None), "no_manager", h.at))
    return chain(step, lambda s: connect(s, h.event))


def no_switch(state: Operator, h: Happening) -> Step:
    """says that the switch is away; the talk is not disturbed"""
    return stay(notify(replace(state, transfer=None), "switch_lost", h.at))


def remember(state: Operator, h: Happening) -> Step:
    """keeps the managers until operator and contact are bridged: legs that are being bridged cannot be parked"""
    return stay(replace(state, transfer=replace(_transfer(state), waiting=h.managers)))


def begin(state: Operator, h: Happening) -> Step:
    """parks operator and contact, plays music to the contact, rings the first manager"""
    call, transfer = _call(state), _transfer(state)
    state = replace(
        state,
        call=replace(call, bridge=Bridge.NONE, bridge_tries=0),
        transfer=replace(transfer, waiting=h.managers or transfer.waiting),
    )
    return chain(
        stay(state, ParkBoth(_seat(state))),
        lambda s: play(s, h.event, Sound.MUSIC),
        lambda s: stay(s, SaveTransferring(call.call_id, call.facts.token, True)),
        lambda s: ring_next(s, h),
    )


def part_again(state: Operator, h: Happening) -> Step:
    """parks both once more, with music for the contact: a bridge came late"""
    call = replace(_call(state), bridge=Bridge.NONE, sound=None)
    return chain(stay(replace(state, call=call), ParkBoth(_seat(state))), lambda s: play(s, h.event, Sound.MUSIC))


def drop(state: Operator, h: Happening) -> Step:
    """the transfer is off before anybody was rung"""
    return chain(stay(replace(state, transfer=None)), lambda s: connect(s, h.event))


# --- ringing ---


def ring_next(state: Operator, h: Happening) -> Step:
    """rings the next manager in order"""
    transfer, call = _transfer(state), _call(state)
    manager, leg = transfer.waiting[0], new_leg(h.event, "manager")
    transfer = Transfer(
        TransferPhase.RINGING, h.at, leg=leg, rung_ms=h.at, manager=manager, waiting=transfer.waiting[1:]
    )
    return stay(
        replace(state, transfer=transfer),
        SaveTransferStarted(leg, call.call_id, h.at, manager.manager_id),
        OriginateManager(
            leg, state.operator_id, manager.kind, manager.dial_name, MANAGER_RING_S, call.facts.longest_call_s
        ),
        SetTimer("manager", h.at + MANAGER_GUARD_MS),
    )


def _failed(state: Operator, h: Happening) -> SaveTransferFailed:
    cause = h.cause or CAUSES.get(h.kind, "NORMAL_CLEARING")
    return SaveTransferFailed(_leg(state), _call(state).call_id, h.at, cause)


def next_after_failure(state: Operator, h: Happening) -> Step:
    """keeps why, and rings the next manager; the contact's music goes on"""
    return chain(stay(state, _failed(state, h)), lambda s: ring_next(s, h))


def _unreached(state: Operator, h: Happening) -> Step:
    """Nobody of them could be had: the operator is told, and the call is marked for a call-back."""
    call = _call(state)
    code = reason_of(h.cause or CAUSES.get(h.kind, ""))
    state = notify(replace(state, call=replace(call, unreached_ms=h.at)), "managers_unavailable", h.at, reason=code)
    return stay(state, NoteUnreached(call.call_id, call.facts.token, h.at))


def none_left(state: Operator, h: Happening) -> Step:
    """back to the contact; says why the last one could not be had, and prepares a call-back note"""
    return chain(stay(state, _failed(state, h)), lambda s: _back(s, h), lambda s: _unreached(s, h))


def decline(state: Operator, h: Happening) -> Step:
    """ends the manager's ringing as busy; its end brings the next one"""
    return stay(state, Kill(_leg(state), "USER_BUSY"))


def ask_about_legs(state: Operator, h: Happening) -> Step:
    """asks the switch about all legs"""
    return stay(state, Ask(legs(state)), SetTimer("manager", h.at + ASK_AGAIN_MS))


# --- the consultation ---


def consult(state: Operator, h: Happening) -> Step:
    """bridges operator and manager; the contact keeps its music"""
    transfer, call = _transfer(state), _call(state)
    transfer = replace(transfer, phase=TransferPhase.CONNECTING, answered_ms=transfer.answered_ms or h.at)
    return stay(
        replace(state, transfer=transfer, call=replace(call, bridge_tries=0, ordered_ms=h.at)),
        BridgeLegs(_seat(state), _leg(state)),
        SetTimer("bridge", h.at + BRIDGE_PROOF_MS),
        CancelTimer("manager"),
        SaveTransferAnswered(_leg(state), call.call_id, h.at),
    )


def consult_again(state: Operator, h: Happening) -> Step:
    """bridges operator and manager once more"""
    transfer, call = _transfer(state), _call(state)
    return stay(
        replace(
            state,
            transfer=replace(transfer, phase=TransferPhase.CONNECTING),
            call=replace(call, bridge_tries=call.bridge_tries + 1, ordered_ms=h.at),
        ),
        BridgeLegs(_seat(state), _leg(state)),
        SetTimer("bridge", h.at + BRIDGE_PROOF_MS),
    )


def consultation(state: Operator, h: Happening) -> Step:
    """operator and manager hear each other"""
    transfer = replace(_transfer(state), phase=TransferPhase.CONSULTING)
    return stay(
        replace(state, transfer=transfer, call=replace(_call(state), bridge_tries=0, proven_ms=h.at)),
        CancelTimer("bridge"),
        CancelTimer("manager"),
    )


def no_consultation(state: Operator, h: Happening) -> Step:
    """back to the contact, the manager is let go"""
    step = stay(notify(state, "manager_unavailable", h.at), replace(_failed(state, h), cause="NO_BRIDGE"))
    leg = _leg(state)
    return chain(step, lambda s: _back(s, h), lambda s: let_go(s, h.event, leg))


def skip(state: Operator, h: Happening) -> Step:
    """lets the manager go and rings the next one; the contact's music goes on"""
    connecting = _transfer(state).phase is TransferPhase.CONNECTING
    step = stay(state, CancelTimer("bridge"), _failed(state, h))
    leg = _leg(state)
    return chain(step, lambda s: let_go(s, h.event, leg, after_bridge=connecting), lambda s: ring_next(s, h))


def skip_last(state: Operator, h: Happening) -> Step:
    """back to the contact, the manager is let go; prepares a call-back note"""
    leg = _leg(state)
    step = stay(state, _failed(state, h))
    return chain(step, lambda s: _leave(s, h, leg), lambda s: _unreached(s, h))


def return_to_contact(state: Operator, h: Happening) -> Step:
    """back to the contact, the manager is let go"""
    leg, call = _leg(state), _call(state)
    step = _leave(state, h, leg)
    return chain(step, lambda s: stay(s, SaveTransferReturned(leg, call.call_id, h.at)))


def _leave(state: Operator, h: Happening, leg) -> Step:
    """The seat goes straight over to the contact; killed first, the manager would park it in between."""
    if _transfer(state).phase is TransferPhase.CONNECTING:
        return chain(_back_when_parked(state, h), lambda s: let_go(s, h.event, leg, after_bridge=True))
    return chain(_back(state, h), lambda s: let_go(s, h.event, leg))


def manager_left(state: Operator, h: Happening) -> Step:
    """says so; back to the contact as soon as the seat has left its bridge"""
    return chain(stay(notify(state, "manager_left", h.at), _failed(state, h)), lambda s: _back_when_parked(s, h))


def _over(state: Operator) -> Operator:
    return replace(state, transfer=None, call=replace(_call(state), bridge=Bridge.NONE, bridge_tries=0))


def _back(state: Operator, h: Happening) -> Step:
    """Seat and contact are bridged again; the music stops by itself. Without a seat the contact waits for it."""
    call = _call(state)
    step = stay(_over(state), CancelTimer("manager"), SaveTransferring(call.call_id, call.facts.token, False))
    if not state.seat.up:
        return chain(step, lambda s: await_seat(s, h.event))
    return chain(step, lambda s: connect(s, h.event))


def _back_when_parked(state: Operator, h: Happening) -> Step:
    """The seat is still in a bridge with the manager: its PARK connects, or the question if that gets lost."""
    call = _call(state)
    if not state.seat.up:
        return _back(state, h)
    return stay(
        _over(state),
        CancelTimer("manager"),
        SetTimer("bridge", h.at + BRIDGE_PROOF_MS // 2),
        SaveTransferring(call.call_id, call.facts.token, False),
    )


# --- contact and manager ---


def join(state: Operator, h: Happening) -> Step:
    """bridges contact and manager, who from now on end with each other, even without the engine"""
    transfer, call = _transfer(state), _call(state)
    tries = call.bridge_tries + 1
    return stay(
        replace(
            state,
            transfer=replace(transfer, phase=TransferPhase.COMPLETING),
            call=replace(call, bridge_tries=tries, ordered_ms=h.at),
        ),
        ParkAfterBridge(call.call_id, False),
        ParkAfterBridge(_leg(state), False),
        BridgeLegs(call.call_id, _leg(state)),
        SetTimer("bridge", h.at + BRIDGE_PROOF_MS),
    )


def join_when_parked(state: Operator, h: Happening) -> Step:
    """contact and manager are joined as soon as the manager's leg has left its bridge"""
    # Unset now, its park_after_bridge would let it end with the seat.
    transfer = replace(_transfer(state), phase=TransferPhase.COMPLETING)
    state = replace(state, transfer=transfer, call=replace(_call(state), bridge_tries=0))
    return stay(state, SetTimer("bridge", h.at + BRIDGE_PROOF_MS // 2))


def _stays_again(state: Operator) -> ParkAfterBridge:
    return ParkAfterBridge(_call(state).call_id, True)


def left_while_joining(state: Operator, h: Happening) -> Step:
    """says so; the contact's leg stays by itself again; back to the contact, or the contact waits for the operator"""
    return chain(stay(state, _stays_again(state)), lambda s: manager_left(s, h))


def give_up_joining(state: Operator, h: Happening) -> Step:
    """the contact's leg stays by itself again; back to the contact, the manager is let go"""
    return chain(stay(state, _stays_again(state)), lambda s: no_consultation(s, h))


def hand_over(state: Operator, h: Happening) -> Step:
    """the operator is off the line and writes the result; contact and manager talk on"""
    transfer, call = _transfer(state), _call(state)
    until = h.at + call.facts.wrap_up_s * 1_000
    limit = (call.answered_ms or h.at) + call.facts.longest_call_s * 1_000
    call = replace(
        call, handed_over=True, wrap_up_until=until, ended_ms=h.at, bridge=Bridge.NONE, bridge_tries=0, sound=None
    )
    transfer = replace(transfer, phase=TransferPhase.COMPLETING)
    timers = (CancelTimer(name) for name in ("watch", "bridge", "manager", "seat_back", "reseat"))
    state = replace(
        state,
        call=call,
        transfer=None,
        seat=replace(state.seat, back_by=None),
        handed_over=(*state.handed_over, HandedOver(call, transfer, h.at)),
    )
    assert transfer.leg is not None
    return stay(
        state,
        *timers,
        SetTimer(timer_name(call.call_id), limit + LIMIT_GUARD_MS),
        SetTimer("wrap_up", until),
        SaveTransferCompleted(transfer.leg, call.call_id, h.at),
        SaveWrapUp(call.call_id, call.facts.token, until),
    )


# --- the end of it ---


def abandon(state: Operator, h: Happening) -> Step:
    """the manager is let go, the transfer is off"""
    leg = _leg(state)
    connecting = _transfer(state).phase is TransferPhase.CONNECTING and h.kind is not Kind.SEAT_GONE
    step = stay(_over(state), CancelTimer("manager"), CancelTimer("bridge"))
    failed = _failed(state, h)
    return chain(step, lambda s: let_go(s, h.event, leg, after_bridge=connecting), lambda s: stay(s, failed))


def seat_lost(state: Operator, h: Happening) -> Step:
    """the manager is let go, the transfer is off; the contact waits for the operator, with its music"""
    call = talking_call(state)
    assert call is not None
    return chain(abandon(state, h), lambda s: stay(s, SaveTransferring(call.call_id, call.facts.token, False)))
