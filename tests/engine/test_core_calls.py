"""The rows of the seat's and the call's tables: given a state, when something happens, then …"""

from typing import Any

import pytest

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.state import Line, SeatPhase
from call_engine.core.views import operator_view
from exchange_domain.messages import CallNext, CloseCall, EndShift, HangUp, StartShift, StartTransfer
from exchange_domain.words import OperatorState, Outcome

from .world import OPERATOR, World, dialling, ready, ringing, talking


def shown(world: World) -> OperatorState:
    return operator_view(world.state).state


def notice(world: World) -> str | None:
    return world.state.notice.code if world.state.notice else None


def closing(world: World, **more: Any) -> CloseCall:
    return CloseCall(operator_id=OPERATOR, call_id=world.contact, disposition_id=1, **more)


def test_given_off_shift_when_shift_starts_then_the_seat_is_called_and_ready_once_parked():
    world = World()
    world.command(StartShift(operator_id=OPERATOR, campaign_id=3))
    world.settle()
    assert shown(world) == OperatorState.CONNECTING
    saved, _ = world.effects_of(fx.SaveSeat, fx.OriginateSeat)
    assert isinstance(saved, fx.SaveSeat), "the leg is known to the database before it can exist"
    world.pick_up(world.seat)
    world.settle()
    assert shown(world) == OperatorState.READY


@pytest.mark.parametrize("cause", ["USER_NOT_REGISTERED", "SUBSCRIBER_ABSENT"])
def test_given_connecting_when_the_endpoint_is_not_there_then_the_shift_ends_with_a_notice(cause: str):
    world = World()
    world.command(StartShift(operator_id=OPERATOR, campaign_id=3))
    world.settle()
    world.refuse_at_once(world.seat, cause)
    world.settle()
    assert (shown(world), notice(world)) == (OperatorState.OFF_SHIFT, "seat_unavailable")
    assert world.effects_of(fx.EndShift)


def test_given_ready_when_next_is_pressed_then_a_contact_is_claimed_before_it_is_dialled():
    world = ready()
    command = CallNext(operator_id=OPERATOR)
    world.command(command)
    assert world.effects_of(fx.Claim) == [fx.Claim(command.key, OPERATOR, 1)]
    assert not world.effects_of(fx.OriginateContact)
    world.settle()
    (originate,) = world.effects_of(fx.OriginateContact)
    assert originate.leg == command.key


def test_given_ready_when_the_same_press_comes_twice_then_there_is_one_call():
    world = ready()
    command = CallNext(operator_id=OPERATOR)
    world.command(command)
    assert world.command(command) == ()
    world.settle()
    assert len(world.effects_of(fx.OriginateContact)) == 1


def test_given_ready_when_nothing_can_be_claimed_then_the_reason_is_shown():
    world = ready(World(refuse_claims="outside_hours"))
    world.command(CallNext(operator_id=OPERATOR))
    world.settle()
    assert (shown(world), notice(world)) == (OperatorState.READY, "outside_hours")


def test_given_ringing_when_progress_comes_then_the_operator_hears_it_ring_and_no_bridge_is_made():
    world = ringing()
    assert world.effects_of(fx.PlayRinging) == [fx.PlayRinging(world.seat)]
    assert not world.effects_of(fx.BridgeLegs)
    assert shown(world) == OperatorState.RINGING


def test_given_dialling_when_early_media_comes_then_the_network_is_heard_before_the_answer():
    world = dialling()
    world.progress(world.contact, media=True)
    world.settle()
    assert world.effects_of(fx.BridgeLegs) == [fx.BridgeLegs(world.seat, world.contact)]
    assert shown(world) == OperatorState.RINGING
    world.pick_up(world.contact)
    world.settle()
    assert shown(world) == OperatorState.TALKING
    assert len(world.effects_of(fx.BridgeLegs)) == 1


def test_given_ringing_when_answered_then_bridged_and_talking():
    world = talking()
    assert shown(world) == OperatorState.TALKING
    assert world.effects_of(fx.BridgeLegs) == [fx.BridgeLegs(world.seat, world.contact)]
    assert world.state.call is not None and world.state.call.line is Line.ANSWERED


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [("USER_BUSY", Outcome.BUSY), ("NO_ANSWER", Outcome.NO_ANSWER), ("UNALLOCATED_NUMBER", Outcome.WRONG_NUMBER)],
)
def test_given_ringing_when_refused_then_wrap_up_proposes_why(cause: str, outcome: Outcome):
    world = ringing()
    world.leave(world.contact, cause)
    world.settle()
    view = operator_view(world.state)
    assert view.state == OperatorState.WRAP_UP
    assert view.call is not None and view.call.proposed_outcome == outcome
    (ended,) = world.effects_of(fx.SaveEnded)
    assert (ended.cause, ended.ended_by, ended.overran) == (cause, "network", False)
    assert world.effects_of(fx.StopPlaying) == [fx.StopPlaying(world.seat)]


