"""Regular overruns: who runs into the longest call again and again is shown to moderators, once per new overrun."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_domain import calls, database, flags, overruns
from exchange_domain.claiming import Claim
from exchange_domain.overruns import Rule
from exchange_domain.tables import Flag, Shift
from exchange_domain.words import FlagKind

from .conftest import Exchange

HOME = "+7812555{:04d}"


@given(st.integers(20, 200), st.integers(0, 99), st.data())
def test_regular_means_enough_calls_and_more_than_the_share(n: int, percent: int, data: st.DataObject):
    rule = Rule(n, percent)
    answered = data.draw(st.integers(0, n))
    overran = data.draw(st.integers(0, answered))
    broken = rule.broken_by(answered, overran)
    assert broken == (answered == n and overran / n > percent / 100)
    if broken and overran < answered:
        assert rule.broken_by(answered, overran + 1), "one more overrun never makes it better"


@pytest.mark.parametrize(("calls", "percent"), [(19, 25), (20, 100), (20, -1)])
def test_a_rule_that_says_nothing_is_refused(calls: int, percent: int):
    with pytest.raises(ValueError, match="overrun"):
        Rule(calls, percent)


async def work(exchange: Exchange, operator: tuple[int, int], campaign: int, ends: str) -> None:
    """One call for each letter: `o` overran, `a` was answered and ended in order, `n` was not answered."""
    await exchange.deposit(campaign, 1_000_000)
    for end in ends:
        exchange.now += timedelta(seconds=1)
        await exchange.contact(campaign, HOME.format(int(exchange.now.timestamp()) % 10_000))
        claim = await exchange.claim(operator)
        assert isinstance(claim, Claim), claim
        async with database.session() as s:
            if end != "n":
                await calls.answered(s, claim.call_id, claim.fencing_token, exchange.now, None)
            await calls.ended(
                s, claim.call_id, claim.fencing_token, exchange.now, cause="NORMAL_CLEARING", ended_by="contact",
                overran=end == "o",
            )  # fmt: skip
        await exchange.close(claim, "refused")


async def look(exchange: Exchange, **rule: int) -> list[Flag]:
    async with database.session() as s:
        await overruns.flag_regular(s, Rule(**rule), exchange.now)
    async with database.session() as s:
        return sorted(await flags.open_flags(s), key=lambda f: f.kind)


async def test_a_habit_is_flagged_for_the_campaign_and_for_the_operator(exchange: Exchange):
    exchange.now = datetime(2026, 5, 4, 12, tzinfo=UTC)
    campaign = await exchange.campaign()
    operator = await exchange.operator(campaign)
    await work(exchange, operator, campaign, "oooooo" + "a" * 13)
    assert await look(exchange) == [], "nineteen calls say nothing yet"
    await work(exchange, operator, campaign, "nnna")
    of_campaign, of_operator = await look(exchange)
    assert (of_campaign.kind, of_campaign.subject) == (FlagKind.OVERRUNS_OF_CAMPAIGN, f"campaign:{campaign}")
    assert (of_operator.kind, of_operator.subject) == (FlagKind.OVERRUNS_OF_OPERATOR, f"operator:{operator[0]}")
    assert (of_campaign.campaign_id, of_operator.operator_id) == (campaign, operator[0])
    for flag in (of_campaign, of_operator):
        assert (flag.details["answered"], flag.details["overran"]) == (20, 6)
        assert flag.call_id is not None and flag.details["latest"] == str(flag.call_id)


async def test_a_share_below_the_rule_is_no_habit(exchange: Exchange):
    campaign = await exchange.campaign()
    operator = await exchange.operator(campaign)
    await work(exchange, operator, campaign, "ooooo" + "a" * 15)
    assert await look(exchange) == [], "a quarter is not more than a quarter"
    assert len(await look(exchange, share_percent=24)) == 2


async def test_only_the_last_calls_count(exchange: Exchange):
    campaign = await exchange.campaign()
    operator = await exchange.operator(campaign)
    await work(exchange, operator, campaign, "o" * 12 + "a" * 14 + "o")
    flagged = await look(exchange)
    assert [f.details["overran"] for f in flagged] == [6, 6]
    await work(exchange, operator, campaign, "a" * 19)
    assert [f.count for f in await look(exchange)] == [1, 1], "it has got better"


async def test_an_operator_between_good_campaigns_is_flagged_alone(exchange: Exchange):
    first, second = await exchange.campaign(), await exchange.campaign()
    slow, good = await exchange.operator(first), await exchange.operator(first)
    await work(exchange, slow, first, "o" * 4 + "a" * 6)
    await work(exchange, good, first, "a" * 20)
    async with database.session() as s:
        shift = await s.get_one(Shift, slow[1])
        shift.campaign_id = second
        s.add(shift)
    await work(exchange, slow, second, "o" * 4 + "a" * 6)
    (flag,) = await look(exchange)
    assert (flag.kind, flag.operator_id, flag.details["overran"]) == (FlagKind.OVERRUNS_OF_OPERATOR, slow[0], 8)


async def test_the_same_overrun_counts_once_however_often_it_is_looked_at(exchange: Exchange):
    campaign = await exchange.campaign()
    operator = await exchange.operator(campaign)
    await work(exchange, operator, campaign, "o" * 10 + "a" * 10)
    for _ in range(3):
        assert [f.count for f in await look(exchange)] == [1, 1]
    async with database.session() as s:
        for flag in await flags.open_flags(s):
            flag.resolved_at = exchange.now
            s.add(flag)
    assert await look(exchange) == [], "a moderator has dealt with it"
    await work(exchange, operator, campaign, "o")
    assert len(await look(exchange)) == 2, "and then it went on"


async def test_what_is_long_ago_is_left_alone(exchange: Exchange):
    campaign = await exchange.campaign()
    operator = await exchange.operator(campaign)
    await work(exchange, operator, campaign, "o" * 20)
    exchange.now += overruns.LOOK_BACK + timedelta(seconds=1)
    assert await look(exchange) == []
