"""A hundred operators press "call" at once, and the money covers ten calls."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlmodel import select

from exchange_domain import books, database, ledger, tariffs
from exchange_domain.messages import CallNext, OperatorView
from exchange_domain.settings import settings
from exchange_domain.tables import Call, Campaign, Contact, Tariff
from exchange_domain.words import CampaignStatus, ContactStatus, LedgerKind, OperatorState

from .conftest import EngineProcess, House
from .desk import OperatorDesk

pytestmark = [pytest.mark.switch, pytest.mark.long, pytest.mark.timeout(300)]

OPERATORS, COVERED = 100, 10

# The balance of free money after each of its movements, in the order in which they were written.
LOWEST = text("""
select coalesce(min(total), 0) from (
  select sum(e.amount) over (partition by e.account_id order by e.id) as total
  from ledger_entry e join ledger_account a on a.id = e.account_id where a.customer_id = :customer) x
""")


async def leave_money_for(house: House, calls: int) -> int:
    """Takes away what is more than so many calls hold. What one call holds."""
    async with database.session() as s:
        campaign = await s.get_one(Campaign, house.campaign_id)
        tariff = (await s.exec(select(Tariff))).one()
        most = tariffs.most(tariff, campaign.longest_call_s)
        funds = await ledger.account(s, LedgerKind.CUSTOMER_FUNDS, "RUB", customer_id=house.customer_id)
        sink = await ledger.account(s, LedgerKind.CASH_IN, "RUB")
        extra = (await ledger.balance(s, house.customer_id)).available - calls * most
        await ledger.move(s, "refund", "refund:test", {funds: -extra, sink: extra})
        return most


async def watch(house: House, seen: list[tuple[int, int]], over: asyncio.Event) -> None:
    """What anybody could have read of the balance meanwhile: free and held."""
    while not over.is_set():
        async with database.session() as s:
            balance = await ledger.balance(s, house.customer_id)
        seen.append((balance.available, balance.held))
        await asyncio.sleep(0.01)


async def press(desk: OperatorDesk) -> OperatorView:
    """What came of the press: a call on the line, or a word why not."""
    command = CallNext(operator_id=desk.operator_id)
    await desk.send(command)
    return await desk.wait(
        lambda v: v.last_command == command.key and (v.state == OperatorState.TALKING or v.notice is not None)
    )


@pytest.fixture
async def house_for_a_hundred(house: House) -> AsyncIterator[House]:
    """Each desk keeps a connection to the broker while it waits; a client's pool ends at a hundred by itself."""
    async with Redis.from_url(settings().redis_url, max_connections=3 * OPERATORS) as redis:
        house.redis = redis
        yield house


async def test_ten_calls_are_placed_ninety_are_told_and_the_balance_is_never_below_zero(
    house_for_a_hundred: House, engine_process: EngineProcess
):
    house = house_for_a_hundred
    most = await leave_money_for(house, COVERED)
    desks = [await house.operator() for _ in range(OPERATORS)]
    for _ in range(OPERATORS):
        await house.contact()
    # Seats are called one after the other, no faster than the switch takes them.
    for begin in range(0, OPERATORS, 20):
        await asyncio.gather(*(desk.start_shift() for desk in desks[begin : begin + 20]))
    seen: list[tuple[int, int]] = []
    over = asyncio.Event()
    watching = asyncio.create_task(watch(house, seen, over))

    try:
        views = await asyncio.gather(*(press(desk) for desk in desks))
    finally:
        over.set()
        await watching

    told = Counter("placed" if v.notice is None else v.notice.code for v in views)
    assert told == {"placed": COVERED, "out_of_funds": OPERATORS - COVERED}
    contacts = [c for c in house.switch.channels().values() if "exchange_call" in c.variables]
    assert len(contacts) == COVERED
    assert min(free for free, _ in seen) == 0 and max(held for _, held in seen) == COVERED * most
    assert all(free + held == COVERED * most for free, held in seen)
    async with database.session() as s:
        calls = list(await s.exec(select(Call)))
        assert {str(c.id) for c in calls} == {c.uuid for c in contacts}
        assert (await s.execute(LOWEST, {"customer": house.customer_id})).scalar_one() == 0
        assert await ledger.balance(s, house.customer_id) == ledger.Balance(0, COVERED * most, "RUB")
        assert await books.check(s) == []
        assert (await s.get_one(Campaign, house.campaign_id)).status == CampaignStatus.OUT_OF_FUNDS
        states = Counter(await s.exec(select(Contact.status)))
        assert states == {ContactStatus.WORKING: COVERED, ContactStatus.WAITING: OPERATORS - COVERED}
        locks = (await s.execute(text("select count(*) from number_lock where leased_until > now()"))).scalar_one()
        assert locks == COVERED

    # The calls end, are settled, and what they did not cost is free again.
    for channel in contacts:
        house.switch.peer_hangs_up(channel.uuid)
    by_call = {v.call.call_id: desk for v, desk in zip(views, desks, strict=True) if v.call is not None}
    for call_id, desk in by_call.items():
        await desk.state(OperatorState.WRAP_UP)
        await desk.close(call_id)
        await house.until_call(call_id, lambda c: c.closed_at is not None)
    async with database.session() as s:
        assert await books.check(s) == []
