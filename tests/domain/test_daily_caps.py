"""Caps a day: of a number over all campaigns, of a campaign; also for claims in one moment and calls never placed."""

import asyncio
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import text

from exchange_domain import board, calls, campaigns, database
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.hours import every_day
from exchange_domain.settings import settings

from .conftest import Exchange

FIRST, SECOND = "+78125550001", "+78125550002"
NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""Noon in Moscow, a Monday."""
MIDNIGHT = datetime(2026, 3, 2, 21, tzinfo=UTC)


async def called(exchange: Exchange, operator: tuple[int, int], outcome: str = "busy") -> Claim:
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim), claim
    await exchange.talk(claim, None, "USER_BUSY")
    await exchange.close(claim, outcome)
    return claim


async def free_again(exchange: Exchange, **values: object) -> None:
    """All contacts are due now, as if their rests had passed within the day."""
    async with database.session() as s:
        await s.execute(text("update contact set due_at = :now, status = 'waiting'"), {"now": exchange.now})


async def test_a_number_is_called_four_times_a_day_over_all_campaigns(exchange: Exchange):
    exchange.now = NOON
    first, second = await exchange.campaign(max_attempts=20), await exchange.campaign(max_attempts=20)
    for campaign in (first, second):
        await exchange.contact(campaign, FIRST)
    one, other = await exchange.operator(first), await exchange.operator(second)
    for operator in (one, other, one, other):
        await called(exchange, operator)
        await free_again(exchange)
    assert settings().max_calls_per_number_per_day == 4
    assert await exchange.claim(one) == Refusal("daily_cap", MIDNIGHT)
    assert await exchange.claim(other) == Refusal("daily_cap", MIDNIGHT)
    assert isinstance(await exchange.claim(one, at=MIDNIGHT), Claim)


async def test_the_day_is_that_of_the_contacts_own_zone(exchange: Exchange):
    exchange.now = NOON
    campaign = await exchange.campaign(max_attempts=20)
    await exchange.contact(campaign, FIRST, zone="Asia/Vladivostok")
    operator = await exchange.operator(campaign)
    for _ in range(4):
        await called(exchange, operator)
        await free_again(exchange)
    assert await exchange.claim(operator) == Refusal("daily_cap", datetime(2026, 3, 2, 14, tzinfo=UTC))


async def test_after_its_cap_a_contact_is_tried_on_its_other_number(exchange: Exchange):
    exchange.now = NOON
    shared, campaign = await exchange.campaign(max_attempts=20), await exchange.campaign(max_attempts=20)
    await exchange.contact(shared, FIRST)
    operator = await exchange.operator(shared)
    for _ in range(4):
        await called(exchange, operator)
        await free_again(exchange)
    await exchange.contact(campaign, FIRST, SECOND)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim) and claim.e164 == SECOND


async def test_a_call_that_was_never_placed_does_not_count(exchange: Exchange):
    exchange.now = NOON
    campaign = await exchange.campaign(max_attempts=20, max_calls_per_day=5)
    await exchange.contact(campaign, FIRST)
    operator = await exchange.operator(campaign)
    for _ in range(3):
        await called(exchange, operator)
        await free_again(exchange)
    for _ in range(3):
        claim = await exchange.claim(operator)
        assert isinstance(claim, Claim)
        for _ in range(2):  # told twice, given back once
            async with database.session() as s:
                await calls.not_placed(s, claim.call_id, claim.fencing_token, exchange.now, "GATEWAY_DOWN")
        await free_again(exchange)
    async with database.session() as s:
        assert (await s.execute(text("select calls from calls_of_day"))).scalar_one() == 3
    await called(exchange, operator)
    await free_again(exchange)
    assert await exchange.claim(operator) == Refusal("daily_cap", MIDNIGHT)


async def test_a_number_with_one_call_left_is_given_once_to_claims_in_the_same_moment(exchange: Exchange):
    exchange.now = NOON
    first = await exchange.campaign(max_attempts=20)
    contacts = [await exchange.contact(first, FIRST)]
    operators = [await exchange.operator(first)]
    for _ in range(3):
        await called(exchange, operators[0])
        await free_again(exchange)
    for _ in range(5):
        campaign = await exchange.campaign(max_attempts=20)
        contacts.append(await exchange.contact(campaign, FIRST))
        operators.append(await exchange.operator(campaign))
    got = await asyncio.gather(*(exchange.claim(o) for o in operators))
    (claim,) = [g for g in got if isinstance(g, Claim)]
    await exchange.talk(claim, None, "USER_BUSY")
    await exchange.close(claim, "busy")
    await free_again(exchange)
    again = await asyncio.gather(*(exchange.claim(o) for o in operators))
    assert {g.code if isinstance(g, Refusal) else "claimed" for g in again} == {"daily_cap"}


async def test_a_campaign_makes_no_more_calls_a_day_than_its_cap_and_goes_on_the_next_day(exchange: Exchange):
    exchange.now = NOON
    campaign = await exchange.campaign(max_calls_per_day=2)
    async with database.session() as s:
        await campaigns.set_hours(s, campaign, every_day(time(9), time(20)))
    for n in range(4):
        await exchange.contact(campaign, f"+7812555{n:04d}")
    operator = await exchange.operator(campaign)
    for _ in range(2):
        await called(exchange, operator, "refused")
    opening = datetime(2026, 3, 3, 6, tzinfo=UTC)
    assert await exchange.claim(operator) == Refusal("daily_cap", opening)
    async with database.session() as s:
        (card,) = await board.cards(s, operator[0], exchange.now)
        assert (card.closed_code, card.opens_at) == ("daily_cap", opening)
    exchange.now = opening
    await called(exchange, operator, "refused")


async def test_ten_claims_in_the_same_moment_share_a_cap_of_three(exchange: Exchange):
    exchange.now = NOON
    campaign = await exchange.campaign(max_calls_per_day=3)
    for n in range(10):
        await exchange.contact(campaign, f"+7812555{n:04d}")
    operators = [await exchange.operator(campaign) for _ in range(10)]
    got = await asyncio.gather(*(exchange.claim(o) for o in operators))
    assert sum(isinstance(g, Claim) for g in got) == 3
    assert {g.code for g in got if isinstance(g, Refusal)} == {"daily_cap"}
    async with database.session() as s:
        left = (
            "select (select calls from calls_of_day), (select count(*) from call), "
            "(select count(*) from contact where status = 'working')"
        )
        assert tuple((await s.execute(text(left))).one()) == (3, 3, 3)
    assert await exchange.books() == []


async def test_a_cap_set_during_the_day_counts_the_calls_before_it(exchange: Exchange):
    exchange.now = NOON
    campaign = await exchange.campaign()
    for n in range(3):
        await exchange.contact(campaign, f"+7812555{n:04d}")
    operator = await exchange.operator(campaign)
    for _ in range(2):
        await called(exchange, operator, "refused")
    async with database.session() as s:
        await campaigns.set_limits(s, campaign, max_calls_per_day=2)
    found = await exchange.claim(operator)
    assert isinstance(found, Refusal) and found.code == "daily_cap"
    async with database.session() as s:
        await campaigns.set_limits(s, campaign, max_calls_per_day=None)
    assert isinstance(await exchange.claim(operator, at=exchange.now + timedelta(minutes=1)), Claim)
