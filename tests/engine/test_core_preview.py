"""Preview: the next contact is shown with a countdown before it is dialled; held, passed over, let go of."""

import pytest

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.preview import TIMER
from call_engine.core.recovery import StoredCall, restore
from call_engine.core.state import Line, Operator, leases_of, legs
from call_engine.core.timings import PREVIEW_HELD_MS
from call_engine.core.views import operator_view
from exchange_domain.messages import CallNext, CallView, CloseCall, EndShift, HoldPreview, SkipContact, StartShift
from exchange_domain.words import OperatorState

from .world import OPERATOR, World, ready, ringing, talking
from .world_parts import call_facts


def shown() -> World:
    """A call was closed with "save and next": the following contact is on the page."""
    world = ringing(World(preview_s=12))
    world.leave(world.contact, "NO_ANSWER")
    world.settle()
    close = CloseCall(operator_id=OPERATOR, call_id=world.contact, disposition_id=1, then="next", key=world.fresh())
    world.command(close)
    world.settle()
    world.done.clear()
    return world


def call_view(world: World) -> CallView:
    call = operator_view(world.state).call
    assert call is not None
    return call


def hold(world: World, on: bool = True) -> HoldPreview:
    return HoldPreview(operator_id=OPERATOR, call_id=call_view(world).call_id, on=on, key=world.fresh())


def notice(world: World) -> str | None:
    return world.state.notice.code if world.state.notice else None


def test_given_save_and_next_then_the_contact_is_shown_with_a_countdown_and_nothing_is_dialled():
    world = shown()
    view = operator_view(world.state)
    assert view.state is OperatorState.READY
    assert view.call is not None and view.call.preview
    assert view.call.preview_until_ms == view.call.claimed_ms + 12_000
    assert not any(channel.kind == "contact" and channel.alive for channel in world.switch.values())
    assert leases_of(world.state).keys() == {view.call.call_id}, "its number stays locked"
    assert legs(world.state) == (world.state.seat.leg,), "there is no leg to ask about"


def test_given_a_shift_without_preview_then_the_next_contact_is_dialled_at_once():
    world = ringing(World(preview_s=0))
    world.leave(world.contact, "NO_ANSWER")
    world.settle()
    world.command(
        CloseCall(operator_id=OPERATOR, call_id=world.contact, disposition_id=1, then="next", key=world.fresh())
    )
    world.settle()
    assert world.state.call is not None and world.state.call.line is Line.DIALLING


def test_given_the_countdown_is_over_then_it_is_dialled_as_a_contact_that_was_shown():
    world = shown()
    call = call_view(world)
    world.fire(TIMER)
    (dialled,) = world.effects_of(fx.OriginateContact)
    assert dialled.leg == call.call_id and dialled.previewed
    assert operator_view(world.state).state is OperatorState.RINGING
    assert not call_view(world).preview
    assert call_view(world).claimed_ms >= call.claimed_ms + 12_000, "the ringing is counted from when it was dialled"


def test_given_a_contact_is_shown_when_call_is_pressed_then_that_one_is_dialled_once():
    world = shown()
    world.command(CallNext(operator_id=OPERATOR, key=world.fresh()))
    world.command(CallNext(operator_id=OPERATOR, key=world.fresh()))
    world.settle()
    assert len(world.effects_of(fx.OriginateContact)) == 1
    assert not world.effects_of(fx.Claim)
    assert TIMER not in world.timers


def test_given_the_countdown_is_held_then_it_waits_for_a_key_and_goes_on_from_the_beginning():
    world = shown()
    world.command(hold(world))
    assert call_view(world).preview_until_ms is None
    assert world.timers[TIMER] == world.now + PREVIEW_HELD_MS
    world.command(hold(world, on=False))
    assert call_view(world).preview_until_ms == world.now + 12_000
    assert not world.effects_of(fx.OriginateContact)


def test_given_a_countdown_that_runs_when_it_is_let_go_on_then_nothing_changes():
    world = shown()
    until = call_view(world).preview_until_ms
    world.command(hold(world, on=False))
    assert call_view(world).preview_until_ms == until


def test_given_it_is_held_for_too_long_then_the_contact_is_somebody_elses_and_the_operator_is_told():
    world = shown()
    call = call_view(world)
    world.command(hold(world))
    world.fire(TIMER)
    (released,) = world.effects_of(fx.SaveNotPlaced)
    assert (released.call_id, released.cause) == (call.call_id, "RELEASED")
    assert world.state.call is None and notice(world) == "preview_over"
    assert operator_view(world.state).state is OperatorState.READY


def test_given_it_is_passed_over_then_the_reason_is_kept_and_the_next_one_is_shown():
    world = shown()
    call = call_view(world)
    skip = SkipContact(operator_id=OPERATOR, call_id=call.call_id, reason="known_person", key=world.fresh())
    world.command(skip)
    assert world.command(skip) == (), "the same press again"
    world.settle()
    (skipped,) = world.effects_of(fx.SaveSkipped)
    assert (skipped.call_id, skipped.reason) == (call.call_id, "known_person")
    assert world.effects_of(fx.Claim) == [fx.Claim(skip.key, OPERATOR, 1, preview=True)]
    assert call_view(world).call_id == skip.key and call_view(world).preview


