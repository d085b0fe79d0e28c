"""A bad network and a switch that goes away: calls are neither lost nor made twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
from genesis import Inbound

from call_engine import operators, stocktaking
from call_engine.engine import Engine
from exchange_domain.messages import StartShift
from exchange_domain.settings import settings
from exchange_domain.words import CallState, OperatorState
from switch_simulator.simulator import Simulator

from .conftest import PASSWORD, House, running_engine
from .wire import Wire

pytestmark = pytest.mark.switch


@pytest.fixture
async def wire(house: House, settings_env: Callable[..., None]) -> AsyncIterator[Wire]:
    async with Wire(house.switch.port) as wire:
        settings_env(switch_url=f"esl://:{PASSWORD}@127.0.0.1:{wire.port}")
        await house.furnish()
        yield wire


@pytest.mark.prototype_flaw
async def test_a_packet_is_not_a_message(house: House, wire: Wire):
    wire.piece = 7
    await house.contact()
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        call_id = await desk.talk()
        house.switch.peer_hangs_up(str(call_id))
        await desk.state(OperatorState.WRAP_UP)


async def test_the_wire_breaks_in_a_talk_and_the_talk_goes_on(house: House, wire: Wire):
    await house.contact()
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        call_id = await desk.talk()
        seat = await house.until_bridged(call_id)
        wire.cut()
        await desk.state(OperatorState.CONNECTION_LOST)
        view = await desk.state(OperatorState.TALKING)
        assert view.call is not None and view.call.call_id == call_id
        assert house.partner(call_id) == seat
        house.switch.peer_hangs_up(str(call_id))
        await desk.state(OperatorState.WRAP_UP)


async def test_the_contact_leaves_while_the_wire_is_down(house: House, wire: Wire):
    await house.contact()
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        call_id = await desk.talk()
        wire.hold()
        wire.cut()
        await desk.state(OperatorState.CONNECTION_LOST)
        house.switch.peer_hangs_up(str(call_id))
        wire.release()
        view = await desk.state(OperatorState.WRAP_UP)
        assert view.call is not None and view.call.call_id == call_id


@pytest.mark.parametrize("arrives", [True, False])
async def test_an_originate_without_a_reply_is_never_sent_again(house: House, wire: Wire, arrives: bool):
    await house.contact()
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        wire.cut_on = lambda data: b"exchange_call=" in data
        wire.delivers_before_cut = arrives
        call_id = await desk.call_next()
        if arrives:
            await desk.state(OperatorState.TALKING)
            assert len(house.switch.channels()) == 2
        else:
            await desk.state(OperatorState.WRAP_UP)
            call = await house.until_call(call_id, lambda c: c.state == CallState.WRAP_UP)
            assert call.answered_at is None
            assert len(house.switch.channels()) == 1


async def test_a_bridge_without_a_reply_is_asked_about(house: House, wire: Wire):
    await house.contact()
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        wire.cut_on = lambda data: b"uuid_bridge" in data
        wire.delivers_before_cut = False
        call_id = await desk.talk()
        await house.until_bridged(call_id)


async def test_a_silent_switch_is_left_and_found_again(house: House, wire: Wire):
    await house.contact()
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        call_id = await desk.talk()
        wire.hold()
        await desk.hang_up(call_id)
        await desk.state(OperatorState.CONNECTION_LOST)
        wire.release()
        view = await desk.state(OperatorState.WRAP_UP)
        assert view.call is not None and view.call.ended_by == "operator"


async def test_the_switch_is_restarted(house: House, wire: Wire):
    await house.contact()
    async with running_engine():
        desk = await house.operator()
        await desk.start_shift()
        call_id = await desk.talk()
        await house.switch.close()
        async with Simulator(password=PASSWORD) as other:
            wire.point_at(other.port)
            wire.cut()
            view = await desk.state(OperatorState.WRAP_UP)
            assert view.call is not None and view.call.ended_by in ("switch", "contact")
            await desk.close(call_id)
            await desk.state(OperatorState.READY)
            assert len(other.channels()) == 1, "the operator is seated again"


async def test_channels_of_nobody_are_ended_and_strangers_left_alone(house: House):
    await house.furnish()
    ours, strangers = uuid4(), uuid4()
    async with Inbound("127.0.0.1", house.switch.port, PASSWORD) as client:
        await client.send(f"api originate {{origination_uuid={ours},exchange_seat=99}}user/op1@pbx.example &park()")
        await client.send(f"api originate {{origination_uuid={strangers}}}user/op2@pbx.example &park()")
        await house.until_switch(lambda channels: {str(ours), str(strangers)} <= set(channels))
        async with running_engine():
            await house.until_switch(lambda channels: str(ours) not in channels)
            assert str(strangers) in house.switch.channels()


async def test_a_leg_that_came_too_late_to_be_wanted_is_ended(house: House, monkeypatch: pytest.MonkeyPatch):
    """Its originate was believed to be lost with the connection; its events would still find their operator."""
    monkeypatch.setattr(stocktaking, "AUDIT_S", 0.2)
    monkeypatch.setattr(stocktaking, "SOON_S", 0.2)
    await house.furnish()
    await house.contact()
    late = uuid4()
    async with running_engine() as engine:
        desk = await house.operator()
        await desk.start_shift()
        call_id = await desk.talk()
        seat = await house.until_bridged(call_id)
        assert engine.operators is not None
        engine.operators.expect_leg(late, desk.operator_id)
        async with Inbound("127.0.0.1", house.switch.port, PASSWORD) as client:
            # Its events come when the engine does not listen to it.
            monkeypatch.setattr(engine.operators, "_leg", lambda said, headers: None)
            await client.send(
                f"api originate {{origination_uuid={late},exchange_transfer={late}}}user/mgr1@pbx.example &park()"
            )
            await house.until_switch(lambda channels: str(late) in channels)
        monkeypatch.setattr(operators, "RECENT_S", 0.0)
        await house.until_switch(lambda channels: str(late) not in channels)
        assert house.partner(call_id) == seat, "whom somebody talks on stays"


async def test_an_engine_that_starts_before_its_switch_waits_for_it(house: House, wire: Wire):
    real = house.switch.port
    wire.point_at(1)
    ready = asyncio.Event()
    engine = Engine(settings(), say=lambda line: ready.set())
    task = asyncio.create_task(engine.run())
    try:
        desk = await house.operator()
        await desk.send(StartShift(operator_id=desk.operator_id, campaign_id=desk.campaign_id))
        await desk.state(OperatorState.CONNECTION_LOST)
        wire.point_at(real)
        await desk.state(OperatorState.READY)
        assert ready.is_set()
    finally:
        engine.stop()
        await task
