"""The warm transfer: managers are rung in order while the contact hears music, consulted, and joined or left."""

from dataclasses import replace

from .bridging import connect
from .effects import (
    BridgeLegs,
    CancelTimer,
    Effect,
    Kill,
    ListManagers,
    OriginateManager,
    ParkAfterBridge,
    ParkBoth,
    PlayMusic,
    SaveTransferAnswered,
    SaveTransferCompleted,
    SaveTransferFailed,
    SaveTransferReturned,
    SaveTransferring,
    SaveTransferStarted,
    SaveWrapUp,
    SetTimer,
)
from .events import Event, ManagersListed, new_leg
from .handed_over import timer_name
from .state import Bridge, HandedOver, Line, Operator, Transfer, TransferPhase, talking_call
from .timings import BRIDGE_PROOF_MS, BRIDGE_TRIES, LIMIT_GUARD_MS, MANAGER_GUARD_MS, MANAGER_RING_S
from .transition import Step, chain, notify, stay

BUSY = frozenset({"USER_BUSY", "CALL_REJECTED"})
NO_ANSWER = frozenset(
    {"NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT", "PROGRESS_TIMEOUT", "RECOVERY_ON_TIMER_EXPIRE"}
)


def start(state: Operator, event: Event) -> Step:
    """The contact goes on talking until it is known that there is a manager at all."""
    call = talking_call(state)
    if call is None or call.line is not Line.ANSWERED or call.ending_by is not None or not state.seat.up:
        return stay(notify(state, "not_possible_now", event.at))
    if state.transfer is not None:
        return stay(state)
    return stay(
        replace(state, transfer=Transfer(TransferPhase.ASKING, event.at)),
        ListManagers(call.call_id, call.facts.campaign_id),
    )


def managers_listed(state: Operator, event: ManagersListed) -> Step:
    call, transfer = talking_call(state), state.transfer
    if call is None or transfer is None or transfer.phase is not TransferPhase.ASKING:
        return stay(state)
    seat = state.seat.leg
    if call.call_id != event.call_id or seat is None:
        return stay(state)
    if not event.managers:
        return chain(stay(notify(replace(state, transfer=None), "no_manager", event.at)), lambda s: connect(s, event))
    state = replace(
        state,
        call=replace(call, bridge=Bridge.NONE),
        transfer=replace(transfer, phase=TransferPhase.RINGING, waiting=event.managers),
    )
    step = stay(
        state,
        ParkBoth(seat),
        PlayMusic(call.call_id),
        SaveTransferring(call.call_id, call.facts.token, True),
    )
    return chain(step, lambda s: _ring_next(s, event))


def _ring_next(state: Operator, event: Event) -> Step:
    transfer, call = state.transfer, state.call
    assert transfer is not None and call is not None and transfer.waiting
    manager, leg = transfer.waiting[0], new_leg(event, "manager")
    transfer = replace(
        transfer, phase=TransferPhase.RINGING, manager=manager, leg=leg, waiting=transfer.waiting[1:],
        started_ms=event.at, rung_ms=event.at, answered_ms=None, bridged=False,
    )  # fmt: skip
    return stay(
        replace(state, transfer=transfer),
        SaveTransferStarted(leg, call.call_id, event.at, manager.manager_id),
        OriginateManager(
            leg, state.operator_id, manager.kind, manager.dial_name, MANAGER_RING_S, call.facts.longest_call_s
        ),
        SetTimer("manager", event.at + MANAGER_GUARD_MS),
    )


def manager_answered(state: Operator, event: Event) -> Step:
    """The consultation begins: seat and manager are bridged, the contact keeps its music."""
    transfer, call, seat = state.transfer, talking_call(state), state.seat
    if transfer is None or transfer.phase is not TransferPhase.RINGING or transfer.leg is None or call is None:
        return stay(state)
    if seat.leg is None:
        return stay(state)
    return stay(
        replace(state, transfer=replace(transfer, phase=TransferPhase.CONSULTING, answered_ms=event.at)),
        BridgeLegs(seat.leg, transfer.leg),
        SetTimer("bridge", event.at + BRIDGE_PROOF_MS),
        CancelTimer("manager"),
        SaveTransferAnswered(transfer.leg, call.call_id, event.at),
    )