def test_given_a_call_that_rings_when_it_is_passed_over_then_it_came_too_late():
    world = ringing(World(preview_s=12))
    skip = SkipContact(operator_id=OPERATOR, call_id=world.contact, key=world.fresh())
    world.command(skip)
    assert notice(world) == "not_possible_now" and not world.effects_of(fx.SaveSkipped)


@pytest.mark.parametrize("command", [EndShift(operator_id=OPERATOR), StartShift(operator_id=OPERATOR, campaign_id=4)])
def test_given_a_contact_is_shown_when_the_shift_ends_or_changes_then_it_is_let_go_of(command: EndShift | StartShift):
    world = shown()
    world.command(command)
    world.settle()
    assert [e.cause for e in world.effects_of(fx.SaveNotPlaced)] == ["RELEASED"]
    assert world.state.call is None and TIMER not in world.timers


def test_given_the_seat_is_lost_then_nobody_is_rung_for_who_cannot_hear_and_the_contact_stays():
    world = shown()
    call = call_view(world)
    world.leave(world.seat)
    world.settle()
    assert call_view(world).preview_until_ms is None and call_view(world).call_id == call.call_id
    assert world.state.seat.leg is not None, "the seat is called again"
    world.command(CallNext(operator_id=OPERATOR, key=world.fresh()))
    assert not world.effects_of(fx.OriginateContact) and notice(world) == "not_possible_now"
    world.pick_up(world.state.seat.leg)
    world.settle()
    world.command(CallNext(operator_id=OPERATOR, key=world.fresh()))
    assert [e.leg for e in world.effects_of(fx.OriginateContact)] == [call.call_id]


def test_given_the_socket_breaks_then_the_countdown_stops():
    world = shown()
    world.disconnect()
    assert call_view(world).preview_until_ms is None
    world.reconnect()
    assert call_view(world).preview, "nothing was dialled, nothing was lost"


def test_given_the_switch_dies_then_the_contact_waits_again():
    world = shown()
    world.switch_dies()
    assert [e.cause for e in world.effects_of(fx.SaveNotPlaced)] == ["SWITCH_LOST"]
    assert world.state.call is None


def test_given_its_number_is_anothers_by_now_then_it_is_let_go_of():
    world = shown()
    world.give(ev.LeaseLost, call_id=call_view(world).call_id)
    assert [e.cause for e in world.effects_of(fx.SaveNotPlaced)] == ["LEASE_LOST"]
    assert world.state.call is None and notice(world) == "not_possible_now"


def test_given_it_may_not_be_called_any_more_when_it_is_dialled_then_nothing_was_placed():
    world = shown()
    world.fire(TIMER)
    leg = world.contact
    world.refuse_at_once(leg, "NOT_ALLOWED")
    world.settle()
    assert [e.cause for e in world.effects_of(fx.SaveNotPlaced)] == ["NOT_ALLOWED"]
    assert notice(world) == "not_possible_now" and operator_view(world.state).state is OperatorState.READY


def test_given_an_engine_that_died_while_it_was_shown_then_it_is_shown_again_with_the_countdown_stopped():
    world = shown()
    assert world.state.shift is not None and world.state.call is not None
    facts = call_facts(world.state.call.call_id, preview=True)
    stored = StoredCall(
        facts, claimed_ms=5, closed=False, ringing=False, answered_ms=None, ended_ms=None, cause=None, ended_by=None,
        wrap_up_until=None, transfer=None,
    )  # fmt: skip
    state, effects = restore(OPERATOR, "Anna P.", world.state.shift, world.state.seat.leg, False, [stored], world.now)
    view = operator_view(state).call
    assert view is not None and view.preview and view.preview_until_ms is None
    assert fx.SetTimer(TIMER, world.now + PREVIEW_HELD_MS) in effects
    state, effects = restore(OPERATOR, "Anna P.", None, None, False, [stored], world.now)
    assert state == Operator(OPERATOR, name="Anna P.")
    assert [e.cause for e in effects if isinstance(e, fx.SaveNotPlaced)] == ["RELEASED"]


def test_a_seat_that_shows_a_contact_is_not_released_as_idle():
    world = shown()
    assert "idle" not in world.timers
    world.command(hold(world))
    world.fire(TIMER)
    assert "idle" in world.timers


def test_talking_is_not_disturbed_by_what_belongs_to_a_preview():
    world = talking(ready(World(preview_s=12)))
    before = world.state.call
    world.command(HoldPreview(operator_id=OPERATOR, call_id=world.contact, on=True, key=world.fresh()))
    assert world.state.call == before and notice(world) == "not_possible_now"
