"""What the switch says when asked, against what is believed: after a reconnect, a restart, or a lost event."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from exchange_domain.words import UNSEEN_END

from . import contact, handed_over, hearing, preview, recording, transfer, unwanted
from .bridging import end_contact
from .effects import Kill, ParkAfterBridge, SetTimer
from .events import Event, Fact, Facts, LegState, SwitchBack
from .happening import Kind
from .seat import call_seat, seat_gone, seat_up
from .state import Bridge, Line, Operator, SeatPhase, TransferPhase, on_hold, talking_call
from .timings import (
    ASK_AGAIN_MS,
    BRIDGE_PROOF_MS,
    BRIDGING_MS,
    KILL_GUARD_MS,
    LIMIT_GUARD_MS,
    SEAT_GUARD_MS,
    UNSEEN_MS,
)
from .transition import Step, chain, notify, stay


def switch_lost(state: Operator, event: Event) -> Step:
    """Calls belong to the switch: they go on, only nothing can be commanded now."""
    seat = replace(state.seat, ringing_tone=False)
    state = notify(replace(state, connected=False, seat=seat), "switch_lost", event.at)
    return preview.hold(state, event)


def switch_back(state: Operator, event: SwitchBack) -> Step:
    state = replace(state, connected=True)
    if state.notice is not None and state.notice.code == "switch_lost":
        state = replace(state, notice=None)
    return chain(reconcile(state, event), _stays_by_itself, lambda s: call_seat(s, event), recording.switch_back)


def _stays_by_itself(state: Operator) -> Step:
    """An engine that began to join contact and manager let them end with each other; they were not joined."""
    call, pending = talking_call(state), state.transfer
    joining = pending is not None and pending.phase is TransferPhase.COMPLETING
    if call is None or not call.connectable or call.ending_by is not None or joining:
        return stay(state)
    manager = () if pending is None or pending.leg is None else (ParkAfterBridge(pending.leg, True),)
    return stay(state, ParkAfterBridge(call.call_id, True), *manager)


def reconcile(state: Operator, event: Facts) -> Step:
    """Believes the switch. Order: what ended first, then what lives, then who should hear whom."""
    facts = dict(event.facts)
    return chain(
        handed_over.reconcile(state, event, facts),
        lambda s: unwanted.reconcile(s, facts),
        lambda s: _contact(s, event, facts),
        lambda s: _seat_gone(s, event, facts),
        lambda s: _manager(s, event, facts),
        lambda s: _seat_lives(s, event, facts),
        lambda s: _bridges(s, event, facts),
    )


def _contact(state: Operator, event: Event, facts: Mapping[UUID, Fact]) -> Step:
    call = talking_call(state)
    if call is None or (fact := facts.get(call.call_id)) is None:
        return stay(state)
    if fact.state is LegState.GONE:
        return _contact_gone(state, event, fact)
    state = hearing.reconcile(state, event, fact)
    if call.ending_by is not None:
        return stay(state, Kill(call.call_id), SetTimer("watch", event.at + KILL_GUARD_MS))
    if fact.state is LegState.RINGING:
        return chain(
            contact.progressed(state, event, media=False),
            lambda s: stay(s, SetTimer("watch", event.at + ASK_AGAIN_MS)),
        )
    if fact.state is LegState.EARLY:
        step = contact.progressed(state, event, media=True)
        return chain(step, lambda s: stay(s, SetTimer("watch", event.at + ASK_AGAIN_MS)))
    answered_ms = fact.answered_ms or event.at
    limit = (call.answered_ms or answered_ms) + call.facts.longest_call_s * 1_000
    if event.at > limit + KILL_GUARD_MS:
        return chain(contact.answered(state, event, answered_ms), lambda s: end_contact(s, event, "limit"))
    return chain(
        contact.answered(state, event, answered_ms),
        lambda s: stay(s, SetTimer("watch", limit + LIMIT_GUARD_MS)),
    )


def _contact_gone(state: Operator, event: Event, fact: Fact) -> Step:
    call = talking_call(state)
    assert call is not None
    if (
        not call.seen
        and call.line is Line.DIALLING
        and fact.cause is None
        and event.at - max(call.claimed_ms, call.dialled_ms) < UNSEEN_MS
    ):
        return stay(state, SetTimer("watch", event.at + UNSEEN_MS))
    step = stay(state)
    if fact.answered_ms is not None and call.answered_ms is None:
        step = contact.answered(replace(state, call=replace(call, connectable=False)), event, fact.answered_ms)
    cause = fact.cause or UNSEEN_END
    by = None if fact.cause else "switch"
    if by is not None:
        state, effects = step
        assert state.call is not None
        step = (replace(state, call=replace(state.call, ending_by=state.call.ending_by or by)), effects)
    return chain(step, lambda s: contact.gone(s, event, cause, fact.ended_ms))


def _manager(state: Operator, event: Event, facts: Mapping[UUID, Fact]) -> Step:
    call, pending = talking_call(state), state.transfer
    if call is None or pending is None or pending.leg is None or (fact := facts.get(pending.leg)) is None:
        return stay(state)
    if fact.state is LegState.GONE:
        if pending.phase is TransferPhase.RINGING and event.at - pending.rung_ms < UNSEEN_MS:
            return stay(state, SetTimer("manager", event.at + UNSEEN_MS))
        return transfer.happen(state, event, Kind.MANAGER_GONE, cause=fact.cause or "NORMAL_CLEARING")
    if fact.connectable and pending.phase is TransferPhase.RINGING:
        return transfer.happen(state, event, Kind.MANAGER_ANSWERED)
    return stay(state)


def _seat_gone(state: Operator, event: Event, facts: Mapping[UUID, Fact]) -> Step:
    seat = state.seat
    if seat.leg is None or (fact := facts.get(seat.leg)) is None or fact.state is not LegState.GONE:
        return stay(state)
    if seat.phase is SeatPhase.CALLING and event.at - seat.called_ms < UNSEEN_MS:
        return stay(state, SetTimer("seat", event.at + UNSEEN_MS))
    return seat_gone(state, event)


def _seat_lives(state: Operator, event: Event, facts: Mapping[UUID, Fact]) -> Step:
    seat = state.seat
    if seat.leg is None or (fact := facts.get(seat.leg)) is None or fact.state is LegState.GONE:
        return stay(state)
    if fact.connectable and not seat.up:
        return seat_up(state, event)
    if not fact.connectable and seat.up and not seat.called_ms:
        # Taken for up after a restart, it still rings. Of one that this engine called, the answer is old.
        state = replace(state, seat=replace(seat, phase=SeatPhase.CALLING))
        return stay(state, SetTimer("seat", event.at + SEAT_GUARD_MS))
    return stay(state)


def _bridges(state: Operator, event: Facts, facts: Mapping[UUID, Fact]) -> Step:
    """Repairs what an unproven bridge or a lost command left behind."""
    call, pending, seat = talking_call(state), state.transfer, state.seat
    if call is None or (fact := facts.get(call.call_id)) is None or fact.state is LegState.GONE:
        return stay(state)
    # An answer older than a proof says nothing of it; nor does one from while the switch was about a bridge.
    if call.ending_by is not None or event.older_than(max(call.proven_ms, call.ordered_ms + BRIDGING_MS)):
        return stay(state)
    if not on_hold(state):
        return _talk(state, event, fact)
    assert pending is not None
    if fact.other is not None and fact.other == seat.leg:
        return transfer.happen(state, event, Kind.TALKING)
    manager = facts.get(pending.leg) if pending.leg is not None else None
    if manager is None or manager.state is LegState.GONE:
        return stay(state)
    if fact.other == pending.leg:
        return transfer.happen(state, event, Kind.JOINED)
    if manager.other is not None and manager.other == seat.leg:
        step = transfer.happen(state, event, Kind.CONSULTING)
        return chain(step, lambda s: transfer.happen(s, event, Kind.NOT_JOINED))
    if manager.connectable and seat.up:
        state, effects = transfer.happen(state, event, Kind.NOT_CONSULTING)
        return chain((state, effects), lambda s: transfer.happen(s, event, Kind.NOT_JOINED))
    return transfer.happen(state, event, Kind.NOT_JOINED)


def _talk(state: Operator, event: Event, fact: Fact) -> Step:
    """Operator and contact: what is bridged is believed, what could be is bridged."""
    call = state.call
    assert call is not None
    if fact.other is not None and fact.other == state.seat.leg:
        step = contact.bridged(replace(state, call=replace(call, connectable=True)), event)
        return chain(step, lambda s: transfer.happen(s, event, Kind.TALKING))
    if not fact.connectable:
        return stay(state)
    if fact.other is not None:
        # With a leg that was let go of, whose end is on its way: the contact's PARK follows.
        state = replace(state, call=replace(call, bridge=Bridge.LEAVING, connectable=True))
        return stay(state, SetTimer("bridge", event.at + BRIDGE_PROOF_MS))
    state = replace(state, call=replace(call, bridge=Bridge.NONE))
    return contact.connectable(state, event)
