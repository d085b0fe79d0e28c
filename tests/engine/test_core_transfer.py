"""The rows of the warm transfer's table."""

import pytest

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.state import TransferPhase
from call_engine.core.views import manager_views, operator_view
from exchange_domain.messages import (
    CallNext,
    CloseCall,
    CompleteTransfer,
    HangUp,
    ManagerView,
    ReturnToContact,
    StartTransfer,
)
from exchange_domain.words import UNSEEN_END, OperatorState, Outcome, TransferState

from .world import OPERATOR, World, completed, consulting, manager_rings, talking


def shown(world: World) -> OperatorState:
    return operator_view(world.state).state


def notice(world: World) -> str | None:
    return world.state.notice.code if world.state.notice else None


def press(world: World, command: type) -> None:
    world.command(command(operator_id=OPERATOR, call_id=world.contact))


def last_desk(world: World, manager_id: int = 7) -> ManagerView:
    return [e.view for e in world.effects_of(fx.PublishManager) if e.view.manager_id == manager_id][-1]


def test_given_talking_when_transfer_starts_then_the_contact_hears_music_and_the_first_manager_rings():
    world = manager_rings()
    assert shown(world) == OperatorState.TRANSFERRING
    assert world.effects_of(fx.ParkBoth, fx.PlayMusic) == [fx.ParkBoth(world.seat), fx.PlayMusic(world.contact)]
    desk = last_desk(world)
    assert desk.transfer is not None and desk.transfer.state == TransferState.RINGING
    assert desk.number == "+78121234567"


def test_given_talking_without_managers_when_transfer_starts_then_the_talk_is_not_disturbed():
    world = manager_rings(World(managers=()))
    assert (shown(world), notice(world)) == (OperatorState.TALKING, "no_manager")
    assert not world.effects_of(fx.ParkBoth, fx.PlayMusic)


def test_given_manager_rings_when_transfer_is_pressed_again_then_it_is_ignored():
    world = manager_rings()
    press(world, StartTransfer)
    world.settle()
    assert len(world.effects_of(fx.OriginateManager)) == 1
    assert notice(world) is None


def test_given_manager_rings_when_answered_then_the_operator_consults_and_the_contact_keeps_its_music():
    world = consulting()
    assert world.state.transfer is not None and world.state.transfer.phase is TransferPhase.CONSULTING
    assert world.effects_of(fx.BridgeLegs)[-1] == fx.BridgeLegs(world.seat, world.manager)
    assert world.switch[world.contact].partner is None


@pytest.mark.parametrize("cause", ["USER_BUSY", "NO_ANSWER", "USER_NOT_REGISTERED"])
def test_given_manager_rings_when_it_fails_then_the_next_manager_rings(cause: str):
    world = manager_rings()
    first = world.manager
    world.leave(first, cause)
    world.settle()
    assert world.manager != first
    assert [e.dial_name for e in world.effects_of(fx.OriginateManager)] == ["manager-7", "+15550111"]
    assert shown(world) == OperatorState.TRANSFERRING
    assert last_desk(world).ended


@pytest.mark.parametrize(
    ("cause", "code"),
    [("USER_BUSY", "manager_busy"), ("NO_ANSWER", "manager_no_answer"), ("USER_NOT_REGISTERED", "manager_unavailable")],
)
def test_given_the_last_manager_when_it_fails_then_back_to_the_contact_with_a_notice(cause: str, code: str):
    world = manager_rings()
    for _ in range(2):
        world.leave(world.manager, cause)
        world.settle()
    assert (shown(world), notice(world)) == (OperatorState.TALKING, "managers_unavailable")
    assert world.state.notice is not None and world.state.notice.reason == code
    assert world.switch[world.contact].partner == world.seat
    assert [e.on for e in world.effects_of(fx.SaveTransferring)] == [True, False]


def test_given_consulting_when_completed_then_both_are_unparked_first_and_the_operator_wraps_up():
    world = consulting()
    manager, contact = world.manager, world.contact
    press(world, CompleteTransfer)
    order = [e for e in world.last if isinstance(e, fx.ParkAfterBridge | fx.BridgeLegs)]
    assert order == [
        fx.ParkAfterBridge(contact, False),
        fx.ParkAfterBridge(manager, False),
        fx.BridgeLegs(contact, manager),
    ]
    assert shown(world) == OperatorState.TRANSFERRING, "the bridge is the proof, not the command"
    world.settle()
    view = operator_view(world.state)
    assert view.state == OperatorState.WRAP_UP
    assert view.call is not None and view.call.proposed_outcome == Outcome.SUCCESS
    assert world.switch[contact].partner == manager
    desk = last_desk(world)
    assert desk.with_contact and not desk.ended


