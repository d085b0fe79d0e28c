"""A day's cap of a customer and of a campaign: on holds and charges, by the customer's own day, never exceeded."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from exchange_domain import board, calls, database, flags, spend_caps
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.spend_caps import Caps, Spent, day_of
from exchange_domain.tables import Campaign, Customer, Flag
from exchange_domain.words import FlagKind

from .conftest import Exchange

MOST = 1500 + -(-600 * 605 // 60) + 6000
"""What one call of the tests' campaign holds."""
HOME = "+7812555{:04d}"
money = st.integers(0, 10_000)


@given(st.none() | money, st.none() | money, money, money, money)
def test_a_cap_is_reached_when_the_next_call_does_not_fit(own, campaigns, spent_all, spent_here, needed):
    caps, spent = Caps(own, campaigns), Spent(spent_all, spent_here)
    whose = caps.reached_by(spent, needed)
    fits_here = campaigns is None or spent_here + needed <= campaigns
    fits_all = own is None or spent_all + needed <= own
    assert (whose is None) == (fits_here and fits_all)
    assert whose != "campaign" or not fits_here
    assert whose != "customer" or (fits_here and not fits_all)


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        ("Europe/Moscow", datetime(2026, 3, 28, 21, tzinfo=UTC), datetime(2026, 3, 29, 21, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("Asia/Vladivostok", datetime(2026, 3, 29, 14, tzinfo=UTC), datetime(2026, 3, 30, 14, tzinfo=UTC)),
        ("nowhere", datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)),
    ],
)
def test_a_day_is_the_customers_own_short_ones_too(zone: str, begins: datetime, ends: datetime):
    assert day_of(zone, datetime(2026, 3, 29, 15, 30, tzinfo=UTC)) == (begins, ends)


async def furnished(exchange: Exchange, contacts: int) -> tuple[int, int]:
    campaign = await exchange.campaign(longest_call_s=600)
    for n in range(contacts):
        await exchange.contact(campaign, HOME.format(n))
    return campaign, (await exchange.read(Campaign, campaign)).customer_id


async def cap(customer: int, campaign: int | None, per_day: int | None) -> None:
    async with database.session() as s:
        await spend_caps.set_cap(s, customer, campaign, per_day)


async def spent(exchange: Exchange, customer: int, campaign: int, at: datetime | None = None) -> Spent:
    async with database.session() as s:
        return await spend_caps.spent(s, await s.get_one(Customer, customer), campaign, at or exchange.now)


async def whole_call(exchange: Exchange, operator: tuple[int, int], seconds: int = 60) -> Claim:
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    await exchange.talk(claim, seconds)
    await exchange.close(claim, "refused")
    await exchange.record(claim, seconds)
    await exchange.settle()
    return claim


@pytest.mark.parametrize("of_campaign", [False, True])
async def test_forty_claims_at_once_under_a_cap_for_seven_make_seven_calls(exchange: Exchange, of_campaign: bool):
    campaign, customer = await furnished(exchange, 80)
    await cap(customer, campaign if of_campaign else None, 7 * MOST + MOST - 1)
    operators = [await exchange.operator(campaign) for _ in range(40)]
    got = await asyncio.gather(*(exchange.claim(o) for o in operators))
    assert sum(isinstance(g, Claim) for g in got) == 7
    _, tomorrow = day_of("Europe/Moscow", exchange.now)
    assert {g for g in got if isinstance(g, Refusal)} == {Refusal("spend_cap", tomorrow)}
    assert await spent(exchange, customer, campaign) == Spent(7 * MOST, 7 * MOST)
    assert (await exchange.read(Campaign, campaign)).status == "active", "it goes on by itself the next day"
    assert await exchange.books() == []


async def test_what_a_call_did_not_cost_can_be_spent_again_the_same_day(exchange: Exchange):
    campaign, customer = await furnished(exchange, 5)
    await cap(customer, None, MOST + 2100)
    operator, other = await exchange.operator(campaign), await exchange.operator(campaign)
    held = await exchange.claim(operator)
    assert isinstance(held, Claim)
    assert isinstance(refused := await exchange.claim(other), Refusal) and refused.code == "spend_cap"
    await exchange.talk(held, 60)
    await exchange.close(held, "refused")
    assert isinstance(await exchange.claim(other), Refusal), "not settled yet: the hold counts in full"
    await exchange.record(held, 60)
    assert [x.charge for x in await exchange.settle()] == [2100]
    assert await spent(exchange, customer, campaign) == Spent(2100, 2100)
    assert isinstance(await exchange.claim(other), Claim)


async def test_a_call_that_was_never_placed_counts_nothing(exchange: Exchange):
    campaign, customer = await furnished(exchange, 2)
    await cap(customer, None, MOST)
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    async with database.session() as s:
        await calls.not_placed(s, claim.call_id, claim.fencing_token, exchange.now, "GATEWAY_DOWN")
    await exchange.settle()
    assert await spent(exchange, customer, campaign) == Spent(0, 0)
    assert isinstance(await exchange.claim(operator), Claim)


