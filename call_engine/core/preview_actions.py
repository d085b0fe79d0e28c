"""What ends a preview: the contact is dialled, passed over, or let go of."""

from dataclasses import replace

from exchange_domain.messages import SkipContact

from .contact import dial
from .effects import CancelTimer, SaveSkipped
from .events import Event
from .preview import TIMER, hold, release
from .state import Line, Operator, previewed
from .transition import Step, chain, notify, stay
from .wrap_up import claim


def over(state: Operator, event: Event) -> Step:
    """The countdown is over: it is dialled. What was held for too long is let go of."""
    call = previewed(state)
    if call is None:
        return stay(state)
    if call.preview_until is None:
        return release(notify(state, "preview_over", event.at), event)
    return dial_now(state, event)


def dial_now(state: Operator, event: Event) -> Step:
    call = previewed(state)
    assert call is not None
    if not state.seat.up or not state.connected:
        return chain(hold(state, event), lambda s: stay(notify(s, "not_possible_now", event.at)))
    dialled = replace(call, line=Line.DIALLING, preview_until=None, dialled_ms=event.at)
    return chain(stay(state, CancelTimer(TIMER)), lambda s: dial(s, event, dialled))


def skip(state: Operator, event: Event, command: SkipContact) -> Step:
    """Not this one now: it rests, and the next contact is shown."""
    call = previewed(state)
    if call is None or call.call_id != command.call_id:
        return stay(notify(state, "not_possible_now", event.at))
    skipped = SaveSkipped(call.call_id, call.facts.token, event.at, command.reason)
    step = stay(replace(state, call=None), CancelTimer(TIMER), skipped)
    return chain(step, lambda s: claim(s, event, command.key, preview=True))
