"""Whole calls over a real event socket, a real database and a real broker."""

import asyncio

import pytest

from call_engine.engine import Engine
from exchange_domain.messages import CallNext, StartShift, campaign_channel, operator_channel
from exchange_domain.words import CallState, OperatorState, Outcome
from switch_simulator.hangup import hang_up

from .conftest import House, running_engine

pytestmark = pytest.mark.switch


async def test_a_whole_call(house: House, engine: Engine):
    number = await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    view = await desk.wait(lambda v: v.call is not None and v.call.limit_ms is not None)
    assert view.call is not None
    assert view.call.masked_number == f"+7 812 •••-••-{number[-2:]}"
    assert number[1:] not in view.model_dump_json()
    house.switch.peer_hangs_up(str(call_id))
    view = await desk.state(OperatorState.WRAP_UP)
    assert view.call is not None and view.call.ended_by == "contact"
    await desk.close(call_id)
    await desk.state(OperatorState.READY)
    call = await house.until_call(call_id, lambda c: c.state == CallState.CLOSED)
    assert (call.outcome, call.note, call.ended_by) == (Outcome.REFUSED, "ok", "contact")
    assert call.recording_path is not None and call.recording_path.endswith(f"{call_id}.wav")
    await desk.end_shift()
    await desk.state(OperatorState.OFF_SHIFT)
    await house.until_switch(lambda channels: not channels)


async def test_the_operator_hears_the_ringing_and_then_the_contact(house: House, engine: Engine):
    await house.contact("rings, never answers")
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.call_next()
    await house.until_call(call_id, lambda c: c.state == CallState.RINGING)
    house.switch.peer_answers(str(call_id))
    await desk.state(OperatorState.TALKING)


@pytest.mark.parametrize(
    ("behaviour", "outcome", "cause"),
    [
        ("rings 0.05 s, 486", Outcome.BUSY, "USER_BUSY"),
        ("404 at once", Outcome.WRONG_NUMBER, "UNALLOCATED_NUMBER"),
        ("183 with sound for 0.1 s, 486", Outcome.BUSY, "USER_BUSY"),
        ("480 at once", Outcome.NO_ANSWER, "NO_USER_RESPONSE"),
    ],
)
async def test_nobody_is_reached(house: House, engine: Engine, behaviour: str, outcome: Outcome, cause: str):
    await house.contact(behaviour)
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.call_next()
    view = await desk.state(OperatorState.WRAP_UP)
    assert view.call is not None
    assert (view.call.hangup_cause, view.call.proposed_outcome) == (cause, outcome)
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
    await house.contact("183 with sound, answers after 0.5 s")
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


async def test_the_operator_hangs_up_and_takes_the_next_at_once(house: House, engine: Engine):
    await house.contact()
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    first = await desk.talk()
    await desk.hang_up(first)
    await desk.state(OperatorState.WRAP_UP)
    command = await desk.close(first, then="next")
    view = await desk.wait(lambda v: v.call is not None and v.call.call_id == command.key)
    assert view.call is not None
    await desk.state(OperatorState.TALKING)


async def test_the_switch_ends_the_longest_call(house: House):
    await house.furnish(longest_call_s=30, warning_s=5)
    await house.contact()
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        call_id = await desk.talk()
        channel = house.switch.channels()[str(call_id)]
        # The limit is armed in the switch; the wait is cut short by the same end now.
        hang_up(channel, "ALLOTTED_TIMEOUT")
        await desk.notice("limit_reached")
        call = await house.until_call(call_id, lambda c: c.ended_at is not None)
        assert (call.overran, call.ended_by) == (True, "limit")


async def test_one_press_that_comes_twice_is_one_call(house: House, engine: Engine):
    await house.contact()
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    command = CallNext(operator_id=desk.operator_id)
    await asyncio.gather(*(desk.send(command) for _ in range(3)))
    await desk.state(OperatorState.TALKING)
    assert len(house.switch.channels()) == 2
    house.switch.peer_hangs_up(str(command.key))
    await desk.state(OperatorState.WRAP_UP)
    await desk.close(command.key)
    await desk.state(OperatorState.READY)
    await desk.send(command)
    second = CallNext(operator_id=desk.operator_id)
    await desk.send(second)
    view = await desk.state(OperatorState.TALKING)
    assert view.call is not None and view.call.call_id == second.key


async def test_a_seat_that_is_not_registered_ends_the_shift(house: House, engine: Engine):
    desk = await house.operator()
    house.switch.set_user_behaviour(f"operator-{desk.operator_id}", "not registered")
    await desk.send(StartShift(operator_id=desk.operator_id, campaign_id=desk.campaign_id))
    view = await desk.notice("seat_unavailable")
    assert view.state == OperatorState.OFF_SHIFT


async def test_a_gateway_that_is_down_costs_nobody_anything(house: House, engine: Engine):
    await house.contact()
    house.switch.set_gateway("carrier", False)
    desk = await house.operator()
    await desk.start_shift()
    command = CallNext(operator_id=desk.operator_id)
    await desk.send(command)
    await desk.notice("switch_lost")
    call = await house.until_call(command.key, lambda c: c.state == CallState.CLOSED)
    assert (call.outcome, call.ended_by) == (Outcome.UNREACHABLE, "switch")


async def test_nothing_to_call(house: House, engine: Engine):
    desk = await house.operator()
    await desk.start_shift()
    await desk.send(CallNext(operator_id=desk.operator_id))
    view = await desk.notice("list_done")
    assert view.state == OperatorState.READY


async def test_a_seat_lost_in_a_talk_is_called_again(house: House, engine: Engine):
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


async def test_a_wrap_up_that_nobody_ends_ends_by_itself(house: House):
    await house.furnish(wrap_up_s=10)
    await house.contact("rings 0.05 s, 486")
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        call_id = await desk.call_next()
        await desk.state(OperatorState.WRAP_UP)
        await desk.state(OperatorState.READY)
        assert (await house.call(call_id)).outcome == Outcome.BUSY


async def test_versions_grow_and_the_snapshot_is_the_last_change(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    async with house.redis.pubsub() as subscriber:
        await subscriber.subscribe(operator_channel(desk.operator_id))
        await desk.start_shift()
        await desk.talk()
        versions = []
        while message := await subscriber.get_message(timeout=0.3):
            if message["type"] == "message":
                versions.append(int(message["data"].split(b'"version":')[1].split(b",")[0]))
    assert versions == sorted(set(versions)) and len(versions) >= 3
    view = await desk.view()
    assert view is not None and view.version == versions[-1]


async def test_the_customers_table_follows_the_call(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    async with house.redis.pubsub() as subscriber:
        await subscriber.subscribe(campaign_channel(house.campaign_id))
        await desk.start_shift()
        call_id = await desk.talk()
        house.switch.peer_hangs_up(str(call_id))
        await desk.state(OperatorState.WRAP_UP)
        await desk.close(call_id)
        states: list[bytes] = []
        async with asyncio.timeout(20):
            while not states or b'"state":"closed"' not in states[-1]:
                message = await subscriber.get_message(timeout=1)
                if message and message["type"] == "message" and b'"kind":"call"' in message["data"]:
                    states.append(message["data"])
    assert str(call_id).encode() in states[-1]
    assert b"\xd0\x9c\xd0\xb0\xd1\x80\xd0\xb8\xd1\x8f \xd0\xa1." in states[-1], "the operator's first name and initial"
