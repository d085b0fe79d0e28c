"""Preview: the next contact is claimed and shown, and dialled when the countdown is over or the operator says so."""

from dataclasses import replace

from exchange_domain.messages import HoldPreview

from .effects import CancelTimer, SaveNotPlaced, SetTimer
from .events import Event
from .state import Call, Line, Operator, previewed
from .timings import PREVIEW_HELD_MS
from .transition import Step, notify, stay

TIMER = "preview"


def show(state: Operator, event: Event, call: Call) -> Step:
    """The countdown begins."""
    assert state.shift is not None
    until = event.at + state.shift.preview_s * 1_000
    shown = replace(call, line=Line.PREVIEW, preview_until=until)
    return stay(replace(state, call=shown), SetTimer(TIMER, until))


def hold(state: Operator, event: Event) -> Step:
    """The countdown stops. The contact is kept for a while, and then somebody else's."""
    call = previewed(state)
    if call is None or call.preview_until is None:
        return stay(state)
    held = replace(state, call=replace(call, preview_until=None))
    return stay(held, SetTimer(TIMER, event.at + PREVIEW_HELD_MS))


def hold_or_go_on(state: Operator, event: Event, command: HoldPreview) -> Step:
    call = previewed(state)
    if call is None or call.call_id != command.call_id:
        return stay(notify(state, "not_possible_now", event.at))
    if command.on:
        return hold(state, event)
    return stay(state) if call.preview_until is not None else show(state, event, call)


def release(state: Operator, event: Event, cause: str = "RELEASED") -> Step:
    """The contact waits again for whoever is free; nothing was dialled."""
    call = previewed(state)
    if call is None:
        return stay(state)
    unplaced = SaveNotPlaced(call.call_id, call.facts.token, event.at, cause)
    return stay(replace(state, call=None), CancelTimer(TIMER), unplaced)
