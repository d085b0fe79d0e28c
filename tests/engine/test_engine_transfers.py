"""Warm transfers over a real event socket."""

from uuid import UUID

import pytest

from call_engine.engine import Engine
from exchange_domain import database
from exchange_domain.tables import Transfer
from exchange_domain.words import CallState, OperatorState, Outcome, TransferState

from .conftest import House
from .desk import OperatorDesk

pytestmark = pytest.mark.switch


async def talking(house: House) -> tuple[OperatorDesk, UUID, str]:
    """An operator who talks to a contact: her desk, the call, her seat's leg."""
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    return desk, call_id, await house.until_bridged(call_id)


async def consulting(house: House) -> tuple[OperatorDesk, UUID, str, UUID]:
    """… and then to a manager: besides, the manager's leg."""
    desk, call_id, seat = await talking(house)
    await desk.start_transfer(call_id)
    view = await desk.wait(
        lambda v: v.call is not None and v.call.transfer is not None
        and v.call.transfer.state == TransferState.CONSULTING
    )  # fmt: skip
    assert view.call is not None and view.call.transfer is not None
    manager_leg = view.call.transfer.transfer_id
    await house.until_bridged(seat, str(manager_leg))
    return desk, call_id, seat, manager_leg


async def transfer(leg: UUID) -> Transfer:
    async with database.session() as s:
        return await s.get_one(Transfer, leg)


async def test_completed(house: House, engine: Engine):
    desk, call_id, _, manager_leg = await consulting(house)
    desk_view = await house.manager().wait(lambda v: v.transfer is not None)
    assert desk_view.number is not None and desk_view.operator_name == "Мария С."
    await desk.complete_transfer(call_id)
    view = await desk.state(OperatorState.WRAP_UP)
    assert view.call is not None and view.call.proposed_outcome == Outcome.SUCCESS
    await house.until_bridged(call_id, str(manager_leg))
    await house.manager().wait(lambda v: v.with_contact and not v.ended)
    await desk.close(call_id)
    await desk.state(OperatorState.READY)
    call = await house.until_call(call_id, lambda c: c.state == CallState.CLOSED)
    assert call.transferred and call.ended_at is None
    house.switch.peer_hangs_up(str(manager_leg))
    call = await house.until_call(call_id, lambda c: c.ended_at is not None)
    assert call.ended_by == "manager"
    await house.manager().wait(lambda v: v.ended)
    await house.until_switch(lambda channels: len(channels) == 1)
    assert (await transfer(manager_leg)).state == TransferState.COMPLETED


async def test_returned(house: House, engine: Engine):
    desk, call_id, seat, manager_leg = await consulting(house)
    await desk.return_to_contact(call_id)
    await desk.state(OperatorState.TALKING)
    await house.until_bridged(call_id, seat)
    await house.until_switch(lambda channels: str(manager_leg) not in channels)
    await house.manager().wait(lambda v: v.ended)
    assert (await house.until_call(call_id, lambda c: c.state == CallState.TALKING)).transferred is False
    assert (await transfer(manager_leg)).state == TransferState.RETURNED


async def test_the_first_manager_is_busy_and_the_second_answers(house: House, engine: Engine):
    house.switch.set_user_behaviour(f"manager-{house.manager_ids[0]}", "busy")
    *_, manager_leg = await consulting(house)
    assert (await transfer(manager_leg)).manager_id == house.manager_ids[1]
    first = await house.manager(0).wait(lambda v: v.ended)
    assert first.transfer is not None
    assert (await transfer(first.transfer.transfer_id)).cause == "USER_BUSY"


async def test_no_manager_can_be_reached(house: House, engine: Engine):
    for manager_id in house.manager_ids:
        house.switch.set_user_behaviour(f"manager-{manager_id}", "rings 0.05 s, 486")
    desk, call_id, seat = await talking(house)
    await desk.start_transfer(call_id)
    view = await desk.notice("managers_unavailable")
    assert view.notice is not None and view.notice.reason == "manager_busy"
    assert view.state == OperatorState.TALKING
    await house.until_bridged(call_id, seat)


async def test_the_contact_leaves_while_the_manager_rings(house: House, engine: Engine):
    house.switch.set_user_behaviour(f"manager-{house.manager_ids[0]}", "rings, never answers")
    desk, call_id, _ = await talking(house)
    await desk.start_transfer(call_id)
    await desk.state(OperatorState.TRANSFERRING)
    await house.until_switch(lambda channels: len(channels) == 3)
    house.switch.peer_hangs_up(str(call_id))
    view = await desk.notice("contact_left")
    assert view.state == OperatorState.WRAP_UP
    await house.until_switch(lambda channels: len(channels) == 1)


async def test_the_contact_leaves_in_the_consultation(house: House, engine: Engine):
    desk, call_id, _, manager_leg = await consulting(house)
    house.switch.peer_hangs_up(str(call_id))
    view = await desk.notice("contact_left")
    assert view.state == OperatorState.WRAP_UP
    await house.manager().wait(lambda v: v.ended)
    await house.until_switch(lambda channels: str(manager_leg) not in channels)


async def test_the_manager_leaves_in_the_consultation(house: House, engine: Engine):
    desk, call_id, seat, manager_leg = await consulting(house)
    house.switch.peer_hangs_up(str(manager_leg))
    view = await desk.notice("manager_left")
    assert view.state == OperatorState.TALKING
    await house.until_bridged(call_id, seat)


async def test_the_seat_is_lost_in_the_consultation(house: House, engine: Engine):
    desk, call_id, seat, manager_leg = await consulting(house)
    house.switch.peer_hangs_up(seat)
    await house.until_bridged(call_id, str(manager_leg))
    await desk.state(OperatorState.WRAP_UP)
    await house.manager().wait(lambda v: v.with_contact)
    await desk.close(call_id)
    await desk.state(OperatorState.READY)


async def test_hanging_up_in_the_consultation_ends_both(house: House, engine: Engine):
    desk, call_id, _, _ = await consulting(house)
    await desk.hang_up(call_id)
    await desk.state(OperatorState.WRAP_UP)
    await house.until_switch(lambda channels: len(channels) == 1)


async def test_pressed_twice_it_is_one_transfer(house: House, engine: Engine):
    desk, call_id, _ = await talking(house)
    await desk.start_transfer(call_id)
    await desk.start_transfer(call_id)
    await desk.wait(lambda v: v.call is not None and v.call.transfer is not None)
    await house.until_switch(lambda channels: len(channels) == 3)
    view = await desk.view()
    assert view is not None and view.notice is None
