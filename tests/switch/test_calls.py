"""Whole calls, on the simulator and on a real switch: the same engine, the same words."""

import pytest

from call_engine.engine import Engine
from exchange_domain.words import CallState, OperatorState, Outcome

from .conftest import House

pytestmark = pytest.mark.switch


async def test_a_whole_call(house: House, engine: Engine):
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
