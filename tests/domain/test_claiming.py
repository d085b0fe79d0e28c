"""Who is given which contact, and that nobody is given the same twice."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from exchange_domain import calls, campaigns, claiming, database
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.hours import every_day
from exchange_domain.tables import Campaign, Contact, DoNotCall
from exchange_domain.words import ContactStatus
from tests.thorough import figure

from .conftest import Exchange

ROUNDS = figure(40, 200)


def number(n: int) -> str:
    return f"+7812555{n:04d}"


async def test_two_operators_pressing_at_once_on_one_campaign_never_get_the_same(exchange: Exchange):
    campaign = await exchange.campaign()
    for n in range(2 * ROUNDS):
        await exchange.contact(campaign, number(n))
    await _press_together(exchange, campaign, campaign, rounds=ROUNDS, expect_both=True)


async def test_two_operators_pressing_at_once_on_two_campaigns_with_shared_numbers(exchange: Exchange):
    first = await exchange.campaign(min_gap_s=1800)
    customer = (await exchange.read(Campaign, first)).customer_id
    second = await exchange.campaign(customer_id=customer, min_gap_s=1800)
    for n in range(ROUNDS + 20):
        await exchange.contact(first, number(n))
        await exchange.contact(second, number(n))
    await _press_together(exchange, first, second, rounds=ROUNDS, expect_both=False)


async def _press_together(exchange: Exchange, first: int, second: int, *, rounds: int, expect_both: bool) -> None:
    a, b = await exchange.operator(first), await exchange.operator(second)
    await exchange.deposit(first, 10_000_000)
    dialled: list[str] = []
    for _ in range(rounds):
        got = await asyncio.gather(exchange.claim(a), exchange.claim(b))
        claims = [c for c in got if isinstance(c, Claim)]
        assert claims or not expect_both
        assert len({c.e164 for c in claims}) == len(claims)
        if expect_both:
            assert len(claims) == 2
        dialled += [c.e164 for c in claims]
        await asyncio.gather(*(exchange.talk(c, 10) for c in claims))
        await asyncio.gather(*(exchange.close(c, "refused") for c in claims))
    assert len(dialled) == len(set(dialled))
    assert len(dialled) >= rounds


async def test_the_same_press_twice_is_one_claim(exchange: Exchange):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, number(1))
    await exchange.contact(campaign, number(2))
    operator, key = await exchange.operator(campaign), uuid4()
    first, second = await exchange.claim(operator, key), await exchange.claim(operator, key)
    assert isinstance(first, Claim) and first == second


async def test_an_operator_with_an_open_call_gets_no_other(exchange: Exchange):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, number(1))
    await exchange.contact(campaign, number(2))
    operator = await exchange.operator(campaign)
    assert isinstance(await exchange.claim(operator), Claim)
    assert await exchange.claim(operator) == Refusal("call_open")


async def test_a_number_rests_for_the_minimum_gap_in_every_campaign(exchange: Exchange):
    first = await exchange.campaign(min_gap_s=1800)
    second = await exchange.campaign(min_gap_s=0)
    await exchange.contact(first, number(1))
    await exchange.contact(second, number(1))
    claim = await exchange.claim(await exchange.operator(first))
    assert isinstance(claim, Claim)
    other = await exchange.operator(second)
    refused = await exchange.claim(other)
    assert isinstance(refused, Refusal) and refused.code == "nothing_due"
    await exchange.talk(claim, 5)
    await exchange.close(claim, "refused")
    assert isinstance(await exchange.claim(other, at=exchange.now + timedelta(seconds=1700)), Refusal)
    assert isinstance(await exchange.claim(other, at=exchange.now + timedelta(seconds=1806)), Claim)


async def test_a_lock_that_ran_out_is_taken_over_with_a_greater_token(exchange: Exchange):
    first, second = await exchange.campaign(), await exchange.campaign()
    await exchange.contact(first, number(1))
    await exchange.contact(second, number(1))
    old = await exchange.claim(await exchange.operator(first))
    assert isinstance(old, Claim)
    # While the old call still counts as on the line, the database itself keeps a second one off the number.
    async with database.session() as s:
        await s.execute(
            text(
                "update call set state = 'closed', outcome = 'dropped', closed_at = now(), ended_at = now() "
                "where id = :id"
            ),
            {"id": old.call_id},
        )
    new = await exchange.claim(await exchange.operator(second), at=exchange.now + timedelta(seconds=61))
    assert isinstance(new, Claim) and new.fencing_token > old.fencing_token
    async with database.session() as s:
        until = exchange.now + timedelta(seconds=600)
        assert await claiming.renew(s, {old.call_id: old.fencing_token}, until) == {old.call_id}
        assert await claiming.renew(s, {new.call_id: new.fencing_token}, until) == set()


async def test_a_number_is_taken_while_its_leg_lives_however_long_ago_its_lease_ran_out(exchange: Exchange):
    first, second = await exchange.campaign(min_gap_s=0), await exchange.campaign(min_gap_s=0)
    await exchange.contact(first, number(1))
    await exchange.contact(second, number(1))
    handed_over = await exchange.claim(await exchange.operator(first))
    assert isinstance(handed_over, Claim)
    async with database.session() as s:
        # Contact and manager talk on, the operator has closed the call, and no engine renews the lease.
        call, token = handed_over.call_id, handed_over.fencing_token
        await calls.answered(s, call, token, exchange.now, None)
        await calls.wrap_up(s, call, token, exchange.now + timedelta(seconds=60))
    await exchange.close(handed_over, "success")
    other, much_later = await exchange.operator(second), exchange.now + timedelta(seconds=600)
    refused = await exchange.claim(other, at=much_later)
    assert isinstance(refused, Refusal) and refused.code == "nothing_due"
    async with database.session() as s:
        await calls.ended(s, call, token, much_later, cause="NORMAL_CLEARING", ended_by="contact")
    assert isinstance(await exchange.claim(other, at=much_later + timedelta(seconds=1)), Claim)


async def test_hours_are_those_of_the_contact(exchange: Exchange):
    campaign = await exchange.campaign()
    async with database.session() as s:
        await campaigns.set_hours(s, campaign, every_day(time(9), time(20)))
    exchange.now = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)  # 8:30 in Moscow, 14:30 in Irkutsk is 13:30
    await exchange.contact(campaign, number(1), zone="Europe/Moscow")
    far = await exchange.contact(campaign, number(2), zone="Asia/Irkutsk")
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim) and claim.contact_id == far
    await exchange.talk(claim, 5)
    await exchange.close(claim, "refused")
    refused = await exchange.claim(operator)
    assert refused == Refusal("outside_hours", datetime(2026, 3, 2, 6, 0, tzinfo=UTC))


@pytest.mark.parametrize("everybody", [True, False])
async def test_who_must_not_be_called_is_not(exchange: Exchange, everybody: bool):
    campaign = await exchange.campaign()
    customer = (await exchange.read(Campaign, campaign)).customer_id
    await exchange.contact(campaign, number(1))
    async with database.session() as s:
        s.add(DoNotCall(e164=number(1), customer_id=None if everybody else customer))
    assert isinstance(await exchange.claim(await exchange.operator(campaign)), Refusal)


@pytest.mark.parametrize("status", ["draft", "paused", "finished"])
async def test_only_an_active_campaign_is_called(exchange: Exchange, status: str):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, number(1))
    async with database.session() as s:
        await s.execute(text("update campaign set status = :status"), {"status": status})
    assert await exchange.claim(await exchange.operator(campaign)) == Refusal("campaign_not_active")


async def test_without_money_nothing_is_claimed_and_nothing_is_left_behind(exchange: Exchange):
    campaign = await exchange.campaign(longest_call_s=7200)
    contact = await exchange.contact(campaign, number(1))
    async with database.session() as s:
        await s.execute(text("update tariff set per_minute = 100000000"))
    operator = await exchange.operator(campaign)
    assert await exchange.claim(operator) == Refusal("out_of_funds")
    assert (await exchange.read(Contact, contact)).status == ContactStatus.WAITING
    assert (await exchange.read(Campaign, campaign)).status == "out_of_funds"
    async with database.session() as s:
        left = "select (select count(*) from call), (select count(*) from number_lock)"
        assert tuple((await s.execute(text(left))).one()) == (0, 0)
    assert await exchange.claim(operator) == Refusal("out_of_funds")


async def test_a_balance_that_covers_ten_places_ten_of_a_hundred_calls_at_once(exchange: Exchange):
    campaign = await exchange.campaign(longest_call_s=600)
    customer = (await exchange.read(Campaign, campaign)).customer_id
    most = 1500 + -(-600 * 605 // 60) + 6000
    async with database.session() as s:
        funds = (await exchange.balance(customer)).available
        await s.execute(text("update tariff set registration_bonus = 0"))
        from exchange_domain import ledger
        from exchange_domain.words import LedgerKind

        account = await ledger.account(s, LedgerKind.CUSTOMER_FUNDS, "RUB", customer_id=customer)
        sink = await ledger.account(s, LedgerKind.PAYOUTS, "RUB")
        await ledger.move(s, "refund", "test", {account: -(funds - 10 * most), sink: funds - 10 * most})
    for n in range(100):
        await exchange.contact(campaign, number(n))
    operators = [await exchange.operator(campaign) for _ in range(100)]
    got = await asyncio.gather(*(exchange.claim(o) for o in operators))
    assert sum(isinstance(g, Claim) for g in got) == 10
    assert (await exchange.balance(customer)).available == 0
    assert await exchange.books() == []