def manager_gone(state: Operator, event: Event, cause: str) -> Step:
    """Busy, no answer, not there: the next one. Left the consultation: back to the contact."""
    transfer, call = state.transfer, talking_call(state)
    if transfer is None or call is None or transfer.leg is None:
        return stay(state)
    failed = SaveTransferFailed(transfer.leg, call.call_id, event.at, cause)
    if transfer.phase is TransferPhase.RINGING:
        if transfer.waiting:
            return chain(stay(state, failed), lambda s: _ring_next(s, event))
        code = "manager_busy" if cause in BUSY else "manager_no_answer" if cause in NO_ANSWER else "manager_unavailable"
        return chain(stay(notify(state, code, event.at), failed), lambda s: _back(s, event))
    restore: tuple[Effect, ...] = ()
    if transfer.phase is TransferPhase.COMPLETING:
        restore = (ParkAfterBridge(call.call_id, True),)
    step = stay(notify(state, "manager_left", event.at), *restore, failed)
    return chain(step, lambda s: _back_when_parked(s, event))


def _over(state: Operator) -> Operator:
    call = state.call
    assert call is not None
    return replace(state, transfer=None, call=replace(call, bridge=Bridge.NONE, bridge_tries=0))


def _back(state: Operator, event: Event) -> Step:
    """Seat and contact are bridged again; the music stops by itself."""
    call = talking_call(state)
    assert call is not None
    step = stay(_over(state), CancelTimer("manager"), SaveTransferring(call.call_id, call.facts.token, False))
    return chain(step, lambda s: connect(s, event))


