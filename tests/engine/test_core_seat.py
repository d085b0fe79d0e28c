"""The seat: lost and found again, rung elsewhere, released when nobody uses it."""

import pytest

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.recovery import restore
from call_engine.core.state import Seat, SeatPhase
from call_engine.core.timings import SEAT_BACK_MS
from call_engine.core.views import operator_view
from exchange_domain.messages import CallNext, CloseCall, RingSeat, StartShift
from exchange_domain.words import EndpointKind, OperatorState

from .world import OPERATOR, World, ready, ringing, talking


def shown(world: World) -> OperatorState:
    return operator_view(world.state).state


def notice(world: World) -> str | None:
    return world.state.notice.code if world.state.notice else None


def until_back_by(world: World) -> None:
    """The endpoint is tried again and again, and never there, until the time to come back is over."""
    deadline = world.timers["seat_back"]
    while world.now < deadline:
        if world.state.seat.phase is SeatPhase.CALLING:
            world.refuse_at_once(world.seat, "USER_NOT_REGISTERED")
            world.settle()
        world.fire_next()
        world.settle()


def test_given_talking_when_the_seat_is_lost_then_the_contact_hears_comfort_and_the_seat_is_called_again():
    world = talking()
    old = world.seat
    world.leave(old, "MEDIA_TIMEOUT")
    world.settle()
    assert (shown(world), notice(world)) == (OperatorState.CONNECTION_LOST, "seat_lost")
    assert world.effects_of(fx.PlayComfort) == [fx.PlayComfort(world.contact, "en")]
    assert world.seat != old
    world.pick_up(world.seat)
    world.settle()
    assert shown(world) == OperatorState.TALKING
    assert world.effects_of(fx.BridgeLegs)[-1] == fx.BridgeLegs(world.seat, world.contact)
    assert "seat_back" not in world.timers


def test_given_seat_lost_in_a_talk_when_it_does_not_come_back_then_the_call_ends_cleanly():
    world = talking()
    contact = world.contact
    world.leave(world.seat, "MEDIA_TIMEOUT")
    world.settle()
    until_back_by(world)
    assert contact in world.killed
    assert (shown(world), notice(world)) == (OperatorState.WRAP_UP, "seat_not_back")
    (ended,) = world.effects_of(fx.SaveEnded)
    assert ended.ended_by == "switch"


def test_given_ringing_when_the_seat_is_lost_and_contact_answers_then_it_waits_for_the_new_seat():
    world = ringing()
    world.leave(world.seat)
    world.settle()
    world.pick_up(world.contact)
    world.settle()
    assert world.effects_of(fx.PlayComfort) == [fx.PlayComfort(world.contact, "en")]
    world.pick_up(world.seat)
    world.settle()
    assert shown(world) == OperatorState.TALKING


@pytest.mark.parametrize("kind", [EndpointKind.SIP, EndpointKind.NUMBER])
def test_given_ready_when_the_receiver_is_put_down_twice_in_a_row_then_the_shift_ends(kind: EndpointKind):
    world = ready(World(seat_kind=kind))
    world.leave(world.seat)
    world.settle()
    world.pick_up(world.seat)
    world.settle()
    assert shown(world) == OperatorState.READY
    world.leave(world.seat)
    world.settle()
    assert (shown(world), notice(world)) == (OperatorState.OFF_SHIFT, "seat_lost")


def test_given_talking_when_the_page_signs_on_again_then_the_old_seat_is_killed_and_a_new_one_called():
    world = talking()
    old = world.seat
    world.give(ev.EndpointSignedOff, registration="old page")
    assert not world.effects_of(fx.Kill)
    world.give(ev.EndpointSignedOn, registration="new page")
    assert fx.Kill(old) in world.effects_of(fx.Kill)
    assert world.seat != old
    world.settle()
    world.pick_up(world.seat)
    world.settle()
    assert shown(world) == OperatorState.TALKING


def test_given_talking_when_only_the_socket_of_the_page_broke_then_the_talk_is_left_alone():
    world = talking()
    seat = world.seat
    world.give(ev.EndpointSignedOff, registration="this page")
    world.give(ev.EndpointSignedOn, registration="this page")
    assert not world.effects_of(fx.Kill)
    assert (world.seat, shown(world)) == (seat, OperatorState.TALKING)
    world.give(ev.EndpointSignedOn, registration="a second tab")
    assert not world.effects_of(fx.Kill), "what signed off is back: nobody is missing"


def test_given_ready_when_the_page_is_loaded_again_and_again_then_the_shift_goes_on():
    world = ready()
    for page in ("second", "third", "fourth"):
        world.leave(world.seat)
        world.settle()
        world.refuse_at_once(world.seat, "USER_NOT_REGISTERED")
        world.settle()
        assert (shown(world), notice(world)) == (OperatorState.CONNECTING, "seat_lost")
        world.give(ev.EndpointSignedOn, registration=page)
        world.settle()
        world.pick_up(world.seat)
        world.settle()
        assert (shown(world), notice(world)) == (OperatorState.READY, None)
        assert not {"seat_back", "reseat"} & set(world.timers)


def test_given_ready_when_the_page_does_not_come_back_then_the_shift_ends_after_the_time_for_it():
    world = ready()
    lost = world.now
    world.leave(world.seat)
    world.settle()
    until_back_by(world)
    assert (shown(world), notice(world)) == (OperatorState.OFF_SHIFT, "seat_unavailable")
    assert world.now >= lost + SEAT_BACK_MS
    assert len(world.effects_of(fx.EndShift)) == 1


