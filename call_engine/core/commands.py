"""What a person asked for. A command that does not fit the state changes nothing and says so."""

from dataclasses import replace

from exchange_domain.messages import (
    CallNext,
    CloseCall,
    CompleteTransfer,
    DeclineTransfer,
    EndShift,
    HangUp,
    HoldPreview,
    MaskRecording,
    NextManager,
    ReturnToContact,
    RingSeat,
    SkipContact,
    StartShift,
    StartTransfer,
)

from . import preview, preview_actions, recording, transfer, wrap_up
from .bridging import end_contact
from .effects import OpenShift
from .events import Commanded, ShiftOpened
from .happening import Kind
from .seat import call_seat, end_shift, ring_again
from .state import RECENT_KEYS, Operator, previewed, talking_call
from .transition import Step, chain, notify, stay

AboutTheCall = HangUp | StartTransfer | CompleteTransfer | ReturnToContact | NextManager | MaskRecording
KINDS: dict[type, Kind] = {
    StartTransfer: Kind.START,
    CompleteTransfer: Kind.COMPLETE,
    ReturnToContact: Kind.RETURN,
    NextManager: Kind.NEXT,
}


def carry_out(state: Operator, event: Commanded) -> Step:
    """One key press is one command: a key seen before does nothing."""
    key = event.command.key
    if key in state.recent_keys:
        return stay(state)
    recent = (*state.recent_keys, key)[-RECENT_KEYS:]
    if isinstance(event.command, DeclineTransfer):
        # A manager's press is not the operator's: it answers nothing on her page.
        return _decline(replace(state, recent_keys=recent), event, event.command)
    state = replace(state, recent_keys=recent, last_command=key, notice=None)
    if event.stale:
        return stay(notify(state, "not_possible_now", event.at))
    match event.command:
        case StartShift():
            return _start_shift(state, event, event.command)
        case EndShift():
            return _end_shift(state, event)
        case RingSeat():
            return ring_again(state, event, by_number=event.command.by_number)
        case CallNext():
            return _call_next(state, event, event.command)
        case HoldPreview():
            return preview.hold_or_go_on(state, event, event.command)
        case SkipContact():
            return preview_actions.skip(state, event, event.command)
        case CloseCall():
            return wrap_up.close(state, event, event.command)
        case _:
            return _about_the_call(state, event, event.command)


def _start_shift(state: Operator, event: Commanded, command: StartShift) -> Step:
    if (state.call is not None and previewed(state) is None) or state.claiming is not None:
        return stay(notify(state, "call_open", event.at))
    if state.opening:
        return stay(notify(state, "not_possible_now", event.at))
    step = preview.release(state, event)
    return chain(step, lambda s: stay(replace(s, opening=True), OpenShift(state.operator_id, command.campaign_id)))


def shift_opened(state: Operator, event: ShiftOpened) -> Step:
    if not state.opening:
        return stay(state)
    state = replace(state, opening=False, shift=event.shift, name=event.operator_name)
    return call_seat(state, event)


def _end_shift(state: Operator, event: Commanded) -> Step:
    if state.call is not None and previewed(state) is None:
        return stay(notify(state, "call_open", event.at))
    if state.claiming is not None or state.opening:
        return stay(notify(state, "not_possible_now", event.at))
    return end_shift(state, event)


def _call_next(state: Operator, event: Commanded, command: CallNext) -> Step:
    """The next contact, dialled at once; or the one that is shown."""
    if previewed(state) is not None:
        return preview_actions.dial_now(state, event)
    if state.call is not None:
        # The key of a call that exists: the press came twice, over a restart.
        same = state.call.call_id == command.key
        return stay(state) if same else stay(notify(state, "call_open", event.at))
    if state.opening:
        return stay(notify(state, "not_possible_now", event.at))
    return wrap_up.claim(state, event, command.key)


def _decline(state: Operator, event: Commanded, command: DeclineTransfer) -> Step:
    """Only what rings at this very manager's can be declined; anything else came too late."""
    pending = state.transfer
    theirs = (
        pending is not None
        and pending.leg == command.transfer_id
        and pending.manager is not None
        and pending.manager.manager_id == command.manager_id
    )
    if not theirs or not state.connected or event.stale:
        return stay(state)
    return transfer.happen(state, event, Kind.DECLINED)


def _about_the_call(state: Operator, event: Commanded, command: AboutTheCall) -> Step:
    call = talking_call(state)
    if call is None or call.call_id != command.call_id:
        # Hanging up what has just ended by itself is no mistake.
        over = isinstance(command, HangUp) and state.call is not None and state.call.call_id == command.call_id
        return stay(state) if over else stay(notify(state, "not_possible_now", event.at))
    if isinstance(command, HangUp):
        step = transfer.happen(state, event, Kind.HANG_UP)
        return chain(step, lambda s: end_contact(s, event, "operator"))
    if not state.connected:
        return stay(notify(state, "switch_lost", event.at))
    if isinstance(command, MaskRecording):
        return recording.mask(state, event, command)
    return transfer.happen(state, event, KINDS[type(command)])
