"""Recordings are kept as long as the campaign says, within the rules of the house."""

from datetime import timedelta

import pytest

from exchange_domain import campaigns, database, house_rules
from exchange_domain.house_rules import BadRule
from exchange_domain.retention import KeptTooLong
from exchange_domain.tables import Campaign, Recording
from exchange_domain.words import RecordingState

from .conftest import Exchange


async def rule(**wanted: object) -> None:
    async with database.session() as s:
        await house_rules.change(s, None, wanted)


async def days_of(campaign_id: int) -> int:
    async with database.session() as s:
        return (await s.get_one(Campaign, campaign_id)).keep_recordings_days


async def stored(exchange: Exchange, campaign_id: int, number: str) -> object:
    """A call of the campaign with a recording that is kept for the campaign's days."""
    await exchange.contact(campaign_id, number)
    claim = await exchange.claim(await exchange.operator(campaign_id))
    await exchange.talk(claim, 60)
    days = timedelta(days=await days_of(campaign_id))
    async with database.session() as s:
        row = await s.get(Recording, claim.call_id) or Recording(
            call_id=claim.call_id, switch_name="main", switch_path="/x.wav"
        )
        row.state, row.storage_key, row.sha256 = RecordingState.STORED, f"{number}.ogg", "00"
        row.size_bytes, row.duration_ms, row.keep_until = 1, 60_000, exchange.now + days
        s.add(row)
    return claim.call_id


async def test_a_new_campaign_has_what_the_house_says(exchange: Exchange) -> None:
    assert await days_of(await exchange.campaign()) == 180
    await rule(keep_recordings_days=30)
    assert await days_of(await exchange.campaign()) == 30
    await rule(keep_recordings_most_days=14)
    assert await days_of(await exchange.campaign()) == 14, "never longer than the longest"


async def test_nobody_keeps_for_longer_than_the_house(exchange: Exchange) -> None:
    await rule(keep_recordings_most_days=60)
    with pytest.raises(KeptTooLong) as refused:
        await exchange.campaign(keep_recordings_days=61)
    assert refused.value.days == 60
    one = await exchange.campaign(keep_recordings_days=60)
    for days, taken in ((61, False), (7, True)):
        async with database.session() as s:
            if taken:
                await campaigns.set_limits(s, one, keep_recordings_days=days)
            else:
                with pytest.raises(KeptTooLong):
                    await campaigns.set_limits(s, one, keep_recordings_days=days)
    assert await days_of(one) == 7


async def test_a_shorter_rule_reaches_what_is_kept_already(exchange: Exchange) -> None:
    long, short = await exchange.campaign(keep_recordings_days=365), await exchange.campaign(keep_recordings_days=20)
    of_long, of_short = await stored(exchange, long, "+78125550101"), await stored(exchange, short, "+78125550102")
    await rule(keep_recordings_most_days=90)
    assert (await exchange.read(Recording, of_long)).keep_until == exchange.now + timedelta(days=90)
    assert (await exchange.read(Recording, of_short)).keep_until == exchange.now + timedelta(days=20)
    assert (await days_of(long), await days_of(short)) == (90, 20)
    await rule(keep_recordings_most_days=400)
    assert await days_of(long) == 90, "a longer rule gives nothing back"


@pytest.mark.parametrize("days", [0, 1096, True, "7"])
async def test_a_rule_that_is_none_changes_nothing(exchange: Exchange, days: object) -> None:
    with pytest.raises(BadRule):
        await rule(keep_recordings_most_days=days)
    async with database.session() as s:
        assert (await house_rules.rules(s)).keep_recordings_most_days == 1095
