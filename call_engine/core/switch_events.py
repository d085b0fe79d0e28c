"""Events of the switch, given to the leg they are about. Orders that the switch leaves open are all taken."""

from . import contact, handed_over, hearing, recording, transfer, unwanted
from .bridging import connect, kill
from .effects import Ask, Kill, SetTimer
from .events import (
    Answered,
    Bridged,
    CommandRefused,
    Created,
    Destroyed,
    HungUp,
    LegEvent,
    NotSent,
    OriginateDone,
    OriginateFailed,
    Parked,
    Progressed,
    Recording,
    Sounding,
    Unbridged,
)
from .happening import Kind
from .seat import seat_gone, seat_up
from .state import Bridge, Operator, SeatPhase, TransferPhase, legs, on_hold, talking_call
from .timings import BRIDGE_PROOF_MS
from .transition import Step, chain, stay

ALIVE = (Created, Progressed, Answered, Parked, Bridged, OriginateDone)


def happened(state: Operator, event: LegEvent) -> Step:
    if isinstance(event, CommandRefused):
        return recording.refused(state, event) if event.command == "MaskLeg" else _refused(state, event)
    if isinstance(event, Recording):
        return recording.happened(state, event)
    if isinstance(event, Bridged) and (joined := _joined(state, event)) is not None:
        return joined
    call, leg = talking_call(state), event.leg
    if leg == state.seat.leg:
        return _seat(state, event)
    if call is not None and leg == call.call_id:
        return _contact(state, event)
    if state.transfer is not None and leg == state.transfer.leg:
        return _manager(state, event)
    if (handed := handed_over.find(state, leg)) is not None:
        return _handed(state, event, handed)
    if (unwanted_leg := unwanted.find(state, leg)) is not None:
        return unwanted.happened(state, event, unwanted_leg)
    # A leg that nobody has any use for: it was killed before it was there, or came back from a lost answer.
    return stay(state, Kill(leg)) if isinstance(event, ALIVE) else stay(state)


def _seat(state: Operator, event: LegEvent) -> Step:
    match event:
        case HungUp() | Destroyed() | OriginateFailed() | NotSent():
            return seat_gone(state, event)
        case OriginateDone():
            return seat_up(state, event)
        case Parked():
            return chain(seat_up(state, event), lambda s: connect(s, event))
        case Unbridged():
            call = talking_call(state)
            if call is not None and call.bridge is Bridge.UP and state.seat.phase is SeatPhase.UP:
                # Somebody outside the engine parted the two, or the contact is just leaving: ask, if nothing follows.
                return stay(state, SetTimer("bridge", event.at + BRIDGE_PROOF_MS))
    return stay(state)


def _contact(state: Operator, event: LegEvent) -> Step:
    match event:
        case Created():
            return contact.created(state)
        case Progressed():
            return contact.progressed(state, event, media=event.media)
        case OriginateDone():
            return contact.connectable(state, event)
        case Answered():
            return contact.answered(state, event, event.at)
        case Parked():
            return contact.parked(state, event)
        case HungUp():
            return contact.gone(state, event, event.cause)
        case Destroyed():
            return _destroyed(state, event)
        case OriginateFailed():
            return contact.failed(state, event, event.cause)
        case NotSent():
            return contact.failed(state, event, "NOT_SENT")
        case Sounding():
            return hearing.sounding(state, event)
    return stay(state)


def _destroyed(state: Operator, event: Destroyed) -> Step:
    call = talking_call(state)
    assert call is not None
    if not call.seen:
        # A leg that failed at once has only this and its job, which says why.
        return stay(state)
    return contact.gone(state, event, "NORMAL_UNSPECIFIED")


def _manager(state: Operator, event: LegEvent) -> Step:
    assert state.transfer is not None
    match event:
        case OriginateDone():
            return transfer.happen(state, event, Kind.MANAGER_ANSWERED)
        case Parked():
            return transfer.happen(state, event, Kind.MANAGER_PARKED)
        case HungUp() | OriginateFailed():
            return transfer.happen(state, event, Kind.MANAGER_GONE, cause=event.cause)
        case NotSent():
            return transfer.happen(state, event, Kind.MANAGER_GONE, cause="NOT_SENT")
        case Destroyed() if state.transfer.phase is not TransferPhase.RINGING:
            return transfer.happen(state, event, Kind.MANAGER_GONE, cause="NORMAL_UNSPECIFIED")
    return stay(state)


def _handed(state: Operator, event: LegEvent, handed: handed_over.HandedOver) -> Step:
    of_contact = event.leg == handed.call_id
    match event:
        case HungUp() if of_contact:
            return handed_over.contact_gone(state, event, handed, event.cause)
        case Destroyed() if of_contact:
            return handed_over.contact_gone(state, event, handed, "NORMAL_UNSPECIFIED")
        case HungUp() | Destroyed():
            return handed_over.manager_gone(state, event, handed)
        case Parked():
            return handed_over.left_alone(state, event, handed, event.leg)
    return stay(state)


def _joined(state: Operator, event: Bridged) -> Step | None:
    """A bridge proves what was asked for; None when the pair is none of ours."""
    pair = {event.leg, event.other}
    call, pending, seat = talking_call(state), state.transfer, state.seat.leg
    for one in state.unwanted:
        if one.after_bridge and pair == {seat, one.leg}:
            return unwanted.bridged(state, event, one.leg)
    if call is None:
        return None
    if pair == {seat, call.call_id}:
        step = stay(state) if on_hold(state) else contact.bridged(state, event)
        if call.ending_by is not None:
            return chain(step, lambda s: stay(s, kill(call)))
        return chain(step, lambda s: transfer.happen(s, event, Kind.TALKING))
    if pending is None or pending.leg is None:
        return None
    if pair == {call.call_id, pending.leg}:
        return transfer.happen(state, event, Kind.JOINED)
    if pair == {seat, pending.leg}:
        return transfer.happen(state, event, Kind.CONSULTING)
    return None


def _refused(state: Operator, event: CommandRefused) -> Step:
    """-ERR to a bridge or a parting: one of the legs is gone, and its event is on the way or lost."""
    known = legs(state)
    asked = tuple(leg for leg in known if leg in (event.leg, event.other))
    if event.command not in ("BridgeLegs", "ParkBoth") or not asked:
        return stay(state)
    return stay(state, Ask(asked if len(asked) > 1 else known))
