"""The switch is given up: whatever was on it has ended, and the operator sits nowhere."""

from dataclasses import replace

from . import preview, unwanted
from .effects import (
    CancelTimer,
    EndShift,
    SaveEnded,
    SaveReturned,
    SaveTransferEnded,
    SaveWrapUp,
    SetTimer,
    SwitchCommand,
)
from .events import SwitchDead
from .handed_over import timer_name
from .happening import Kind
from .state import Bridge, HandedOver, Line, Operator, Seat, talking_call
from .transfer import happen
from .transition import Step, chain, notify, stay

CAUSE = "SWITCH_LOST"


def given_up(state: Operator, event: SwitchDead) -> Step:
    """Ends handed-over calls, the operator's call and her shift, as of the moment the switch was last heard."""
    step = stay(replace(state, connected=False))
    for handed in state.handed_over:
        step = chain(step, lambda s, h=handed: _handed_over(s, event, h))
    return chain(
        step,
        lambda s: preview.release(s, event, CAUSE),
        lambda s: _call(s, event),
        _legs,
        lambda s: _shift(s, event),
    )


def _handed_over(state: Operator, event: SwitchDead, handed: HandedOver) -> Step:
    at = max(event.heard, handed.completed_ms)
    effects = (
        CancelTimer(timer_name(handed.call_id)),
        SaveEnded(handed.call_id, handed.call.facts.token, at, CAUSE, "switch", False),
    )
    if handed.transfer.leg is not None and not handed.manager_gone:
        effects += (SaveTransferEnded(handed.transfer.leg, handed.call_id, at),)
    call = state.call
    if call is not None and call.call_id == handed.call_id:
        call = replace(call, ended_by="switch", cause=CAUSE)
    rest = tuple(h for h in state.handed_over if h.call_id != handed.call_id)
    return stay(replace(state, handed_over=rest, call=call), *effects)


def _call(state: Operator, event: SwitchDead) -> Step:
    """Nobody talked: the contact waits again. Somebody did: the operator writes what she knows."""
    call = talking_call(state)
    if call is None:
        return stay(state)
    state, effects = happen(state, event, Kind.CONTACT_GONE, cause=CAUSE)
    # The rows of a transfer are saved; there is no switch to be told.
    effects = tuple(effect for effect in effects if not isinstance(effect, SwitchCommand))
    effects += tuple(CancelTimer(name) for name in ("watch", "bridge", "seat_back", "reseat"))
    token, ended = call.facts.token, max(event.heard, call.answered_ms or call.claimed_ms)
    if call.answered_ms is None:
        return stay(replace(state, call=None), *effects, SaveReturned(call.call_id, token, event.at, ended))
    until = event.at + call.facts.wrap_up_s * 1_000
    call = replace(
        call, line=Line.GONE, bridge=Bridge.NONE, ended_ms=ended, cause=CAUSE, ended_by="switch", wrap_up_until=until
    )
    return stay(
        replace(state, call=call),
        *effects,
        SetTimer("wrap_up", until),
        SaveWrapUp(call.call_id, token, until),
        SaveEnded(call.call_id, token, ended, CAUSE, "switch", False),
    )


def _legs(state: Operator) -> Step:
    """Legs that were let go of went with the switch too."""
    return stay(replace(state, unwanted=()), CancelTimer(unwanted.TIMER)) if state.unwanted else stay(state)


def _shift(state: Operator, event: SwitchDead) -> Step:
    """Her next shift begins on another switch: the page says so."""
    if state.shift is None:
        return stay(state)
    timers = tuple(CancelTimer(name) for name in ("seat", "seat_back", "reseat"))
    shift_id = state.shift.shift_id
    state = notify(replace(state, shift=None, seat=Seat()), "switch_dead", event.at)
    return stay(state, *timers, EndShift(shift_id))