def _back_when_parked(state: Operator, event: Event) -> Step:
    """The seat is still leaving its bridge with the manager: its PARK connects, or the question if that gets lost."""
    call = talking_call(state)
    assert call is not None
    return stay(
        _over(state),
        CancelTimer("manager"),
        SetTimer("bridge", event.at + BRIDGE_PROOF_MS // 2),
        SaveTransferring(call.call_id, call.facts.token, False),
    )


def return_to_contact(state: Operator, event: Event) -> Step:
    transfer, call = state.transfer, talking_call(state)
    if transfer is None or call is None or transfer.phase in (TransferPhase.ASKING, TransferPhase.COMPLETING):
        return stay(notify(state, "not_possible_now", event.at))
    assert transfer.leg is not None
    leg = transfer.leg
    # The seat goes straight over to the contact; killed first, the manager would park it in between.
    return chain(
        _back(state, event),
        lambda s: stay(s, Kill(leg), SaveTransferReturned(leg, call.call_id, event.at)),
    )


def complete(state: Operator, event: Event) -> Step:
    """Asks for contact and manager to be joined; BRIDGE is the proof."""
    transfer, call = state.transfer, talking_call(state)
    if transfer is not None and transfer.phase is TransferPhase.COMPLETING:
        return stay(state)
    if transfer is None or call is None or transfer.phase is not TransferPhase.CONSULTING or call.ending_by:
        return stay(notify(state, "not_possible_now", event.at))
    return join(state, event)


def join(state: Operator, event: Event) -> Step:
    """Contact and manager are bridged, and from now on end with each other, even without the engine."""
    transfer, call = state.transfer, talking_call(state)
    assert transfer is not None and call is not None and transfer.leg is not None
    tries = call.bridge_tries + 1
    return stay(
        replace(
            state,
            transfer=replace(transfer, phase=TransferPhase.COMPLETING),
            call=replace(call, bridge_tries=tries),
        ),
        ParkAfterBridge(call.call_id, False),
        ParkAfterBridge(transfer.leg, False),
        BridgeLegs(call.call_id, transfer.leg),
        SetTimer("bridge", event.at + BRIDGE_PROOF_MS),
    )


def manager_parked(state: Operator, event: Event) -> Step:
    """After an originate: the consultation begins. When the operator was lost in it: contact and manager are joined."""
    transfer, call = state.transfer, talking_call(state)
    if transfer is None or call is None or transfer.phase is not TransferPhase.COMPLETING:
        return manager_answered(state, event)
    return stay(state) if call.bridge_tries >= BRIDGE_TRIES else join(state, event)


def consult_again(state: Operator, event: Event) -> Step:
    """The bridge of seat and manager did not come about though both live."""
    transfer, call = state.transfer, talking_call(state)
    assert transfer is not None and call is not None and transfer.leg is not None
    if state.seat.leg is None or not state.seat.up:
        return stay(state)
    if call.bridge_tries >= BRIDGE_TRIES:
        return return_to_contact(notify(state, "manager_unavailable", event.at), event)
    return stay(
        replace(state, call=replace(call, bridge_tries=call.bridge_tries + 1)),
        BridgeLegs(state.seat.leg, transfer.leg),
        SetTimer("bridge", event.at + BRIDGE_PROOF_MS),
    )


def consulting(state: Operator) -> Step:
    """Operator and manager hear each other."""
    transfer, call = state.transfer, state.call
    assert transfer is not None and call is not None
    state = replace(state, transfer=replace(transfer, bridged=True), call=replace(call, bridge_tries=0))
    return stay(state, CancelTimer("bridge"))


def give_up_joining(state: Operator, event: Event) -> Step:
    """Contact and manager cannot be bridged though both live: back to the operator, as before."""
    transfer, call = state.transfer, talking_call(state)
    assert transfer is not None and call is not None and transfer.leg is not None
    step = stay(
        notify(state, "manager_unavailable", event.at),
        ParkAfterBridge(call.call_id, True),
        Kill(transfer.leg),
        SaveTransferFailed(transfer.leg, call.call_id, event.at, "NO_BRIDGE"),
    )
    return chain(step, lambda s: _back(s, event))


def completed(state: Operator, event: Event) -> Step:
    """Contact and manager hear each other: the operator is off the line and writes the result."""
    transfer, call = state.transfer, talking_call(state)
    if transfer is None or call is None or transfer.leg is None:
        return stay(state)
    until = event.at + call.facts.wrap_up_s * 1_000
    limit = (call.answered_ms or event.at) + call.facts.longest_call_s * 1_000
    call = replace(call, handed_over=True, wrap_up_until=until, ended_ms=event.at, bridge=Bridge.NONE, bridge_tries=0)
    handed = HandedOver(call, replace(transfer, bridged=True), event.at)
    return stay(
        replace(state, call=call, transfer=None, handed_over=(*state.handed_over, handed)),
        CancelTimer("watch"),
        CancelTimer("bridge"),
        CancelTimer("manager"),
        CancelTimer("seat_back"),
        CancelTimer("reseat"),
        SetTimer(timer_name(call.call_id), limit + LIMIT_GUARD_MS),
        SetTimer("wrap_up", until),
        SaveTransferCompleted(transfer.leg, call.call_id, event.at),
        SaveWrapUp(call.call_id, call.facts.token, until),
    )


def abandon(state: Operator, event: Event, cause: str) -> Step:
    """The transfer has no sense any more: the contact left, or the operator hangs up or is lost."""
    transfer, call = state.transfer, state.call
    if transfer is None or call is None:
        return stay(state)
    step = stay(_over(state), CancelTimer("manager"), CancelTimer("bridge"))
    if transfer.leg is None:
        return step
    leg = transfer.leg
    return chain(step, lambda s: stay(s, Kill(leg), SaveTransferFailed(leg, call.call_id, event.at, cause)))


def seat_left(state: Operator, event: Event) -> Step:
    """The operator's line broke. In a consultation contact and manager are joined, else the transfer is off."""
    transfer, call = state.transfer, talking_call(state)
    if transfer is None or call is None:
        over = state if call is None else replace(state, call=replace(call, bridge=Bridge.NONE))
        return stay(over)
    if transfer.phase is TransferPhase.COMPLETING:
        return stay(state)
    if transfer.phase is TransferPhase.CONSULTING and not call.ending_by:
        # The manager's leg is still leaving the bridge: unset now, it would end with the seat. Its PARK joins.
        return stay(
            replace(state, transfer=replace(transfer, phase=TransferPhase.COMPLETING)),
            SetTimer("bridge", event.at + BRIDGE_PROOF_MS // 2),
        )
    step = abandon(state, event, "SEAT_LOST")
    if transfer.phase is TransferPhase.ASKING:
        return step
    return chain(step, lambda s: stay(s, SaveTransferring(call.call_id, call.facts.token, False)))
