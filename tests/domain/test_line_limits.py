"""Lines in use and calls a second, of carriers and customers: never over the limit, whoever claims at once."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_domain import calls, carrier_book, database, line_limits
from exchange_domain.carriers import SETTINGS_GATEWAY, Offer
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.line_limits import MOST_WAIT, UNLIMITED, LinesBusy, Usage, choose, free_moment
from exchange_domain.tables import Call, Campaign

from .conftest import Exchange

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOME = "+7812555{:04d}"
moments = st.lists(st.integers(-10_000, 10_000).map(lambda ms: NOW + timedelta(milliseconds=ms)), max_size=12)
spacings = st.lists(st.tuples(st.integers(0, 3_000).map(lambda ms: timedelta(milliseconds=ms)), moments), max_size=3)


@given(spacings)
def test_a_free_moment_keeps_every_distance_and_is_the_first_that_does(kept):
    at = free_moment(NOW, kept)
    assert at >= NOW
    assert all(abs(at - m) >= apart for apart, taken in kept for m in taken)
    earlier = [m + apart for apart, taken in kept for m in taken if NOW <= m + apart < at] + [NOW]
    for candidate in earlier:
        if candidate < at:
            assert any(abs(candidate - m) < apart for apart, taken in kept for m in taken)


@given(st.floats(0.5, 50), st.integers(1, 60))
def test_moments_given_out_one_after_the_other_are_never_more_than_the_limit_in_a_second(per_second: float, n: int):
    taken: list[datetime] = []
    for _ in range(n):
        usage = Usage(per_second, None, 0, tuple(taken))
        taken.append(free_moment(NOW, (usage.spacing,)))
    for begin in taken:
        inside = sum(begin <= m < begin + timedelta(seconds=1) - timedelta(milliseconds=1) for m in taken)
        assert inside <= per_second + 1


def test_the_first_carrier_with_room_is_taken():
    offers = [Offer(1, "a"), Offer(2, "b"), Offer(3, "c")]
    busy = {1: Usage(None, 3, 3, ()), 2: Usage(1, None, 0, tuple(NOW + timedelta(seconds=n) for n in range(4)))}
    assert choose(offers, busy, UNLIMITED, NOW).offer.carrier_id == 3
    with pytest.raises(LinesBusy):
        choose(offers[:2], busy, UNLIMITED, NOW)
    with pytest.raises(LinesBusy):
        choose([SETTINGS_GATEWAY], {}, Usage(None, 2, 2, ()), NOW)


async def carrier(name: str, rates: dict[str, int], **changes: object) -> int:
    async with database.session() as s:
        made = await carrier_book.set_carrier(s, name, **changes)
        assert made.id is not None
        await carrier_book.set_rates(s, made.id, rates)
        return made.id


async def furnished(exchange: Exchange, operators: int, **limits: int) -> tuple[int, list[tuple[int, int]]]:
    campaign = await exchange.campaign(**limits)
    # More contacts than claims hold at once: a refused claim keeps its contact until it is rolled back.
    for n in range(2 * operators):
        await exchange.contact(campaign, HOME.format(n))
    return campaign, [await exchange.operator(campaign) for _ in range(operators)]


async def at_once(exchange: Exchange, operators: list[tuple[int, int]]) -> tuple[list[Claim], list[Refusal]]:
    got = await asyncio.gather(*(exchange.claim(o) for o in operators))
    return [g for g in got if isinstance(g, Claim)], [g for g in got if isinstance(g, Refusal)]


async def test_thirty_claims_at_once_on_carriers_with_seven_lines_make_seven_calls(exchange: Exchange):
    _, operators = await furnished(exchange, 30)
    cheap = await carrier("cheap", {"+7": 50}, max_concurrent=4)
    dear = await carrier("dear", {"+7": 90}, max_concurrent=3)
    claims, refusals = await at_once(exchange, operators)
    used = [(await exchange.call(c.call_id)).carrier_id for c in claims]
    assert (used.count(cheap), used.count(dear), len(used)) == (4, 3, 7)
    assert {r.code for r in refusals} == {"lines_busy"}
    assert await exchange.books() == []


async def test_a_line_is_free_again_when_the_contacts_leg_has_ended(exchange: Exchange):
    _, operators = await furnished(exchange, 3)
    await carrier("north", {"+7": 50}, max_concurrent=1)
    first = await exchange.claim(operators[0])
    assert isinstance(first, Claim)
    assert await exchange.claim(operators[1]) == Refusal("lines_busy")
    await exchange.talk(first, 5)
    assert (await exchange.call(first.call_id)).state == "wrap_up", "the operator still writes"
    assert isinstance(await exchange.claim(operators[1]), Claim)


async def test_a_refusal_for_want_of_lines_leaves_nothing_behind(exchange: Exchange):
    campaign, operators = await furnished(exchange, 2)
    await carrier("north", {"+7": 50}, max_concurrent=1)
    assert isinstance(await exchange.claim(operators[0]), Claim)
    customer = (await exchange.read(Campaign, campaign)).customer_id
    before = await exchange.balance(customer)
    assert await exchange.claim(operators[1]) == Refusal("lines_busy")
    assert await exchange.balance(customer) == before
    assert (await exchange.read(Campaign, campaign)).status == "active"


async def test_numbers_of_a_full_carrier_do_not_stand_in_the_way_of_others(exchange: Exchange):
    campaign = await exchange.campaign()
    north = await carrier("north", {"+7812": 50}, max_concurrent=1)
    south = await carrier("south", {"+7861": 50})
    for e164 in ("+78125550101", "+78125550102", "+78615550101"):
        await exchange.contact(campaign, e164)
    operators = [await exchange.operator(campaign) for _ in range(3)]
    first, second = await exchange.claim(operators[0]), await exchange.claim(operators[1])
    assert isinstance(first, Claim) and isinstance(second, Claim)
    assert [(await exchange.call(c.call_id)).carrier_id for c in (first, second)] == [north, south]
    assert await exchange.claim(operators[2]) == Refusal("lines_busy")


async def test_a_customers_own_lines_are_counted_over_all_its_campaigns(exchange: Exchange):
    first, operators = await furnished(exchange, 6)
    customer = (await exchange.read(Campaign, first)).customer_id
    second = await exchange.campaign(customer_id=customer)
    for n in range(12):
        await exchange.contact(second, f"+7861555{n:04d}")
    others = [await exchange.operator(second) for _ in range(6)]
    async with database.session() as s:
        await line_limits.set_customer(s, customer, calls_per_second=None, max_concurrent=5)
    claims, refusals = await at_once(exchange, operators + others)
    assert len(claims) == 5 and {r.code for r in refusals} == {"lines_busy"}
    foreign = await exchange.campaign()
    await exchange.contact(foreign, "+74955550101")
    assert isinstance(await exchange.claim(await exchange.operator(foreign)), Claim)


async def test_claims_at_once_get_moments_apart_by_carrier_and_nobody_waits_too_long(exchange: Exchange):
    _, operators = await furnished(exchange, 12)
    await carrier("north", {"+7": 50}, calls_per_second=4)
    claims, refusals = await at_once(exchange, operators)
    moments = sorted(c.dial_at for c in claims)
    assert all(b - a >= timedelta(milliseconds=250) for a, b in itertools.pairwise(moments))
    assert moments[0] == exchange.now and moments[-1] <= exchange.now + MOST_WAIT
    assert len(moments) == 9 and {r.code for r in refusals} == {"lines_busy"}


async def test_a_customer_that_waits_for_its_own_limit_does_not_hold_up_the_carrier(exchange: Exchange):
    slow, operators = await furnished(exchange, 3)
    customer = (await exchange.read(Campaign, slow)).customer_id
    async with database.session() as s:
        await line_limits.set_customer(s, customer, calls_per_second=1, max_concurrent=None)
    await carrier("north", {"+7": 50}, calls_per_second=10)
    claims, _ = await at_once(exchange, operators)
    assert sorted(c.dial_at - exchange.now for c in claims) == [timedelta(seconds=n) for n in range(3)]
    other = await exchange.campaign()
    await exchange.contact(other, "+74955550101")
    claim = await exchange.claim(await exchange.operator(other))
    assert isinstance(claim, Claim) and claim.dial_at - exchange.now == timedelta(milliseconds=100)


async def test_the_same_press_again_keeps_its_moment_and_carrier(exchange: Exchange):
    _, operators = await furnished(exchange, 2)
    await carrier("north", {"+7": 50}, calls_per_second=1)
    first = await exchange.claim(operators[0])
    second = await exchange.claim(operators[1])
    assert isinstance(first, Claim) and isinstance(second, Claim)
    assert await exchange.claim(operators[1], second.call_id, at=exchange.now + timedelta(seconds=1)) == second


async def test_a_call_that_was_never_placed_gives_its_line_back(exchange: Exchange):
    _, operators = await furnished(exchange, 2)
    await carrier("north", {"+7": 50}, max_concurrent=1)
    claim = await exchange.claim(operators[0])
    assert isinstance(claim, Claim)
    async with database.session() as s:
        await calls.not_placed(s, claim.call_id, claim.fencing_token, exchange.now, "GATEWAY_DOWN")
        assert (await s.get_one(Call, claim.call_id)).ended_at is not None
    assert isinstance(await exchange.claim(operators[1]), Claim)
