"""Guards that fire when something did not happen in time: they ask, or give up."""

from . import handed_over, hearing, preview, preview_actions, transfer, unwanted, wrap_up
from .bridging import end_contact, kill
from .effects import Ask, SetTimer
from .events import TimerFired
from .happening import Kind
from .seat import call_seat, idle_too_long, not_back
from .state import Operator, SeatPhase, legs, talking_call
from .timings import ASK_AGAIN_MS, RESEAT_MS
from .transition import Step, notify, stay


def fired(state: Operator, event: TimerFired) -> Step:
    if event.name == "wrap_up":
        return wrap_up.time_over(state, event)
    if event.name == preview.TIMER:
        return preview_actions.over(state, event)
    if not state.connected:
        # Nothing can be asked or done; the reconnect asks about every leg anyway.
        return stay(state, SetTimer(event.name, event.at + RESEAT_MS))
    call = talking_call(state)
    match event.name:
        case "seat" if state.seat.phase is SeatPhase.CALLING and state.seat.leg is not None:
            return stay(state, Ask((state.seat.leg,)), SetTimer("seat", event.at + ASK_AGAIN_MS))
        case "reseat" if call is not None or state.seat.back_by is not None:
            return call_seat(state, event)
        case "seat_back" if call is not None and not state.seat.up:
            return end_contact(notify(state, "seat_not_back", event.at), event, "switch")
        case "seat_back":
            return not_back(state, event)
        case "idle":
            return idle_too_long(state, event)
        case "watch" if call is not None:
            return stay(state, Ask(legs(state)), SetTimer("watch", event.at + ASK_AGAIN_MS))
        case "bridge" if call is not None:
            ended = () if call.ending_by is None else (kill(call),)
            return stay(state, *ended, Ask(legs(state)))
        case "manager":
            return transfer.happen(state, event, Kind.OVERDUE)
        case unwanted.TIMER:
            return unwanted.overdue(state, event)
        case hearing.TIMER:
            return hearing.ask(state)
    return handed_over.timer(state, event, event.name)
