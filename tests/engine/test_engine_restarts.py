"""The engine dies without a word, in every state of an operator, and another one takes up where it was."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from call_engine.engine import Engine
from exchange_domain import database, settling
from exchange_domain.messages import OperatorView, StartShift
from exchange_domain.settings import settings
from exchange_domain.words import CallState, OperatorState, Outcome, TransferState

from .conftest import EngineProcess, House, running_engine
from .desk import OperatorDesk

pytestmark = [pytest.mark.switch, pytest.mark.long]


async def ready(house: House, desk: OperatorDesk) -> None:
    await desk.start_shift()


async def ringing(house: House, desk: OperatorDesk) -> None:
    await house.contact("rings, never answers")
    await desk.start_shift()
    call_id = await desk.call_next()
    await house.until_call(call_id, lambda c: c.state == CallState.RINGING)


async def dialling(house: House, desk: OperatorDesk) -> None:
    await house.contact("no reply at all")
    await desk.start_shift()
    call_id = await desk.call_next()
    await house.until_switch(lambda channels: str(call_id) in channels)


async def talking(house: House, desk: OperatorDesk) -> None:
    await house.contact()
    await desk.start_shift()
    call_id = await desk.talk()
    await house.until_bridged(call_id)
    await house.until_call(call_id, lambda c: c.state == CallState.TALKING)


async def manager_rings(house: House, desk: OperatorDesk) -> None:
    house.switch.set_user_behaviour(f"manager-{house.manager_ids[0]}", "rings, never answers")
    await talking(house, desk)
    await desk.start_transfer(await call_of(desk))
    await desk.wait(lambda v: v.call is not None and v.call.transfer is not None)
    await house.until_switch(lambda channels: len(channels) == 3)


async def consulting(house: House, desk: OperatorDesk) -> None:
    await talking(house, desk)
    await desk.start_transfer(await call_of(desk))
    await desk.wait(
        lambda v: v.call is not None and v.call.transfer is not None
        and v.call.transfer.state == TransferState.CONSULTING
    )  # fmt: skip


async def wrapping_up(house: House, desk: OperatorDesk) -> None:
    await talking(house, desk)
    house.switch.peer_hangs_up(str(await call_of(desk)))
    await desk.state(OperatorState.WRAP_UP)


async def handed_over(house: House, desk: OperatorDesk) -> None:
    await consulting(house, desk)
    await desk.complete_transfer(await call_of(desk))
    await desk.state(OperatorState.WRAP_UP)


async def call_of(desk: OperatorDesk) -> UUID:
    view = await desk.view()
    assert view is not None and view.call is not None
    return view.call.call_id


async def restarted(engine: EngineProcess, desk: OperatorDesk, *wanted: OperatorState) -> OperatorView:
    """The engine again, and the first view of one of these states that the new one shows."""
    before = await desk.view()
    assert before is not None
    await engine.start()
    return await desk.wait(lambda v: v.version > before.version and v.state in wanted)


Situation = Callable[[House, OperatorDesk], Awaitable[None]]


@pytest.mark.parametrize(
    ("situation", "state"),
    [
        (ready, OperatorState.READY),
        (dialling, OperatorState.RINGING),
        (ringing, OperatorState.RINGING),
        (talking, OperatorState.TALKING),
        (manager_rings, OperatorState.TRANSFERRING),
        (consulting, OperatorState.TRANSFERRING),
        (wrapping_up, OperatorState.WRAP_UP),
        (handed_over, OperatorState.WRAP_UP),
    ],
)
async def test_killed_and_started_again_nothing_changed(
    house: House, engine_process: EngineProcess, situation: Situation, state: OperatorState
):
    desk = await house.operator()
    await situation(house, desk)
    await engine_process.kill()
    legs = set(house.switch.channels())
    view = await restarted(engine_process, desk, state)
    assert view.state == state
    assert set(house.switch.channels()) == legs, "nobody was hung up, and nobody called"
    if view.call is None:
        return
    call_id = view.call.call_id
    if state is not OperatorState.WRAP_UP:
        await desk.hang_up(call_id)
        await desk.state(OperatorState.WRAP_UP)
    await desk.close(call_id)
    await desk.state(OperatorState.READY)
    await house.until_call(call_id, lambda c: c.state == CallState.CLOSED)


async def test_the_contact_hung_up_while_no_engine_was_there(house: House, engine_process: EngineProcess):
    desk = await house.operator()
    await talking(house, desk)
    call_id = await call_of(desk)
    await engine_process.kill()
    house.switch.peer_hangs_up(str(call_id))
    await house.until_switch(lambda channels: str(call_id) not in channels)
    view = await restarted(engine_process, desk, OperatorState.WRAP_UP)
    assert view.call is not None and view.call.call_id == call_id
    call = await house.until_call(call_id, lambda c: c.ended_at is not None)
    assert call.ended_by == "switch"


async def test_the_switchs_record_says_how_it_ended_meanwhile(house: House, engine_process: EngineProcess):
    desk = await house.operator()
    await ringing(house, desk)
    call_id = await call_of(desk)
    await engine_process.kill()
    house.switch.peer_hangs_up(str(call_id))
    await house.until_switch(lambda channels: str(call_id) not in channels)
    variables = {
        "uuid": str(call_id), "exchange_call": str(call_id), "billsec": "0", "answer_uepoch": "0",
        "end_uepoch": "1795389277483617", "hangup_cause": "USER_BUSY",
    }  # fmt: skip
    async with database.session() as s:
        await settling.store_record(s, {"variables": variables})
    view = await restarted(engine_process, desk, OperatorState.WRAP_UP)
    assert view.call is not None
    assert (view.call.hangup_cause, view.call.proposed_outcome) == ("USER_BUSY", Outcome.BUSY)


async def test_the_contact_answered_while_no_engine_was_there(house: House, engine_process: EngineProcess):
    desk = await house.operator()
    await ringing(house, desk)
    call_id = await call_of(desk)
    await engine_process.kill()
    house.switch.peer_answers(str(call_id))
    await restarted(engine_process, desk, OperatorState.TALKING)
    await house.until_bridged(call_id)


async def test_the_manager_answered_while_no_engine_was_there(house: House, engine_process: EngineProcess):
    desk = await house.operator()
    await manager_rings(house, desk)
    call_id = await call_of(desk)
    view = await desk.view()
    assert view is not None and view.call is not None and view.call.transfer is not None
    manager = view.call.transfer.transfer_id
    await engine_process.kill()
    house.switch.peer_answers(str(manager))
    await restarted(engine_process, desk, OperatorState.TRANSFERRING)
    await house.until_bridged(manager)
    await desk.complete_transfer(call_id)
    await desk.state(OperatorState.WRAP_UP)
    await house.until_bridged(call_id, str(manager))


async def test_the_seat_was_lost_while_no_engine_was_there(house: House, engine_process: EngineProcess):
    desk = await house.operator()
    await ready(house, desk)
    (seat,) = house.switch.channels()
    await engine_process.kill()
    house.switch.peer_hangs_up(seat)
    await house.until_switch(lambda channels: not channels)
    await restarted(engine_process, desk, OperatorState.READY)
    assert seat not in house.switch.channels()


async def test_killed_while_the_seat_rings(house: House, engine_process: EngineProcess):
    desk = await house.operator()
    house.switch.set_user_behaviour(f"operator-{desk.operator_id}", "rings, never answers")
    await desk.send(StartShift(operator_id=desk.operator_id, campaign_id=desk.campaign_id))
    await house.until_switch(lambda channels: len(channels) == 1)
    await engine_process.kill()
    await restarted(engine_process, desk, OperatorState.CONNECTING)
    (seat,) = house.switch.channels()
    house.switch.peer_answers(seat)
    await desk.state(OperatorState.READY)


async def test_handed_over_and_both_left_while_no_engine_was_there(house: House, engine_process: EngineProcess):
    desk = await house.operator()
    await handed_over(house, desk)
    call_id = await call_of(desk)
    await engine_process.kill()
    house.switch.peer_hangs_up(str(call_id))
    await house.until_switch(lambda channels: len(channels) == 1)
    await restarted(engine_process, desk, OperatorState.WRAP_UP)
    await house.until_call(call_id, lambda c: c.ended_at is not None)
    await house.manager().wait(lambda v: v.ended)


async def test_commands_given_while_no_engine_was_there(house: House, engine_process: EngineProcess):
    desk = await house.operator()
    await talking(house, desk)
    call_id = await call_of(desk)
    await engine_process.kill()
    await desk.hang_up(call_id)
    await engine_process.start()
    view = await desk.state(OperatorState.WRAP_UP)
    assert view.call is not None and view.call.ended_by == "operator"


async def test_sigterm_leaves_the_calls_alone(house: House, engine_process: EngineProcess):
    desk = await house.operator()
    await talking(house, desk)
    legs = set(house.switch.channels())
    assert await engine_process.stop() == 0
    assert set(house.switch.channels()) == legs
    await restarted(engine_process, desk, OperatorState.TALKING)


async def test_a_second_engine_stands_by_until_the_first_is_gone(house: House, engine_process: EngineProcess):
    desk = await house.operator()
    await ready(house, desk)
    took_over = asyncio.Event()
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if "driving" in line:
            took_over.set()

    second = Engine(settings(), say=say)
    running = asyncio.create_task(second.run())
    try:
        await house.contact()
        call_id = await desk.talk()
        assert not took_over.is_set()
        await engine_process.kill()
        async with asyncio.timeout(20):
            await took_over.wait()
        assert said[0] == "engine: standing by for switch main"
        await desk.hang_up(call_id)
        await desk.state(OperatorState.WRAP_UP)
    finally:
        second.stop()
        await running


async def test_a_stale_press_rings_nobody(house: House):
    await house.furnish()
    desk = await house.operator()
    command = StartShift(operator_id=desk.operator_id, campaign_id=desk.campaign_id)
    await house.redis.xadd("engine:main:commands", {"command": command.model_dump_json()}, id="1000-1")
    await house.redis.xadd("engine:main:commands", {"command": "{not json"}, id="1000-2")
    async with running_engine():
        view = await desk.notice("not_possible_now")
        assert view.state == OperatorState.OFF_SHIFT
        await desk.start_shift()


async def test_what_an_engine_read_and_did_not_finish_is_done_by_the_next(house: House):
    await house.furnish()
    desk = await house.operator()
    stream = "engine:main:commands"
    await house.redis.xgroup_create(stream, "engine", id="0", mkstream=True)
    await desk.send(StartShift(operator_id=desk.operator_id, campaign_id=desk.campaign_id))
    taken = await house.redis.xreadgroup("engine", "dead", {stream: ">"})
    assert taken
    async with running_engine():
        await desk.state(OperatorState.READY)
    assert (await house.redis.xpending(stream, "engine"))["pending"] == 0
