"""What is counted as contacts change is what a count of them finds, whoever changes them, whenever it is added up."""

import asyncio
import random
from datetime import timedelta

from sqlalchemy import text

from exchange_domain import campaigns, contact_counts, customers, database
from exchange_domain.contact_counts import Counts
from exchange_domain.importing import ImportedContact, ImportedNumber, ImportResult
from exchange_domain.importing.storing import store
from job_worker.tasks import sum_up_counts

from .conftest import Exchange

CHANGES = (
    "insert into contact (campaign_id, name, time_zone) select :campaign, 'x', zone from "
    "unnest(array['Europe/Moscow', 'Asia/Omsk']) zone",
    "update contact set status = 'working' where id in (select id from contact where status = 'waiting' limit 1)",
    "update contact set status = 'done', last_outcome = 'success' where id in "
    "(select id from contact where status = 'working' limit 2)",
    "update contact set status = 'done', last_outcome = 'do_not_call' where id in "
    "(select id from contact where status = 'waiting' limit 1)",
    "update contact set status = 'waiting', last_outcome = null where id in "
    "(select id from contact where status = 'done' limit 1)",
    "update contact set time_zone = 'Asia/Tokyo' where id in (select id from contact order by id desc limit 1)",
    "update contact set name = 'y'",
    "delete from contact where id in (select id from contact order by id limit 1)",
)


async def wrong() -> list[object]:
    async with database.session() as s:
        (query,) = contact_counts.CHECKS.values()
        return list((await s.execute(text(query))).scalars())


async def test_whatever_changes_the_sums_are_the_counts(exchange: Exchange):
    campaign = await exchange.campaign()
    chance = random.Random(7)
    for _ in range(15):
        for statement in chance.sample(CHANGES, len(CHANGES)):
            async with database.session() as s:
                await s.execute(text(statement), {"campaign": campaign} if ":campaign" in statement else {})
            assert await wrong() == []
        if chance.random() < 0.5:
            async with database.session() as s:
                await contact_counts.sum_up(s, campaign)
            assert await wrong() == []


async def test_summing_up_at_the_same_moment_as_others_change_loses_nothing(exchange: Exchange):
    campaign = await exchange.campaign()

    async def change(place: int) -> None:
        for n in range(20):
            async with database.session() as s:
                for statement in (CHANGES[0], CHANGES[(place + n) % len(CHANGES)]):
                    # Who waits for another's row finds nothing then, as in life.
                    await s.execute(text(statement), {"campaign": campaign} if ":campaign" in statement else {})

    async def sum_up() -> None:
        for _ in range(15):
            async with database.session() as s:
                await contact_counts.sum_up(s, campaign)
                await asyncio.sleep(0.002)

    await asyncio.gather(change(1), sum_up(), sum_up())
    assert await wrong() == []
    async with database.session() as s:
        await contact_counts.sum_up(s, campaign)
        rows = (await s.execute(text("select count(*) from contact_count"))).scalar_one()
    assert rows <= 3 * 4 and await wrong() == []


async def test_a_list_of_a_thousand_is_a_row_a_zone_and_a_deleted_campaign_none(exchange: Exchange):
    async with database.session() as s:
        customer = await customers.create(s, name="Мебель")
        campaign = (await campaigns.create(s, customer.id or 0, name="Опрос")).id or 0
    contacts = [
        ImportedContact(n, "Анна", {}, [ImportedNumber(f"+7921{n:07}")], ("Europe/Moscow", "Asia/Omsk")[n % 2])
        for n in range(1_000)
    ]
    async with database.session() as s:
        await store(s, campaign, ImportResult((), contacts))
        assert (await s.execute(text("select count(*) from contact_count"))).scalar_one() == 2
        assert await contact_counts.of_campaign(s, campaign) == Counts(1_000)
        assert await contact_counts.waiting_by_zone(s, campaign) == {"Europe/Moscow": 500, "Asia/Omsk": 500}
        assert await contact_counts.resting(s, campaign, ["Asia/Omsk"], exchange.now + timedelta(hours=1)) == 0
        assert await contact_counts.resting(s, campaign, ["Asia/Omsk"], exchange.now - timedelta(hours=1)) == 500
    async with database.session() as s:
        await s.execute(text("delete from campaign where id = :id"), {"id": campaign})
        assert (await s.execute(text("select count(*) from contact_count"))).scalar_one() == 0


async def test_the_worker_sums_up_where_it_is_worth_it(exchange: Exchange):
    campaign = await exchange.campaign()
    async with database.session() as s:
        for _ in range(contact_counts.MANY_CHANGES // 2):
            await s.execute(text(CHANGES[0]), {"campaign": campaign})
    assert await sum_up_counts() == 0
    async with database.session() as s:
        await s.execute(text(CHANGES[0]), {"campaign": campaign})
    assert await sum_up_counts() == 1 and await sum_up_counts() == 0
    assert await wrong() == []
