"""The switch is given up: in every state of an operator, what was on it ends and nothing is left hanging."""

import pytest

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.effects import Effect
from call_engine.core.state import legs
from exchange_domain.messages import StartShift
from exchange_domain.words import OperatorState, Outcome

from .world import OPERATOR, World, completed, consulting, dialling, manager_rings, ready, ringing, talking

HEARD_AGO_MS = 45_000


def dies(world: World) -> tuple[Effect, ...]:
    world.disconnect()
    world.now += HEARD_AGO_MS
    # One more: the event itself takes a moment of the world.
    return world.give(ev.SwitchDead, heard=world.now + 1 - HEARD_AGO_MS)


def view(effects: tuple[Effect, ...]):
    (published,) = [effect.view for effect in effects if isinstance(effect, fx.PublishOperator)]
    return published


@pytest.mark.parametrize(
    "situation", [ready, dialling, ringing, talking, manager_rings, consulting, completed], ids=lambda f: f.__name__
)
def test_the_shift_ends_and_she_is_told_to_begin_again(situation):
    world = situation()
    shift_id = world.state.shift.shift_id
    effects = dies(world)
    assert fx.EndShift(shift_id) in effects
    shown = view(effects)
    assert shown.notice is not None and shown.notice.code == "switch_dead" and shown.shift_id is None
    assert legs(world.state) == () and world.state.transfer is None and world.state.handed_over == ()
    assert not any(isinstance(effect, fx.SwitchCommand) for effect in effects), "there is nobody to be commanded"
    assert set(world.timers) <= {"wrap_up"}


@pytest.mark.parametrize("situation", [dialling, ringing])
def test_a_call_that_nobody_answered_gives_its_contact_back(situation):
    world = situation()
    call = world.state.call
    assert call is not None
    effects = dies(world)
    heard = world.now - HEARD_AGO_MS
    assert fx.SaveReturned(call.call_id, call.facts.token, world.now, heard) in effects
    assert world.state.call is None
    assert view(effects).state == OperatorState.OFF_SHIFT


@pytest.mark.parametrize("situation", [talking, manager_rings, consulting])
def test_a_talk_has_ended_when_the_switch_was_last_heard(situation):
    world = situation()
    call = world.state.call
    assert call is not None
    effects = dies(world)
    heard = world.now - HEARD_AGO_MS
    assert fx.SaveEnded(call.call_id, call.facts.token, heard, "SWITCH_LOST", "switch", False) in effects
    shown = view(effects)
    assert shown.state == OperatorState.WRAP_UP
    assert shown.call.ended_by == "switch" and shown.call.proposed_outcome == Outcome.DROPPED
    assert shown.call.wrap_up_until_ms == world.now + call.facts.wrap_up_s * 1_000, "she has all her time to write"


def test_a_pending_transfer_has_failed():
    world = consulting()
    manager = world.manager
    effects = dies(world)
    assert [e.transfer_id for e in effects if isinstance(e, fx.SaveTransferFailed)] == [manager]


def test_a_call_that_was_handed_over_has_ended_as_well():
    world = completed()
    (handed,) = world.state.handed_over
    effects = dies(world)
    (ended,) = [e for e in effects if isinstance(e, fx.SaveEnded)]
    assert (ended.call_id, ended.ended_by) == (handed.call_id, "switch")
    assert [e.transfer_id for e in effects if isinstance(e, fx.SaveTransferEnded)] == [handed.transfer.leg]
    assert world.state.call is not None and world.state.call.ended_by == "switch"


def test_the_time_to_write_goes_on_without_a_switch():
    world = talking()
    dies(world)
    world.fire("wrap_up")
    (close,) = world.effects_of(fx.Close)
    assert close.outcome == Outcome.DROPPED
    world.settle()
    assert world.state.call is None


def test_given_up_again_it_changes_nothing():
    world = talking()
    dies(world)
    assert world.give(ev.SwitchDead, heard=world.now) == ()


def test_a_shift_that_opens_on_a_dead_switch_is_ended_by_the_next_look():
    world = World()
    world.disconnect()
    world.command(StartShift(operator_id=OPERATOR, campaign_id=3, key=world.fresh()))
    world.settle()
    assert world.state.shift is not None
    world.give(ev.SwitchDead, heard=world.now)
    assert world.state.shift is None and view(world.last).notice.code == "switch_dead"


def test_when_the_switch_is_back_nothing_is_resurrected():
    world = talking()
    old = set(world.switch)
    dies(world)
    world.reconnect()
    assert world.state.connected and legs(world.state) == ()
    assert set(world.switch) == old, "nobody is called"