def test_given_a_new_shift_when_the_endpoint_is_not_there_then_it_ends_at_once():
    world = World()
    world.command(StartShift(operator_id=OPERATOR, campaign_id=3))
    world.settle()
    world.refuse_at_once(world.seat, "USER_NOT_REGISTERED")
    world.settle()
    assert (shown(world), notice(world)) == (OperatorState.OFF_SHIFT, "seat_unavailable")


def test_given_wrap_up_when_the_page_was_lost_and_is_not_back_then_it_is_waited_for_after_the_result():
    world = talking()
    call = world.contact
    world.leave(call)
    world.settle()
    world.leave(world.seat)
    world.settle()
    world.refuse_at_once(world.seat, "USER_NOT_REGISTERED")
    world.settle()
    world.command(CloseCall(operator_id=OPERATOR, call_id=call, disposition_id=1))
    world.settle()
    world.refuse_at_once(world.seat, "USER_NOT_REGISTERED")
    world.settle()
    assert shown(world) == OperatorState.CONNECTING
    world.give(ev.EndpointSignedOn, registration="new page")
    world.settle()
    world.pick_up(world.seat)
    world.settle()
    assert shown(world) == OperatorState.READY


# --- another way to the same operator ---


def test_given_the_page_is_lost_in_a_talk_when_the_operator_asks_for_her_telephone_then_it_is_rung_instead():
    world = talking(World(fallback_number="+15550123"))
    world.leave(world.seat, "MEDIA_TIMEOUT")
    world.settle()
    never_answers = world.seat
    world.command(RingSeat(operator_id=OPERATOR, by_number=True))
    world.settle()
    assert never_answers in world.killed
    last = world.effects_of(fx.OriginateSeat)[-1]
    assert (last.kind, last.endpoint) == (EndpointKind.NUMBER, "+15550123")
    assert world.effects_of(fx.SaveSeat)[-1] == fx.SaveSeat(1, world.seat, by_number=True)
    world.pick_up(world.seat)
    world.settle()
    assert shown(world) == OperatorState.TALKING
    world.give(ev.EndpointSignedOff, registration="page")
    world.give(ev.EndpointSignedOn, registration="another page")
    assert world.state.seat.by_number, "a page that comes and goes does not take the telephone away"


def test_given_no_telephone_when_the_operator_asks_for_it_then_she_is_told():
    world = talking()
    world.leave(world.seat)
    world.settle()
    world.command(RingSeat(operator_id=OPERATOR, by_number=True))
    assert notice(world) == "no_seat_by_number"


def test_given_a_seat_that_waits_for_its_next_try_when_asked_for_then_it_is_called_now():
    world = talking()
    world.leave(world.seat)
    world.settle()
    world.refuse_at_once(world.seat, "USER_NOT_REGISTERED")
    world.settle()
    assert "reseat" in world.timers
    world.command(RingSeat(operator_id=OPERATOR))
    assert isinstance(world.last[1], fx.OriginateSeat)


def test_given_a_seat_that_is_up_when_asked_for_again_then_nothing_is_rung():
    world = ready()
    world.command(RingSeat(operator_id=OPERATOR))
    assert notice(world) == "not_possible_now"
    assert len(world.effects_of(fx.OriginateSeat)) == 1


def test_given_a_seat_by_number_when_it_is_called_then_its_cost_is_kept_before_it_is_dialled():
    world = ready(World(seat_kind=EndpointKind.NUMBER))
    kinds = [type(e) for e in world.done if isinstance(e, fx.SaveSeat | fx.OriginateSeat)]
    assert kinds == [fx.SaveSeat, fx.OriginateSeat]
    assert world.effects_of(fx.SaveSeat) == [fx.SaveSeat(1, world.seat, by_number=True)]


# --- idle ---


def test_given_ready_when_nothing_is_done_for_too_long_then_the_seat_is_released():
    world = ready()
    seat = world.seat
    assert world.state.shift is not None
    assert world.timers["idle"] - world.now <= world.state.shift.idle_s * 1_000
    world.fire("idle")
    world.settle()
    assert (shown(world), notice(world)) == (OperatorState.OFF_SHIFT, "seat_idle")
    assert seat in world.killed
    assert world.state.seat == Seat()


def test_given_ready_when_she_calls_then_the_clock_of_idling_stops_until_she_is_ready_again():
    world = talking()
    assert "idle" not in world.timers
    call = world.contact
    world.leave(call)
    world.settle()
    assert "idle" not in world.timers, "writing the result is work"
    world.command(CloseCall(operator_id=OPERATOR, call_id=call, disposition_id=1))
    world.settle()
    assert "idle" in world.timers


def test_given_ready_when_a_press_finds_nothing_to_call_then_she_is_not_idle():
    world = ready(World(refuse_claims="nothing_due"))
    first = world.timers["idle"]
    world.now += 60_000
    world.command(CallNext(operator_id=OPERATOR))
    world.settle()
    assert world.timers["idle"] >= first + 60_000


def test_given_an_idle_seat_when_the_engine_starts_again_then_its_clock_starts_too():
    before = ready()
    _, effects = restore(OPERATOR, "Anna P.", before.state.shift, before.seat, False, (), before.now)
    assert [e for e in effects if isinstance(e, fx.SetTimer)] == [fx.SetTimer("idle", before.now + 1_800_000)]