async def test_the_next_day_begins_with_nothing_spent(exchange: Exchange):
    exchange.now = datetime(2026, 5, 4, 20, 30, tzinfo=UTC)  # half past eleven in the evening in Moscow
    campaign, customer = await furnished(exchange, 3)
    await cap(customer, None, MOST + 100)
    operator = await exchange.operator(campaign)
    await whole_call(exchange, operator)
    midnight = datetime(2026, 5, 4, 21, tzinfo=UTC)
    assert await exchange.claim(operator) == Refusal("spend_cap", midnight)
    assert await spent(exchange, customer, campaign, midnight) == Spent(0, 0)
    assert isinstance(await exchange.claim(operator, at=midnight), Claim)


async def test_a_call_over_midnight_counts_where_its_money_is(exchange: Exchange):
    exchange.now = datetime(2026, 5, 4, 20, 58, tzinfo=UTC)
    campaign, customer = await furnished(exchange, 1)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    exchange.now = datetime(2026, 5, 4, 21, 2, tzinfo=UTC)
    assert await spent(exchange, customer, campaign) == Spent(MOST, MOST), "held, on the new day too"
    await exchange.talk(claim, 60)
    await exchange.close(claim, "refused")
    await exchange.record(claim, 60)
    await exchange.settle()
    assert await spent(exchange, customer, campaign) == Spent(2100, 2100)
    assert await spent(exchange, customer, campaign, exchange.now + timedelta(days=1)) == Spent(0, 0)


async def test_another_campaign_of_the_customer_has_its_own_cap(exchange: Exchange):
    first, customer = await furnished(exchange, 2)
    second = await exchange.campaign(customer_id=customer, longest_call_s=600)
    await exchange.contact(second, "+78615550101")
    await cap(customer, first, MOST)
    assert isinstance(await exchange.claim(await exchange.operator(first)), Claim)
    assert isinstance(await exchange.claim(await exchange.operator(first)), Refusal)
    assert isinstance(await exchange.claim(await exchange.operator(second)), Claim)
    assert await spent(exchange, customer, second) == Spent(2 * MOST, MOST)


async def test_moderators_hear_of_it_once_a_day(exchange: Exchange):
    exchange.now = datetime(2026, 5, 4, 9, tzinfo=UTC)
    campaign, customer = await furnished(exchange, 3)
    await cap(customer, None, 1)
    operator = await exchange.operator(campaign)
    for hour in range(3):
        refused = await exchange.claim(operator, at=exchange.now + timedelta(hours=hour))
        assert isinstance(refused, Refusal) and refused.code == "spend_cap"
    async with database.session() as s:
        (flag,) = await flags.open_flags(s, FlagKind.CAP_REACHED)
        assert (flag.subject, flag.count, flag.customer_id) == (f"customer:{customer}:2026-05-04", 1, customer)
        flag.resolved_at = exchange.now
        s.add(flag)
    await exchange.claim(operator, at=exchange.now + timedelta(hours=5))
    async with database.session() as s:
        assert await flags.open_flags(s, FlagKind.CAP_REACHED) == [], "dealt with today"
    await exchange.claim(operator, at=exchange.now + timedelta(days=1))
    async with database.session() as s:
        (flag,) = await flags.open_flags(s, FlagKind.CAP_REACHED)
        assert isinstance(flag, Flag) and flag.subject == f"customer:{customer}:2026-05-05"


async def test_the_board_says_why_a_campaign_stands_and_until_when(exchange: Exchange):
    campaign, customer = await furnished(exchange, 3)
    operator = await exchange.operator(campaign)
    await cap(customer, campaign, MOST)
    assert isinstance(await exchange.claim(operator), Claim)
    async with database.session() as s:
        (card,) = await board.cards(s, operator[0], exchange.now)
        _, tomorrow = day_of("Europe/Moscow", exchange.now)
        assert (card.closed_code, card.opens_at) == ("spend_cap", tomorrow)
        assert await spend_caps.stands_until(s, campaign, exchange.now) == tomorrow
    await cap(customer, campaign, None)
    async with database.session() as s:
        assert (await board.cards(s, operator[0], exchange.now))[0].closed_code is None


async def test_a_cap_lowered_while_calls_are_on_the_line_stops_the_next_ones(exchange: Exchange):
    campaign, customer = await furnished(exchange, 3)
    await cap(customer, None, 3 * MOST)
    assert isinstance(await exchange.claim(await exchange.operator(campaign)), Claim)
    await cap(customer, None, MOST)
    assert isinstance(await exchange.claim(await exchange.operator(campaign)), Refusal)
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from spend_cap"))).scalar_one() == 1
