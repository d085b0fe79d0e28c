"""The recording's part of the core: what the switch says of it, and its mask."""

from dataclasses import replace

import pytest

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.recovery import StoredCall, restore
from call_engine.core.views import operator_view
from exchange_domain.messages import CompleteTransfer, HangUp, MaskRecording

from .world import OPERATOR, World, call_facts, completed, consulting, manager_rings, ready, ringing, talking


def mask(world: World, on: bool = True, **more: object) -> tuple[fx.Effect, ...]:
    return world.command(MaskRecording(operator_id=OPERATOR, key=world.fresh(), call_id=world.contact, on=on), **more)


def view(world: World):
    call = operator_view(world.state).call
    assert call is not None
    return call


def masks(world: World) -> list[bool]:
    return [effect.on for effect in world.effects_of(fx.MaskLeg)]


def test_masked_on_request_and_unmasked_on_request():
    world = talking()
    assert (view(world).recorded, view(world).masked) == (True, False)
    mask(world)
    assert view(world).masked
    mask(world, on=False)
    assert not view(world).masked
    assert masks(world) == [True, False]
    assert [e.on for e in world.effects_of(fx.SaveMasked)] == [True, False]
    command = world.effects_of(fx.MaskLeg)[0]
    assert world.state.call is not None
    assert (command.leg, command.claimed_ms) == (world.contact, world.state.call.claimed_ms)


def test_the_same_press_twice_is_one_and_the_same_wish_twice_is_harmless():
    world = talking()
    command = MaskRecording(operator_id=OPERATOR, key=world.fresh(), call_id=world.contact, on=True)
    world.command(command)
    world.command(command)
    assert masks(world) == [True]
    mask(world)
    assert masks(world) == [True, True] and view(world).masked


@pytest.mark.parametrize("situation", [ready, ringing])
def test_nothing_is_masked_that_is_not_recorded_yet(situation):
    world = situation()
    call_id = world.contact if world.state.call else world.fresh()
    world.command(MaskRecording(operator_id=OPERATOR, key=world.fresh(), call_id=call_id, on=True))
    assert masks(world) == []
    assert world.state.notice is not None and world.state.notice.code == "not_possible_now"


def test_a_call_without_recording_has_nothing_to_mask():
    world = talking()
    state = world.state
    assert state.call is not None
    world.state = replace(state, call=replace(state.call, facts=call_facts(state.call.call_id, recording=False)))
    mask(world)
    assert masks(world) == [] and not view(world).recorded


def test_a_stale_press_masks_nothing():
    world = talking()
    mask(world, stale=True)
    assert masks(world) == []


def test_a_refused_mask_is_not_shown_as_one():
    world = talking()
    mask(world)
    world.give(ev.CommandRefused, command="MaskLeg", leg=world.contact)
    assert not view(world).masked
    assert world.state.notice is not None and world.state.notice.code == "mask_failed"
    assert [e.on for e in world.effects_of(fx.SaveMasked)] == [True, False]


def test_a_mask_is_set_again_after_the_connection_was_lost():
    """The command may have got lost with it. Setting it twice changes nothing."""
    world = talking()
    mask(world)
    fact = ev.Fact(ev.LegState.ANSWERED, True, world.seat, world.now)
    seat = ev.Fact(ev.LegState.ANSWERED, True, world.contact, world.now)
    world.give(ev.SwitchLost)
    world.give(ev.SwitchBack, facts={world.contact: fact, world.seat: seat})
    assert masks(world) == [True, True]
    mask(world, on=False)
    world.give(ev.SwitchLost)
    world.give(ev.SwitchBack, facts={world.contact: fact, world.seat: seat})
    assert masks(world) == [True, True, False, False]


def test_without_a_connection_nothing_is_promised():
    world = talking()
    world.give(ev.SwitchLost)
    mask(world)
    assert masks(world) == [] and not view(world).masked


@pytest.mark.parametrize("situation", [manager_rings, consulting])
def test_it_can_be_ended_while_a_manager_is_asked(situation):
    world = situation()
    mask(world)
    mask(world, on=False)
    assert masks(world) == [True, False]


def test_a_call_handed_over_is_recorded_again():
    """Nobody could end the pause any more."""
    world = consulting()
    mask(world)
    world.command(CompleteTransfer(operator_id=OPERATOR, key=world.fresh(), call_id=world.contact))
    world.settle()
    assert world.state.handed_over and not world.state.handed_over[0].call.masked
    assert masks(world) == [True, False]
    assert [e.on for e in world.effects_of(fx.SaveMasked)] == [True, False]


def test_a_call_handed_over_unmasked_is_left_alone():
    world = completed()
    assert masks(world) == []


@pytest.mark.parametrize("situation", [talking, consulting, completed])
def test_what_the_switch_says_of_the_file_is_noted_in_every_state(situation):
    world = situation()
    leg = world.contact
    world.give(ev.Recording, leg=leg, started=True)
    world.give(ev.Recording, leg=leg, started=False)
    saved = world.effects_of(fx.SaveRecording)
    assert [(e.call_id, e.started) for e in saved] == [(leg, True), (leg, False)]


def test_the_files_end_is_noted_in_wrap_up_too():
    world = talking()
    leg = world.contact
    world.command(HangUp(operator_id=OPERATOR, key=world.fresh(), call_id=leg))
    world.settle()
    world.give(ev.Recording, leg=leg, started=False)
    assert [e.started for e in world.effects_of(fx.SaveRecording)] == [False]


def test_recordings_of_other_legs_are_nobodys_business():
    world = talking()
    world.give(ev.Recording, leg=world.seat, started=True)
    world.give(ev.Recording, leg=world.fresh(), started=True)
    assert world.effects_of(fx.SaveRecording) == []


@pytest.mark.parametrize("masked", [False, True])
def test_an_engine_that_starts_anew_knows_the_mask(masked: bool):
    world = talking()
    assert world.state.call is not None
    stored = StoredCall(
        facts=world.state.call.facts, claimed_ms=1, closed=False, ringing=True, answered_ms=2, ended_ms=None,
        cause=None, ended_by=None, wrap_up_until=None, transfer=None, masked=masked,
    )  # fmt: skip
    state, _ = restore(OPERATOR, "Мария", world.state.shift, world.seat, False, [stored], world.now)
    call = operator_view(state).call
    assert call is not None and call.masked is masked


def test_a_mask_that_another_engine_set_and_could_not_note_ends_with_that_engine():
    """Its row says that everything is kept: so the switch is told once more."""
    world = talking()
    assert world.state.call is not None
    stored = StoredCall(
        facts=world.state.call.facts, claimed_ms=1, closed=False, ringing=True, answered_ms=2, ended_ms=None,
        cause=None, ended_by=None, wrap_up_until=None, transfer=None,
    )  # fmt: skip
    world.state, _ = restore(OPERATOR, "Мария", world.state.shift, world.seat, False, [stored], world.now)
    world.reconnect()
    assert masks(world) == [False]


def test_the_unmasking_of_a_handed_over_call_is_said_again_when_the_switch_is_back():
    world = consulting()
    mask(world)
    world.command(CompleteTransfer(operator_id=OPERATOR, key=world.fresh(), call_id=world.contact))
    world.settle()
    assert world.state.handed_over and masks(world) == [True, False]
    world.disconnect()
    world.reconnect()
    assert masks(world) == [True, False, False]