def test_given_handed_over_when_the_operator_goes_on_then_the_old_call_lives_beside_the_new_one():
    world = completed()
    old = world.contact
    world.command(CloseCall(operator_id=OPERATOR, call_id=old, disposition_id=1))
    world.settle()
    world.command(CallNext(operator_id=OPERATOR))
    world.settle()
    assert world.contact != old
    assert [h.call_id for h in world.state.handed_over] == [old]
    assert not world.effects_of(fx.SaveEnded), "the number stays leased while the contact talks"
    world.leave(old)
    world.settle()
    (ended,) = world.effects_of(fx.SaveEnded)
    assert (ended.call_id, ended.ended_by) == (old, "contact")
    assert last_desk(world).ended
    assert world.state.handed_over == ()


def test_given_handed_over_when_the_manager_hangs_up_then_the_contact_ends_with_it():
    world = completed()
    contact = world.contact
    (handed,) = world.state.handed_over
    assert handed.transfer.leg is not None
    world.leave(handed.transfer.leg)
    world.settle()
    assert not world.switch[contact].alive
    (ended,) = world.effects_of(fx.SaveEnded)
    assert ended.ended_by == "manager"


@pytest.mark.parametrize("fact", [ev.Fact(ev.LegState.GONE), ev.Fact(ev.LegState.GONE, cause="USER_BUSY", ended_ms=7)])
def test_given_handed_over_when_both_legs_are_gone_unseen_then_only_a_record_makes_the_end_certain(fact):
    """Without a record the end may be long ago: UNSEEN_END tells settlement to bill what is certain."""
    world = completed()
    (handed,) = world.state.handed_over
    assert handed.transfer.leg is not None
    world.give(ev.Facts, facts={handed.call_id: fact, handed.transfer.leg: ev.Fact(ev.LegState.GONE)})
    (ended,) = world.effects_of(fx.SaveEnded)
    seen = fact.cause is not None
    assert (ended.cause, ended.ended_by) == (("USER_BUSY", "manager") if seen else (UNSEEN_END, "switch"))
    assert not seen or ended.at == 7


def test_given_handed_over_when_the_contact_is_left_parked_then_it_is_killed():
    world = completed()
    contact = world.contact
    world.switch[contact].parks = True
    (handed,) = world.state.handed_over
    assert handed.transfer.leg is not None
    world.leave(handed.transfer.leg)
    world.settle()
    assert contact in world.killed


def test_given_consulting_when_returned_then_back_to_the_contact_first_and_the_manager_is_killed():
    world = consulting()
    manager = world.manager
    press(world, ReturnToContact)
    order = [e for e in world.last if isinstance(e, fx.SwitchCommand)]
    assert order == [fx.BridgeLegs(world.seat, world.contact), fx.Kill(manager)]
    world.settle()
    assert shown(world) == OperatorState.TALKING
    assert world.switch[world.contact].partner == world.seat
    assert last_desk(world).ended


def test_given_manager_rings_when_returned_then_the_ringing_is_cancelled():
    world = manager_rings()
    manager = world.manager
    press(world, ReturnToContact)
    world.settle()
    assert manager in world.killed
    assert shown(world) == OperatorState.TALKING


def test_given_manager_rings_when_contact_hangs_up_then_the_ringing_is_cancelled_and_operator_wraps_up():
    world = manager_rings()
    manager = world.manager
    world.leave(world.contact)
    world.settle()
    assert manager in world.killed
    assert (shown(world), notice(world)) == (OperatorState.WRAP_UP, "contact_left")


def test_given_consulting_when_contact_hangs_up_then_manager_is_told_and_operator_wraps_up():
    world = consulting()
    manager = world.manager
    world.leave(world.contact)
    world.settle()
    assert manager in world.killed
    assert last_desk(world).ended
    assert (shown(world), notice(world)) == (OperatorState.WRAP_UP, "contact_left")


def test_given_consulting_when_manager_leaves_then_back_to_the_contact_once_the_seat_is_parked():
    world = consulting()
    manager, bridges = world.manager, len(world.effects_of(fx.BridgeLegs))
    world.leave(manager)
    world.deliver(manager)
    assert len(world.effects_of(fx.BridgeLegs)) == bridges
    world.settle()
    assert (shown(world), notice(world)) == (OperatorState.TALKING, "manager_left")
    assert world.switch[world.contact].partner == world.seat


