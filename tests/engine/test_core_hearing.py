"""The contact never hears silence, is never played into a talk, and no leg that was let go of stays."""

from dataclasses import replace

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.recovery import StoredCall, StoredTransfer, restore
from exchange_domain.messages import CompleteTransfer, HangUp
from exchange_domain.words import TransferState

from .world import OPERATOR, consulting, manager_rings, ready, talking
from .world_parts import call_facts


def test_an_answered_contact_hears_a_tone_while_the_seat_is_called_again():
    world = talking()
    contact = world.contact
    world.leave(world.seat, "MEDIA_TIMEOUT")
    world.settle()
    assert world.hears(contact) == "comfort"


def test_the_park_of_a_contact_whose_operator_still_seems_there_is_asked_about_first():
    world = talking()
    world.give(ev.Parked, leg=world.contact)
    assert not [e for e in world.last if isinstance(e, fx.BridgeLegs)]
    assert [e for e in world.last if isinstance(e, fx.Ask)]


def test_music_that_ends_by_itself_is_played_again():
    world = manager_rings()
    world.now += 5_000
    world._silence(world.switch[world.contact])
    world.settle()
    assert world.hears(world.contact) == "music"


def test_after_a_reconnect_music_that_plays_is_not_played_twice():
    world = manager_rings()
    world.now += 5_000
    before = len(world.effects_of(fx.PlayMusic, fx.PlayComfort))
    world.disconnect()
    world.reconnect()
    world.settle()
    assert len(world.effects_of(fx.PlayMusic, fx.PlayComfort)) == before


def test_a_kill_that_the_lost_connection_swallowed_is_repeated():
    world = consulting()
    manager = world.manager
    world.disconnect()
    world.command(HangUp(operator_id=OPERATOR, call_id=world.contact))
    assert world.switch[manager].alive
    world.reconnect()
    world.settle()
    assert not world.switch[manager].alive


def test_a_ready_operator_has_nothing_to_hear():
    world = ready()
    assert not world.effects_of(fx.PlayMusic, fx.PlayComfort)


def test_comfort_is_played_to_a_parked_contact_that_an_engine_finds_after_a_restart():
    world = talking()
    contact, seat = world.contact, world.seat
    world.leave(seat)
    world.pending.clear()
    world.switch[contact].sound = None
    facts = call_facts(contact)
    stored = StoredCall(facts, world.now, False, True, world.now, None, None, None, None, None)
    shift = world.state.shift
    world.state, _ = restore(OPERATOR, "Anna P.", shift, seat, False, [stored], world.now)
    world.reconnect()
    world.settle()
    assert world.hears(contact) == "comfort"


def test_music_that_outlived_the_engine_is_left_alone_and_the_next_managers_are_kept():
    world = manager_rings()
    contact, transfer = world.contact, world.state.transfer
    assert transfer is not None and transfer.leg is not None and transfer.manager is not None
    kept = StoredTransfer(
        transfer.leg, TransferState.RINGING, transfer.manager, world.now, None, None, transfer.waiting
    )
    stored = StoredCall(call_facts(contact), world.now, False, True, world.now, None, None, None, None, kept)
    before = len(world.effects_of(fx.PlayMusic, fx.PlayComfort))
    world.state, _ = restore(OPERATOR, "Anna P.", world.state.shift, world.seat, False, [stored], world.now)
    world.reconnect()
    world.settle()
    assert len(world.effects_of(fx.PlayMusic, fx.PlayComfort)) == before
    world.leave(world.manager, "USER_BUSY")
    world.settle()
    assert world.state.transfer is not None and world.state.transfer.manager is not None
    assert world.state.transfer.manager.manager_id == 8


def test_joined_but_not_noted_as_wrapped_up_is_wrap_up_after_a_restart():
    world = consulting()
    contact, transfer = world.contact, world.state.transfer
    assert transfer is not None and transfer.leg is not None and transfer.manager is not None
    kept = StoredTransfer(transfer.leg, TransferState.COMPLETED, transfer.manager, 1, 2, 3)
    stored = StoredCall(call_facts(contact), 1, False, True, 1, None, None, None, None, kept)
    state, effects = restore(OPERATOR, "Anna P.", world.state.shift, world.seat, False, [stored], world.now)
    assert state.call is not None and state.call.wrap_up_until is not None and len(state.handed_over) == 1
    assert [e for e in effects if isinstance(e, fx.SaveWrapUp)]


def test_an_answer_from_before_the_join_hangs_nobody_up():
    world = consulting()
    world.command(CompleteTransfer(operator_id=OPERATOR, call_id=world.contact))
    contact = world.contact
    facts = {leg: world._fact(leg) for leg in (world.seat, contact, world.manager)}
    asked_ms = world.now
    world.settle()
    assert world.state.handed_over
    world.give(ev.Facts, facts=facts, asked_ms=asked_ms)
    assert world.switch[contact].alive and not world.effects_of(fx.Kill)


def test_an_answer_from_before_the_bridge_does_not_bridge_again():
    world = talking()
    bridges = len(world.effects_of(fx.BridgeLegs))
    parked = replace(world._fact(world.contact), other=None)
    world.give(ev.Facts, facts={world.contact: parked}, asked_ms=1)
    assert len(world.effects_of(fx.BridgeLegs)) == bridges