def test_given_ringing_when_operator_cancels_then_only_the_contact_is_killed():
    world = ringing()
    world.command(HangUp(operator_id=OPERATOR, call_id=world.contact))
    world.settle()
    assert world.effects_of(fx.Kill) == [fx.Kill(world.contact, "ORIGINATOR_CANCEL")]
    assert shown(world) == OperatorState.WRAP_UP
    (ended,) = world.effects_of(fx.SaveEnded)
    assert ended.ended_by == "operator"
    assert world.state.seat.up


def test_given_cancelled_before_the_channel_exists_when_it_appears_then_it_is_killed_again():
    world = dialling()
    kills = len(world.effects_of(fx.Kill))
    leg = world.contact
    world.switch.pop(leg)
    world.command(HangUp(operator_id=OPERATOR, call_id=leg))
    assert world.give(ev.Created, leg=leg)[0] == fx.Kill(leg)
    assert len(world.effects_of(fx.Kill)) == kills + 2


def test_given_talking_when_contact_hangs_up_then_wrap_up_and_the_seat_stays():
    world = talking()
    world.leave(world.contact)
    world.settle()
    assert shown(world) == OperatorState.WRAP_UP
    assert world.state.seat.up
    (ended,) = world.effects_of(fx.SaveEnded)
    assert ended.ended_by == "contact"


def test_given_talking_when_operator_hangs_up_then_the_contact_is_killed_and_wrap_up_follows():
    world = talking()
    world.command(HangUp(operator_id=OPERATOR, call_id=world.contact))
    world.settle()
    assert world.killed == {world.contact}
    assert shown(world) == OperatorState.WRAP_UP


def test_given_being_bridged_when_operator_hangs_up_then_the_contact_is_killed_once_it_is_bridged():
    world = ringing()
    world.pick_up(world.contact)
    while not world.effects_of(fx.BridgeLegs):
        world.deliver(world.contact)
    world.command(HangUp(operator_id=OPERATOR, call_id=world.contact))
    assert not world.killed, "a leg that dies before the bridge takes the seat with it"
    world.settle()
    assert world.killed == {world.contact}
    assert shown(world) == OperatorState.WRAP_UP


def test_given_being_bridged_and_hung_up_when_the_bridge_never_comes_then_the_contact_is_killed_all_the_same():
    world = ringing()
    world.pick_up(world.contact)
    while not world.effects_of(fx.BridgeLegs):
        world.deliver(world.contact)
    world.lose(world.seat)
    world.command(HangUp(operator_id=OPERATOR, call_id=world.contact))
    world.fire("bridge")
    assert world.killed == {world.contact}


def test_given_talking_when_the_longest_call_is_over_then_it_counts_as_overrun():
    world = talking()
    world.leave(world.contact, "ALLOTTED_TIMEOUT")
    world.settle()
    (ended,) = world.effects_of(fx.SaveEnded)
    assert (ended.ended_by, ended.overran) == ("limit", True)
    assert notice(world) == "limit_reached"


def test_given_dialling_when_the_gateway_is_down_then_nothing_was_placed_and_the_operator_is_ready():
    world = ready()
    world.command(CallNext(operator_id=OPERATOR))
    world.answer()
    leg = world.contact
    world.refuse_at_once(leg, "GATEWAY_DOWN")
    world.settle()
    (unplaced,) = world.effects_of(fx.SaveNotPlaced)
    assert (unplaced.call_id, unplaced.cause) == (leg, "GATEWAY_DOWN")
    assert shown(world) == OperatorState.READY


def test_given_wrap_up_when_closed_then_ready():
    world = talking()
    world.leave(world.contact)
    world.settle()
    world.command(closing(world, result={"mood": "good"}, note="n"))
    world.settle()
    assert shown(world) == OperatorState.READY
    (close,) = world.effects_of(fx.Close)
    assert (close.disposition_id, dict(close.result), close.note) == (1, {"mood": "good"}, "n")
    assert "wrap_up" not in world.timers


def test_given_wrap_up_when_closed_with_next_then_the_next_contact_is_dialled_at_once():
    world = talking()
    world.leave(world.contact)
    world.settle()
    command = closing(world, then="next")
    world.command(command)
    world.settle()
    assert world.contact == command.key
    assert shown(world) == OperatorState.RINGING


