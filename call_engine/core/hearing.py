"""The contact never hears silence: whoever is with nobody hears music or a soft tone."""

from dataclasses import replace

from .effects import Ask, PlayComfort, PlayMusic, SetTimer
from .events import Event, Fact, Sounding
from .state import Bridge, Line, Operator, Sound, TransferPhase, legs, talking_call
from .timings import SOUND_STARTS_MS
from .transition import Step, stay

TIMER = "sound"


def should_hear(state: Operator) -> Sound | None:
    """What is to be played to the contact now; none when a person is on the line, or a bridge is on its way."""
    call, transfer = talking_call(state), state.transfer
    if call is None or call.line is not Line.ANSWERED or not call.connectable or call.ending_by is not None:
        return None
    if call.bridge is not Bridge.NONE or (transfer is not None and joining(state)):
        return None
    waits_for_manager = transfer is not None and transfer.phase is not TransferPhase.ASKING
    return Sound.MUSIC if waits_for_manager else Sound.COMFORT


def joining(state: Operator) -> bool:
    """The bridge of contact and manager was asked for: the switch ends the music itself."""
    call, transfer = state.call, state.transfer
    asked = transfer is not None and transfer.phase is TransferPhase.COMPLETING
    return asked and call is not None and call.bridge_tries > 0


def keep(state: Operator, event: Event) -> Step:
    """Starts what the contact should hear, unless something is known to play."""
    call, wanted = state.call, should_hear(state)
    if call is None or wanted is None or call.sound is not None or not state.connected:
        return stay(state)
    return play(state, event, wanted)


def play(state: Operator, event: Event, sound: Sound) -> Step:
    call = state.call
    assert call is not None
    effect = PlayMusic(call.call_id) if sound is Sound.MUSIC else PlayComfort(call.call_id, call.facts.speech)
    return stay(replace(state, call=replace(call, sound=sound, sound_ms=event.at)), effect)


def sounding(state: Operator, event: Sounding) -> Step:
    """The contact's leg began or ceased to be played something. An end just after a start is of what played before."""
    call = state.call
    assert call is not None
    if event.on:
        return stay(replace(state, call=replace(call, sound=call.sound or Sound.MUSIC)))
    if call.sound is not None and event.at - call.sound_ms < SOUND_STARTS_MS and should_hear(state) is not None:
        return stay(state, SetTimer(TIMER, call.sound_ms + SOUND_STARTS_MS))
    return stay(replace(state, call=replace(call, sound=None)))


def ask(state: Operator) -> Step:
    return stay(state) if should_hear(state) is None else stay(state, Ask(legs(state)))


def reconcile(state: Operator, event: Event, fact: Fact) -> Operator:
    """Believes the switch about what it plays, as soon as it can know."""
    call = state.call
    assert call is not None
    if fact.playing:
        return replace(state, call=replace(call, sound=call.sound or Sound.MUSIC))
    if event.at - call.sound_ms < SOUND_STARTS_MS:
        return state
    return replace(state, call=replace(call, sound=None))
