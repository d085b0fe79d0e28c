"""Calls after a completed transfer: contact and manager talk on, the engine only watches how it ends."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from exchange_domain.words import UNSEEN_END

from .effects import Ask, CancelTimer, Kill, SaveEnded, SaveTransferEnded, SetTimer
from .events import Event, Fact, Facts, LegState
from .state import HandedOver, Operator
from .timings import ASK_AGAIN_MS, KILL_GUARD_MS
from .transition import Step, chain, stay


def timer_name(call_id: UUID) -> str:
    return f"handed:{call_id}"


def find(state: Operator, leg: UUID) -> HandedOver | None:
    """The handed-over call that has this leg, the contact's or the manager's."""
    return next((h for h in state.handed_over if leg in (h.call_id, h.transfer.leg)), None)


def _ended_by(handed: HandedOver, cause: str) -> str:
    if cause == "ALLOTTED_TIMEOUT":
        return "limit"
    if cause == UNSEEN_END:
        return "switch"
    return "manager" if handed.manager_gone else "contact"


def contact_gone(state: Operator, event: Event, handed: HandedOver, cause: str, at: int | None = None) -> Step:
    by = _ended_by(handed, cause)
    ended = SaveEnded(handed.call_id, handed.call.facts.token, at or event.at, cause, by, by == "limit")
    kills = () if handed.manager_gone or handed.transfer.leg is None else (Kill(handed.transfer.leg),)
    rest = tuple(h for h in state.handed_over if h.call_id != handed.call_id)
    effects = (*kills, CancelTimer(timer_name(handed.call_id)), ended)
    if handed.transfer.leg is not None and not handed.manager_gone:
        effects += (SaveTransferEnded(handed.transfer.leg, handed.call_id, event.at),)
    call = state.call
    if call is not None and call.call_id == handed.call_id:
        call = replace(call, ended_by=by, cause=cause)
    return stay(replace(state, handed_over=rest, call=call), *effects)


def manager_gone(state: Operator, event: Event, handed: HandedOver) -> Step:
    """The contact's leg ends by itself now; should it not, it is asked about and killed."""
    if handed.manager_gone or handed.transfer.leg is None:
        return stay(state)
    return stay(
        _with(state, handed, lambda h: replace(h, manager_gone=True)),
        SaveTransferEnded(handed.transfer.leg, handed.call_id, event.at),
        SetTimer(timer_name(handed.call_id), event.at + KILL_GUARD_MS),
    )


def left_alone(state: Operator, event: Event, handed: HandedOver, leg: UUID) -> Step:
    """A leg of the two is parked: its partner is gone and nobody will come."""
    return stay(state, Kill(leg), SetTimer(timer_name(handed.call_id), event.at + KILL_GUARD_MS))


def timer(state: Operator, event: Event, name: str) -> Step:
    handed = next((h for h in state.handed_over if timer_name(h.call_id) == name), None)
    if handed is None:
        return stay(state)
    asked = [handed.call_id]
    if not handed.manager_gone and handed.transfer.leg is not None:
        asked.append(handed.transfer.leg)
    return stay(state, Ask(tuple(asked)), SetTimer(name, event.at + ASK_AGAIN_MS))


def reconcile(state: Operator, event: Facts, facts: dict[UUID, Fact]) -> Step:
    step = stay(state)
    for handed in state.handed_over:
        if event.older_than(handed.completed_ms):
            # Asked before they were joined: the legs that were apart then are together now.
            continue
        step = chain(step, lambda s, h=handed: _reconcile_one(s, event, h, facts))
    return step


def _reconcile_one(state: Operator, event: Event, handed: HandedOver, facts: dict[UUID, Fact]) -> Step:
    contact = facts.get(handed.call_id)
    manager = facts.get(handed.transfer.leg) if handed.transfer.leg else None
    step = stay(state)
    if manager is not None and manager.state is LegState.GONE:
        step = manager_gone(state, event, handed)
        handed = replace(handed, manager_gone=True)
    if contact is None:
        return step
    if contact.state is LegState.GONE:
        # Without a cause nobody saw the end: it may be long ago, and is paid for as far as it is certain.
        cause = contact.cause or UNSEEN_END
        return chain(step, lambda s: contact_gone(s, event, handed, cause, contact.ended_ms))
    facts_of_call = handed.call.facts
    limit = (handed.call.answered_ms or handed.completed_ms) + facts_of_call.longest_call_s * 1_000
    alone = contact.other is None or handed.manager_gone
    if alone or event.at > limit + KILL_GUARD_MS:
        return chain(step, lambda s: left_alone(s, event, handed, handed.call_id))
    return chain(step, lambda s: stay(s, SetTimer(timer_name(handed.call_id), max(limit, event.at) + ASK_AGAIN_MS)))


def _with(state: Operator, handed: HandedOver, change: Callable[[HandedOver], HandedOver]) -> Operator:
    return replace(state, handed_over=tuple(change(h) if h.call_id == handed.call_id else h for h in state.handed_over))
