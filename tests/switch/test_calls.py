"""Whole calls, on the simulator and on a real switch: the same engine, the same words."""

import asyncio

import pytest

from call_engine.engine import Engine
from exchange_domain.messages import CallNext, StartShift
from exchange_domain.settings import settings
from exchange_domain.words import CallState, OperatorState, Outcome
from tests.engine.conftest import running_engine

from .conftest import House

pytestmark = pytest.mark.switch


async def test_a_whole_call_that_the_contact_ends(house: House, engine: Engine):
    number = await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    await house.until_bridged(call_id)
    house.switch.peer_hangs_up(str(call_id))
    view = await desk.state(OperatorState.WRAP_UP)
    assert view.call is not None and view.call.ended_by == "contact"
    assert number[1:] not in view.model_dump_json()
    await desk.close(call_id)
    await desk.state(OperatorState.READY)
    call = await house.until_call(call_id, lambda c: c.state == CallState.CLOSED)
    assert (call.outcome, call.note, call.ended_by) == (Outcome.REFUSED, "ok", "contact")
    await desk.end_shift()
    await desk.state(OperatorState.OFF_SHIFT)
    await house.until_switch(lambda channels: not channels)


async def test_a_whole_call_that_the_operator_ends_and_the_next(house: House, engine: Engine):
    await house.contact()
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    first = await desk.talk()
    seat = await house.until_bridged(first)
    await desk.hang_up(first)
    await desk.state(OperatorState.WRAP_UP)
    command = await desk.close(first, then="next")
    await desk.wait(lambda v: v.call is not None and v.call.call_id == command.key)
    await desk.state(OperatorState.TALKING)
    await house.until_bridged(command.key, seat)


@pytest.mark.parametrize(
    ("behaviour", "outcome", "cause"),
    [
        ("rings 0.05 s, 486", Outcome.BUSY, "USER_BUSY"),
        ("404 at once", Outcome.WRONG_NUMBER, "UNALLOCATED_NUMBER"),
        ("480 at once", Outcome.NO_ANSWER, "NO_USER_RESPONSE"),
        ("rings 0.1 s, 603", Outcome.BUSY, "CALL_REJECTED"),
        ("183 with sound for 0.2 s, 486", Outcome.BUSY, "USER_BUSY"),
    ],
)
async def test_nobody_is_reached(house: House, engine: Engine, behaviour: str, outcome: Outcome, cause: str):
    await house.contact(behaviour)
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.call_next()
    view = await desk.state(OperatorState.WRAP_UP)
    assert view.call is not None and (view.call.hangup_cause, view.call.proposed_outcome) == (cause, outcome)
    await desk.close(call_id)
    await desk.state(OperatorState.READY)


async def test_no_answer_in_time(house: House):
    await house.furnish(ring_s=5)
    await house.contact("rings, never answers")
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        await desk.call_next()
        view = await desk.state(OperatorState.WRAP_UP)
    assert view.call is not None
    assert (view.call.hangup_cause, view.call.proposed_outcome) == ("NO_ANSWER", Outcome.NO_ANSWER)


async def test_an_announcement_is_heard_before_the_answer(house: House, engine: Engine):
    await house.contact("183 with sound, answers after 1 s")
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.call_next()
    await house.until_bridged(call_id)
    assert (await house.call(call_id)).answered_at is None
    await desk.state(OperatorState.TALKING)


async def test_cancel_while_it_rings(house: House, engine: Engine):
    await house.contact("rings, never answers")
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.call_next()
    await house.until_call(call_id, lambda c: c.state == CallState.RINGING)
    await desk.hang_up(call_id)
    view = await desk.state(OperatorState.WRAP_UP)
    assert view.call is not None
    assert (view.call.ended_by, view.call.proposed_outcome) == ("operator", Outcome.NO_ANSWER)
    await house.until_switch(lambda channels: len(channels) == 1 and str(call_id) not in channels)


async def test_one_press_that_comes_three_times_is_one_call(house: House, engine: Engine):
    await house.contact()
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    command = CallNext(operator_id=desk.operator_id)
    await asyncio.gather(*(desk.send(command) for _ in range(3)))
    await desk.state(OperatorState.TALKING)
    await house.until_bridged(command.key)
    assert len(house.switch.channels()) == 2


@pytest.mark.parametrize("behaviour", ["not registered", "unknown"])
async def test_an_operator_without_a_line_gets_no_shift(house: House, engine: Engine, behaviour: str):
    desk = await house.operator()
    house.switch.set_user_behaviour(f"operator-{desk.operator_id}", behaviour)
    await desk.send(StartShift(operator_id=desk.operator_id, campaign_id=desk.campaign_id))
    view = await desk.notice("seat_unavailable")
    assert view.state == OperatorState.OFF_SHIFT


@pytest.mark.parametrize("gateway", ["deadcarrier", "nosuch"])
async def test_a_gateway_that_is_down_costs_nobody_anything(house: House, settings_env, gateway: str):
    settings_env(carrier_gateway=gateway)
    await house.furnish()
    await house.contact()
    if gateway == "deadcarrier" and not hasattr(house.switch, "switch"):
        house.switch.until_gateway(gateway, "DOWN")  # type: ignore[attr-defined]
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        command = CallNext(operator_id=desk.operator_id)
        await desk.send(command)
        await desk.notice("switch_lost")
        call = await house.until_call(command.key, lambda c: c.state == CallState.CLOSED)
    assert (call.outcome, call.ended_by) == (Outcome.UNREACHABLE, "switch")


async def test_a_gateway_comes_back(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    house.switch.set_gateway("carrier", False)
    command = CallNext(operator_id=desk.operator_id)
    await desk.send(command)
    await desk.notice("switch_lost")
    await house.until_call(command.key, lambda c: c.state == CallState.CLOSED)
    house.switch.set_gateway("carrier", True)
    await house.contact()
    await desk.talk()


async def test_a_lost_seat_is_called_again_in_a_talk(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    seat = await house.until_bridged(call_id)
    house.switch.peer_hangs_up(seat)
    await desk.notice("seat_lost")
    await desk.state(OperatorState.TALKING)
    await house.until_bridged(call_id, but=seat)


async def test_a_page_that_comes_back_gets_a_new_seat(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    seat = await house.until_bridged(call_id)
    name = f"operator-{desk.operator_id}"
    house.switch.unregister(name)
    house.switch.register(name)
    await house.until_bridged(call_id, but=seat)
    await desk.state(OperatorState.TALKING)


async def test_two_engines_drive_one_switch_in_turn(house: House, engine_processes):
    await house.furnish()
    await house.contact()
    first, second = engine_processes(), engine_processes()
    await first.start()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    waiting = asyncio.create_task(second.start())
    await first.kill()
    await waiting
    seat = await house.until_bridged(call_id)
    await desk.hang_up(call_id)
    await desk.state(OperatorState.WRAP_UP)
    await house.until_switch(lambda channels: set(channels) == {seat})


async def test_a_wrong_password_opens_nothing(house: House, settings_env):
    right = settings().switch_url
    await house.furnish()
    settings_env(switch_url=right.replace("s3cret", "wrong"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3), running_engine():
            pass
    assert not house.switch.channels()
