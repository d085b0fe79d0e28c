"""Legs that were let go of: killed until their end is known, over a lost connection too."""

from dataclasses import replace
from uuid import UUID

from .effects import Ask, Effect, Kill, SetTimer
from .events import Destroyed, Event, Fact, HungUp, LegEvent, LegState, NotSent, OriginateFailed
from .state import Operator, Unwanted
from .timings import BRIDGE_PROOF_MS, KILL_GUARD_MS
from .transition import Step, stay

TIMER = "let_go"
ENDED = (HungUp, Destroyed, OriginateFailed, NotSent)


def let_go(state: Operator, event: Event, leg: UUID, *, after_bridge: bool = False) -> Step:
    """Kills a leg; with `after_bridge` only once it is bridged: in between it would take the seat with it."""
    state = replace(state, unwanted=(*without(state, leg).unwanted, Unwanted(leg, after_bridge)))
    if after_bridge:
        return stay(state, SetTimer(TIMER, event.at + BRIDGE_PROOF_MS))
    return stay(state, Kill(leg), SetTimer(TIMER, event.at + KILL_GUARD_MS))


def find(state: Operator, leg: UUID) -> Unwanted | None:
    return next((u for u in state.unwanted if u.leg == leg), None)


def without(state: Operator, leg: UUID) -> Operator:
    return replace(state, unwanted=tuple(u for u in state.unwanted if u.leg != leg))


def happened(state: Operator, event: LegEvent, unwanted: Unwanted) -> Step:
    """An event of such a leg: its end, or a sign that it lives."""
    if isinstance(event, ENDED):
        return stay(without(state, unwanted.leg))
    return stay(state) if unwanted.after_bridge else stay(state, Kill(unwanted.leg))


def bridged(state: Operator, event: Event, leg: UUID) -> Step:
    """The bridge that it was waiting for is there: now it can be killed, and the other leg stays."""
    return let_go(state, event, leg)


def overdue(state: Operator, event: Event) -> Step:
    """Killed once more, and asked about."""
    if not state.unwanted:
        return stay(state)
    legs = tuple(u.leg for u in state.unwanted)
    state = replace(state, unwanted=tuple(Unwanted(leg) for leg in legs))
    kills = tuple(Kill(leg) for leg in legs)
    return stay(state, *kills, Ask(legs), SetTimer(TIMER, event.at + KILL_GUARD_MS))


def reconcile(state: Operator, facts: dict[UUID, Fact]) -> Step:
    """What the switch has no more is forgotten; what lives is killed again, unless a bridge has to come first."""
    effects: list[Effect] = []
    for unwanted in state.unwanted:
        fact = facts.get(unwanted.leg)
        if fact is None:
            continue
        if fact.state is LegState.GONE:
            state = without(state, unwanted.leg)
        elif not unwanted.after_bridge or fact.other is not None:
            effects.append(Kill(unwanted.leg))
    return stay(state, *effects)