def test_given_consulting_when_the_seat_is_lost_then_contact_and_manager_are_joined():
    world = consulting()
    contact, manager = world.contact, world.manager
    world.leave(world.seat, "MEDIA_TIMEOUT")
    world.settle()
    assert world.switch[contact].partner == manager
    assert shown(world) == OperatorState.WRAP_UP
    assert [h.call_id for h in world.state.handed_over] == [contact]


def test_given_manager_rings_when_the_seat_is_lost_then_the_transfer_is_off_and_the_contact_waits():
    world = manager_rings()
    manager, contact = world.manager, world.contact
    world.leave(world.seat)
    world.settle()
    assert manager in world.killed
    assert world.switch[contact].alive
    world.pick_up(world.seat)
    world.settle()
    assert shown(world) == OperatorState.TALKING
    assert world.switch[contact].partner == world.seat


def test_given_consulting_when_operator_hangs_up_then_both_are_killed():
    world = consulting()
    contact, manager = world.contact, world.manager
    press(world, HangUp)
    world.settle()
    assert {contact, manager} <= world.killed
    assert shown(world) == OperatorState.WRAP_UP


def test_given_consulting_when_completed_as_the_contact_leaves_then_the_refusal_does_no_harm():
    world = consulting()
    manager, contact = world.manager, world.contact
    world.leave(contact)
    press(world, CompleteTransfer)
    world.settle()
    assert manager in world.killed
    assert shown(world) == OperatorState.WRAP_UP
    assert world.state.handed_over == ()


def test_given_completing_when_the_manager_leaves_before_the_bridge_then_the_contact_goes_with_it_and_nothing_is_open():
    world = consulting()
    contact, manager = world.contact, world.manager
    press(world, CompleteTransfer)
    world.leave(manager)
    world.deliver(manager)
    assert fx.ParkAfterBridge(contact, True) in world.last
    world.settle()
    assert not world.switch[contact].alive, "the switch lets both die between the order and the bridge"
    assert shown(world) == OperatorState.WRAP_UP
    assert world.state.transfer is None and world.state.unwanted == ()


def test_given_ringing_contact_when_transfer_is_pressed_then_it_is_not_possible():
    world = World()
    world = talking(world)
    world.leave(world.contact)
    world.settle()
    press(world, StartTransfer)
    assert notice(world) == "not_possible_now"


def test_given_consulting_when_the_switch_was_away_and_the_two_are_joined_then_it_counts_as_completed():
    world = consulting()
    manager, contact = world.manager, world.contact
    world.disconnect()
    world._part(world.switch[world.seat], stays=True)
    world.switch[contact].partner, world.switch[manager].partner = manager, contact
    world.reconnect()
    world.settle()
    assert shown(world) == OperatorState.WRAP_UP
    assert manager_views(world.state)[7].with_contact


def test_given_a_number_as_manager_when_it_is_called_then_by_its_number():
    world = manager_rings()
    world.leave(world.manager, "NO_ANSWER")
    world.settle()
    world.pick_up(world.manager)
    world.settle()
    assert last_desk(world, 8).transfer is not None


def test_given_consulting_when_a_late_answer_of_a_cancelled_manager_comes_then_it_is_killed():
    world = manager_rings()
    manager = world.manager
    world.leave(world.contact)
    world.settle()
    assert world.give(ev.Answered, leg=manager)[0] == fx.Kill(manager)


def test_given_a_join_just_ordered_when_an_answer_from_before_comes_then_no_second_bridge_is_ordered():
    """On a real switch a second order meanwhile leaves a leg in limbo, and it dies with the other one."""
    world = consulting()
    asked_ms = world.now
    press(world, CompleteTransfer)
    apart = {leg: ev.Fact(ev.LegState.ANSWERED, True) for leg in (world.contact, world.manager)}
    orders = len(world.effects_of(fx.BridgeLegs))
    for moment in (asked_ms, world.now + 2_300):
        world.give(ev.Facts, facts=apart, asked_ms=moment)
        assert len(world.effects_of(fx.BridgeLegs)) == orders
    world.give(ev.Facts, facts=apart, asked_ms=world.now + 2_700)
    assert len(world.effects_of(fx.BridgeLegs)) == orders + 1
