"""The contact never hears silence, is never played into a talk, and no leg that was let go of stays."""

from call_engine.core import effects as fx
from call_engine.core import events as ev
from exchange_domain.messages import HangUp

from .world import OPERATOR, consulting, manager_rings, ready, talking


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
