"""The one entry of the core: `(state, event) -> (state, effects)`."""

from dataclasses import replace
from uuid import UUID

from . import (
    commands,
    contact,
    facts,
    hearing,
    preview,
    recording,
    seat,
    switch_dead,
    switch_events,
    timers,
    transfer,
    wrap_up,
)
from .effects import CallPersist, Effect, PublishManager, PublishOperator, PublishRow, TransferPersist
from .events import (
    Claimed,
    ClaimRefused,
    Closed,
    CloseRefused,
    Commanded,
    EndpointSignedOff,
    EndpointSignedOn,
    Event,
    Facts,
    LeaseLost,
    LegEvent,
    ManagersListed,
    Noted,
    ShiftOpened,
    ShiftRefused,
    SwitchBack,
    SwitchDead,
    SwitchLost,
    TimerFired,
)
from .happening import Kind
from .state import Operator, previewed
from .transition import Step, chain, notify, stay
from .views import ended_view, manager_views, operator_view


def step(state: Operator, event: Event) -> Step:
    """What the event changes and what is to be done; then what the pages have to be told of it."""
    changed = recording.handed_on(_change(state, event), event)
    after, effects = chain(changed, lambda s: hearing.keep(s, event))
    effects = (*effects, *seat.watch_idling(state, after, event.at))
    return after, (*effects, *_publications(state, after, effects))


def _change(state: Operator, event: Event) -> Step:
    match event:
        case Commanded():
            return commands.carry_out(state, event)
        case LegEvent():
            return switch_events.happened(state, event)
        case TimerFired():
            return timers.fired(state, event)
        case SwitchBack():
            return facts.switch_back(state, event)
        case Facts():
            return facts.reconcile(state, event)
        case SwitchLost():
            return facts.switch_lost(state, event)
        case SwitchDead():
            return switch_dead.given_up(state, event)
        case ShiftOpened():
            return commands.shift_opened(state, event)
        case ShiftRefused():
            return stay(notify(replace(state, opening=False), event.code, event.at))
        case Claimed():
            return contact.claimed(state, event)
        case ClaimRefused():
            return contact.claim_refused(state, event)
        case ManagersListed():
            return _listed(state, event)
        case Noted() if state.call is not None and state.call.call_id == event.call_id:
            return stay(replace(state, call=replace(state.call, noted=True)))
        case Closed() if _is_closing(state, event.call_id):
            return wrap_up.closed(state, event)
        case CloseRefused() if _is_closing(state, event.call_id):
            return wrap_up.refused(state, event)
        case LeaseLost() if state.call is not None and state.call.call_id == event.call_id:
            if previewed(state) is not None:
                return preview.release(notify(state, "not_possible_now", event.at), event, "LEASE_LOST")
            return contact.lease_lost(state, event)
        case EndpointSignedOff():
            return seat.signed_off(state, event)
        case EndpointSignedOn():
            return seat.signed_on(state, event)
    return stay(state)


def _listed(state: Operator, event: ManagersListed) -> Step:
    if state.call is None or state.call.call_id != event.call_id:
        return stay(state)
    return transfer.happen(state, event, Kind.LISTED, managers=event.managers)


def _is_closing(state: Operator, call_id: UUID) -> bool:
    return state.call is not None and state.call.call_id == call_id and state.call.closing


def _publications(before: Operator, after: Operator, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Whose page shows something else now."""
    out: list[Effect] = []
    if (view := operator_view(after)) != operator_view(before):
        out.append(PublishOperator(view))
    old, new = manager_views(before), manager_views(after)
    out += [PublishManager(view) for manager, view in new.items() if view != old.get(manager)]
    out += [PublishManager(ended_view(view)) for manager, view in old.items() if manager not in new]
    rows = [e.call_id for e in effects if isinstance(e, CallPersist | TransferPersist)]
    calls = {s.call.call_id for s in (before, after) if s.call is not None}
    if len(calls) == 2 or (before.call is None) != (after.call is None):
        rows += sorted(calls)
    out += [PublishRow(call_id) for call_id in dict.fromkeys(rows)]
    return tuple(out)
