"""What carriers are owed for contacts' legs: booked from the switch's record, whenever it comes, and once."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from exchange_domain import books, correcting, costs, database
from exchange_domain.claiming import Claim

from .conftest import Exchange


async def talked_over_a_carrier(exchange: Exchange, per_minute: int | None) -> Claim:
    campaign = await exchange.campaign()
    await exchange.contact(campaign, "+78125550001")
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    async with database.session() as s:
        await s.execute(text("update call set carrier_per_minute = :price"), {"price": per_minute})
    await exchange.talk(claim, 30)
    await exchange.close(claim, "refused")
    return claim


async def owed() -> int:
    async with database.session() as s:
        assert await books.check(s) == []
        return await costs.owed(s, "RUB")


@pytest.mark.parametrize(("per_minute", "cost"), [(90, 45), (91, 46), (0, 0), (None, 0)])
async def test_the_minutes_of_the_record_at_the_price_of_the_claim(
    exchange: Exchange, per_minute: int | None, cost: int
):
    claim = await talked_over_a_carrier(exchange, per_minute)
    await exchange.record(claim, 30)
    for _ in range(2):
        await exchange.settle()
        assert await owed() == cost


async def test_a_record_that_comes_late_is_booked_then(exchange: Exchange):
    claim = await talked_over_a_carrier(exchange, 90)
    await exchange.settle(after=timedelta(minutes=10))
    assert await owed() == 0, "what the carrier bills is not known yet"
    await exchange.record(claim, 34)
    for _ in range(2):
        async with database.session() as s:
            await correcting.correct_due(s, exchange.now)
        assert await owed() == 51
