"""Two operators press "call" at the same moment, again and again: no number is dialled twice."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, time
from uuid import UUID

import pytest
from sqlmodel import select

from call_engine.engine import Engine
from exchange_domain import campaigns, database
from exchange_domain.hours import every_day
from exchange_domain.messages import CallNext
from exchange_domain.tables import Call, Contact, ContactNumber
from exchange_domain.words import CampaignStatus, OperatorState
from tests.thorough import figure

from .conftest import House
from .desk import OperatorDesk

pytestmark = [pytest.mark.switch, pytest.mark.long, pytest.mark.timeout(300)]
ROUNDS = figure(40, 200)


async def _contacts(house: House, campaign_id: int, numbers: list[str]) -> None:
    async with database.session() as s:
        for e164 in numbers:
            contact = Contact(campaign_id=campaign_id, time_zone="Europe/Moscow", due_at=datetime.now(UTC))
            s.add(contact)
            await s.flush()
            s.add(ContactNumber(contact_id=contact.id or 0, campaign_id=campaign_id, e164=e164))


async def _press(desk: OperatorDesk) -> UUID | None:
    """The press, and what came of it: a call to write down, or none because nobody was free to be called."""
    command = CallNext(operator_id=desk.operator_id)
    await desk.send(command)
    view = await desk.wait(
        lambda v: (
            v.state == OperatorState.WRAP_UP
            if v.call is not None and v.call.call_id == command.key
            else v.last_command == command.key and v.notice is not None
        )
    )
    return command.key if view.state == OperatorState.WRAP_UP else None


async def _rounds(house: House, first: OperatorDesk, second: OperatorDesk) -> list[str]:
    """Every number that was dialled, as often as it was."""
    dialled: Counter[str] = Counter()
    for _ in range(ROUNDS):
        pressed = await asyncio.gather(_press(first), _press(second))
        calls = [(desk, call) for desk, call in zip((first, second), pressed, strict=True) if call is not None]
        assert calls, "at least one of two presses finds a contact"
        for desk, call_id in calls:
            dialled[(await house.call(call_id)).e164] += 1
            await desk.close(call_id)
        await asyncio.gather(*(desk.state(OperatorState.READY) for desk, _ in calls))
    return list(dialled.elements())


async def _furnished(house: House, count: int) -> list[str]:
    async with database.session() as s:
        await campaigns.set_limits(s, house.campaign_id, min_gap_s=86_400)
    numbers = [f"+7812555{n:04}" for n in range(count)]
    for e164 in numbers:
        house.switch.set_number_behaviour(e164, "404 at once")
    await _contacts(house, house.campaign_id, numbers)
    return numbers


async def test_on_one_campaign(house: House, engine: Engine):
    await _furnished(house, 2 * ROUNDS)
    first, second = await house.operator(), await house.operator()
    await asyncio.gather(first.start_shift(), second.start_shift())
    dialled = await _rounds(house, first, second)
    assert len(dialled) == len(set(dialled)) == 2 * ROUNDS


async def test_on_two_campaigns_that_share_all_numbers(house: House, engine: Engine):
    numbers = await _furnished(house, 2 * ROUNDS)
    async with database.session() as s:
        other = await campaigns.create(s, house.customer_id, name="Второй опрос", min_gap_s=86_400, holidays_off=False)
        await campaigns.set_hours(s, other.id or 0, every_day(time(0), time(0)))
        await campaigns.save_script(s, other.id or 0, "Здравствуйте!", [])
        other.status = CampaignStatus.ACTIVE
        s.add(other)
        refused = next(d.id for d in await campaigns.dispositions(s, other.id or 0) if d.outcome == "refused")
    await _contacts(house, other.id or 0, numbers)
    first, second = await house.operator(), await house.operator()
    second.campaign_id, second.disposition_id = other.id or 0, refused or 0
    await asyncio.gather(first.start_shift(), second.start_shift())
    dialled = await _rounds(house, first, second)
    assert len(dialled) == len(set(dialled)) >= ROUNDS
    async with database.session() as s:
        assert len(set(await s.exec(select(Call.campaign_id)))) == 2