def test_given_wrap_up_when_closed_with_end_of_shift_then_off_shift_and_the_seat_is_released():
    world = talking()
    seat = world.seat
    world.leave(world.contact)
    world.settle()
    world.command(closing(world, then="end_shift"))
    world.settle()
    assert shown(world) == OperatorState.OFF_SHIFT
    assert seat in world.killed


def test_given_wrap_up_when_nobody_chooses_then_it_closes_by_itself_with_what_was_proposed():
    world = ringing()
    world.leave(world.contact, "USER_BUSY")
    world.settle()
    world.fire("wrap_up")
    world.settle()
    (close,) = world.effects_of(fx.Close)
    assert (close.disposition_id, close.outcome) == (None, Outcome.BUSY)
    assert shown(world) == OperatorState.READY


def test_given_wrap_up_when_the_answers_do_not_fit_then_the_operator_goes_on_writing():
    world = talking()
    world.leave(world.contact)
    world.settle()
    world.command(closing(world))
    world.answers.clear()
    world.give(ev.CloseRefused, call_id=world.contact)
    assert (shown(world), notice(world)) == (OperatorState.WRAP_UP, "bad_disposition")
    world.command(closing(world))
    world.settle()
    assert shown(world) == OperatorState.READY


def test_given_a_call_when_the_shift_should_end_then_it_is_refused():
    world = talking()
    world.command(EndShift(operator_id=OPERATOR))
    assert (shown(world), notice(world)) == (OperatorState.TALKING, "call_open")


def test_given_ready_when_a_command_about_no_call_comes_then_nothing_but_a_notice():
    world = ready()
    before = len(world.effects_of(fx.SwitchCommand, fx.Persist))
    world.command(StartTransfer(operator_id=OPERATOR, call_id=world.fresh()))
    assert notice(world) == "not_possible_now"
    assert len(world.effects_of(fx.SwitchCommand, fx.Persist)) == before


def test_given_ready_when_a_stale_press_comes_then_nobody_is_called():
    world = ready()
    world.command(CallNext(operator_id=OPERATOR), stale=True)
    assert notice(world) == "not_possible_now"
    assert not world.effects_of(fx.Claim)


def test_given_talking_when_the_switch_is_lost_and_comes_back_then_the_talk_goes_on():
    world = talking()
    world.disconnect()
    assert shown(world) == OperatorState.CONNECTION_LOST
    bridges = len(world.effects_of(fx.BridgeLegs))
    world.reconnect()
    world.settle()
    assert shown(world) == OperatorState.TALKING
    assert len(world.effects_of(fx.BridgeLegs)) == bridges


def test_given_ringing_when_the_answer_is_missed_over_a_reconnect_then_the_two_are_bridged():
    world = ringing()
    world.disconnect()
    world.pick_up(world.contact)
    world.reconnect()
    world.settle()
    assert shown(world) == OperatorState.TALKING
    assert world.effects_of(fx.SaveAnswered)


def test_given_talking_when_the_switch_comes_back_empty_then_the_call_ends_and_the_seat_is_called_again():
    world = talking()
    world.disconnect()
    for leg in list(world.switch):
        world.leave(leg, "SYSTEM_SHUTDOWN")
    world.reconnect()
    world.settle()
    assert shown(world) == OperatorState.WRAP_UP
    (ended,) = world.effects_of(fx.SaveEnded)
    assert ended.ended_by == "switch"
    assert world.state.seat.phase is SeatPhase.CALLING


def test_given_a_lost_bridge_when_its_proof_does_not_come_then_it_is_asked_about_and_repaired():
    world = ringing()
    contact = world.contact
    world.pick_up(contact)
    while contact in world.pending:
        world.deliver(contact)
    world.switch[world.seat].partner = world.switch[contact].partner = None
    world.pending.clear()
    world.fire("bridge")
    world.settle()
    assert len(world.effects_of(fx.BridgeLegs)) == 2
    assert "bridge" not in world.timers


def test_given_talking_when_the_lease_is_lost_then_the_contact_is_let_go():
    world = talking()
    contact = world.contact
    world.give(ev.LeaseLost, call_id=contact)
    assert contact in world.killed
    world.settle()
    assert shown(world) == OperatorState.WRAP_UP


def test_given_a_leg_nobody_knows_when_it_shows_life_then_it_is_killed():
    world = ready()
    stray = world.fresh()
    assert world.give(ev.Answered, leg=stray)[0] == fx.Kill(stray)
