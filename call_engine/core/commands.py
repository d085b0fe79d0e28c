"""What a person asked for. A command that does not fit the state changes nothing and says so."""

from dataclasses import replace

from exchange_domain.messages import (
    CallNext,
    CloseCall,
    CompleteTransfer,
    EndShift,
    HangUp,
    MaskRecording,
    ReturnToContact,
    StartShift,
    StartTransfer,
)

from . import recording, transfer, wrap_up
from .bridging import end_contact
from .effects import OpenShift
from .events import Commanded, ShiftOpened
from .seat import call_seat, end_shift
from .state import RECENT_KEYS, Operator, talking_call
from .transition import Step, chain, notify, stay


def carry_out(state: Operator, event: Commanded) -> Step:
    """One key press is one command: a key seen before does nothing."""
    key = event.command.key
    if key in state.recent_keys:
        return stay(state)
    recent = (*state.recent_keys, key)[-RECENT_KEYS:]
    state = replace(state, recent_keys=recent, last_command=key, notice=None)
    if event.stale:
        return stay(notify(state, "not_possible_now", event.at))
    match event.command:
        case StartShift():
            return _start_shift(state, event, event.command)
        case EndShift():
            return _end_shift(state, event)
        case CallNext():
            return _call_next(state, event, event.command)
        case CloseCall():
            return wrap_up.close(state, event, event.command)
        case HangUp() | StartTransfer() | CompleteTransfer() | ReturnToContact() | MaskRecording():
            return _about_the_call(state, event, event.command)


def _start_shift(state: Operator, event: Commanded, command: StartShift) -> Step:
    if state.call is not None or state.claiming is not None:
        return stay(notify(state, "call_open", event.at))
    if state.opening:
        return stay(notify(state, "not_possible_now", event.at))
    return stay(replace(state, opening=True), OpenShift(state.operator_id, command.campaign_id))


def shift_opened(state: Operator, event: ShiftOpened) -> Step:
    if not state.opening:
        return stay(state)
    state = replace(state, opening=False, shift=event.shift, name=event.operator_name)
    return call_seat(state, event)


def _end_shift(state: Operator, event: Commanded) -> Step:
    if state.call is not None:
        return stay(notify(state, "call_open", event.at))
    if state.claiming is not None or state.opening:
        return stay(notify(state, "not_possible_now", event.at))
    return end_shift(state, event)


def _call_next(state: Operator, event: Commanded, command: CallNext) -> Step:
    if state.call is not None:
        # The key of a call that exists: the press came twice, over a restart.
        same = state.call.call_id == command.key
        return stay(state) if same else stay(notify(state, "call_open", event.at))
    if state.opening:
        return stay(notify(state, "not_possible_now", event.at))
    return wrap_up.claim(state, event, command.key)


AboutTheCall = HangUp | StartTransfer | CompleteTransfer | ReturnToContact | MaskRecording


def _about_the_call(state: Operator, event: Commanded, command: AboutTheCall) -> Step:
    call = talking_call(state)
    if call is None or call.call_id != command.call_id:
        # Hanging up what has just ended by itself is no mistake.
        over = isinstance(command, HangUp) and state.call is not None and state.call.call_id == command.call_id
        return stay(state) if over else stay(notify(state, "not_possible_now", event.at))
    match command:
        case HangUp():
            step = transfer.abandon(state, event, "ORIGINATOR_CANCEL")
            return chain(step, lambda s: end_contact(s, event, "operator"))
        case _ if not state.connected:
            return stay(notify(state, "switch_lost", event.at))
        case MaskRecording():
            return recording.mask(state, event, command)
        case StartTransfer():
            return transfer.start(state, event)
        case CompleteTransfer():
            return transfer.complete(state, event)
        case ReturnToContact():
            return transfer.return_to_contact(state, event)
