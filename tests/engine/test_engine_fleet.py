"""Many operators at once, with a switch that does all it can: the books and the contacts come out right."""

import asyncio
import random

import pytest
from sqlmodel import col, select

from call_engine.engine import Engine
from exchange_domain import books, database
from exchange_domain.messages import CallNext, OperatorView
from exchange_domain.tables import Call, Contact
from exchange_domain.words import CallState, ContactStatus, OperatorState, TransferState

from .conftest import House
from .desk import OperatorDesk

pytestmark = pytest.mark.switch

OPERATORS, CONTACTS = 12, 36
BEHAVIOURS = (
    "rings 0.05 s, answers",
    "rings 0.05 s, answers, hangs up 0.3 s later",
    "rings 0.05 s, 486",
    "183 with sound, answers after 0.2 s",
    "404 at once",
    "rings 0.1 s, 603",
    "answers at once",
)


async def press_next(desk: OperatorDesk) -> OperatorView:
    command = CallNext(operator_id=desk.operator_id)
    await desk.send(command)
    return await desk.wait(lambda v: v.last_command == command.key and (v.call is not None or v.notice is not None))


async def work(house: House, desk: OperatorDesk, chance: random.Random) -> None:
    """Calls until the list is done; hangs up, transfers or waits as it comes."""
    await desk.start_shift()
    while True:
        view = await press_next(desk)
        if view.call is None:
            break
        call_id = view.call.call_id
        view = await desk.state(OperatorState.TALKING, OperatorState.WRAP_UP)
        if view.state == OperatorState.TALKING:
            if chance.random() < 0.3:
                await desk.start_transfer(call_id)
                view = await desk.wait(
                    lambda v: v.state == OperatorState.WRAP_UP
                    or v.notice is not None
                    or (
                        v.call is not None and v.call.transfer is not None
                        and v.call.transfer.state == TransferState.CONSULTING
                    )
                )  # fmt: skip
                if view.state == OperatorState.TRANSFERRING and chance.random() < 0.7:
                    await desk.complete_transfer(call_id)
            if view.state != OperatorState.WRAP_UP and chance.random() < 0.8:
                await desk.hang_up(call_id)
            await asyncio.sleep(0)
            view = await desk.view() or view
            if view.state != OperatorState.WRAP_UP:
                await desk.hang_up(call_id)
        await desk.state(OperatorState.WRAP_UP)
        await desk.close(call_id)
        await desk.state(OperatorState.READY)
    await desk.end_shift()
    await desk.state(OperatorState.OFF_SHIFT)


async def test_many_operators_work_a_list_to_its_end(house: House, engine: Engine):
    chance = random.Random(20261123)
    numbers = [await house.contact(chance.choice(BEHAVIOURS)) for _ in range(CONTACTS)]
    desks = [await house.operator() for _ in range(OPERATORS)]
    await asyncio.gather(*(work(house, desk, random.Random(i)) for i, desk in enumerate(desks)))
    for leg in house.switch.channels():
        house.switch.peer_hangs_up(leg)
    await house.until_switch(lambda channels: not channels)
    async with database.session() as s:
        calls = list(await s.exec(select(Call).order_by(col(Call.claimed_at))))
        contacts = list(await s.exec(select(Contact)))
        assert await books.check(s) == []
    assert sorted(call.e164 for call in calls) == sorted(numbers), "every contact was called, and called once"
    assert all(contact.status != ContactStatus.WORKING for contact in contacts)
    for call in calls:
        ended = await house.until_call(call.id, lambda c: c.ended_at is not None)
        assert ended.state == CallState.CLOSED
    assert all(not mailbox.state.handed_over for mailbox in engine.operators or ())
