"""Imports in the background: exact whatever happens to the worker, called off without a trace, told as they go."""

import asyncio
import io
import signal

import fastexcel
import pytest
import redis.asyncio as aioredis
from sqlmodel import select

from exchange_domain import database, do_not_call
from exchange_domain.importing import orders, uploads
from exchange_domain.messages import LIVE, ImportMoved, campaign_channel
from exchange_domain.settings import settings
from exchange_domain.tables import Contact, ContactNumber, ListImportRemark
from exchange_domain.words import ContactStatus, DoNotCallSource, Elsewhere, ImportState
from job_worker.lists import ListImporter

from .conftest import House, Worker, rows

LONG = 45_000
"""Rows of a list that is read in several parts."""
BAD = [("Без номера", "-", "Омск"), ("Короткий", "12", "Омск"), ("Повтор", "8 921 100-00-00", "Омск")]


def sheet(content: bytes | None, number: int) -> list[tuple]:
    assert content is not None
    return fastexcel.read_excel(io.BytesIO(content).getvalue()).load_sheet(number).to_polars().rows()


async def test_a_list_comes_in_whole_with_its_remarks(house: House, importer: ListImporter):
    import_id = await house.order([*rows(50), *BAD])
    await importer.run(import_id)
    entry = await house.entry(import_id)
    assert (entry.state, entry.total_rows, entry.done_rows) == (ImportState.DONE, 53, 53)
    assert {k: v for k, v in entry.report.items() if v} == {
        "added": 50, "numbers_added": 50, "rejected": 2, "duplicates": 1, "total": 53,
    }  # fmt: skip
    assert [line[0] for line in sheet(entry.rejected_file, 0)] == ["Без номера", "Короткий"]
    assert len(await house.numbers()) == 50
    assert not list(uploads.folder().glob("*")), "the file is not kept"
    async with database.session() as s:
        assert [one.row for one in await orders.rejected_rows(s, import_id)] == [52, 53]


async def test_a_file_that_cannot_be_used_is_told_and_changes_nothing(house: House, importer: ListImporter):
    import_id = await house.order_file(b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n", "x.csv", elsewhere=Elsewhere.KEEP)
    await importer.run(import_id)
    entry = await house.entry(import_id)
    assert entry.state is ImportState.FAILED and entry.problem == {
        "code": "unsupported_type",
        "params": {"kind": "PDF"},
    }
    assert not await house.contacts()
    assert await house.order(rows(1)) > import_id, "the campaign is free for another list"


async def test_a_campaign_has_one_import_at_a_time(house: House):
    await house.order(rows(2))
    with pytest.raises(orders.UnderWay):
        await house.order(rows(3))


# --- numbers that other campaigns have


@pytest.mark.parametrize(
    ("choice", "here", "there", "counts"),
    [
        (Elsewhere.KEEP, {0, 1, 2, 3}, {0, 1}, {"added": 3, "numbers_added": 4}),
        (Elsewhere.SKIP, {2, 3}, {0, 1}, {"added": 2, "numbers_added": 2, "elsewhere": 1}),
        (Elsewhere.MOVE, {1, 2, 3}, {0}, {"added": 2, "numbers_added": 3, "elsewhere": 1, "moved": 1}),
    ],
)
async def test_numbers_of_another_campaign(
    house: House, importer: ListImporter, choice: Elsewhere, here: set[int], there: set[int], counts: dict[str, int]
):
    """0 was called there, 1 was not; 2 and 3 are new, 3 stands beside 1 in a row."""
    spring = await house.another_campaign()
    await importer.run(await house.order(rows(2), campaign=spring))
    async with database.session() as s:
        called = (await s.exec(select(Contact).where(Contact.name == "Контакт 0"))).one()
        called.attempts = 1
        s.add(called)
    numbers = [number for _, number, _ in rows(4)]
    lines = [
        ("Был", numbers[0], "Омск"), ("Новый", numbers[2], "Омск"), ("Двое", f"{numbers[1]}, {numbers[3]}", "Омск"),
    ]  # fmt: skip
    import_id = await house.order(lines, elsewhere=choice)
    await importer.run(import_id)
    assert await house.numbers() == [numbers[n] for n in sorted(here)]
    assert await house.numbers(spring) == [numbers[n] for n in sorted(there)]
    entry = await house.entry(import_id)
    assert {k: v for k, v in entry.report.items() if v and k != "total"} == counts
    if choice is Elsewhere.SKIP:
        assert sheet(entry.rejected_file, 1)[0][-1].endswith("уже есть в кампании «Весна»")
    for campaign in (house.campaign, spring):
        found = {contact.id for contact in await house.contacts(campaign)}
        async with database.session() as s:
            owners = set(await s.exec(select(ContactNumber.contact_id).where(ContactNumber.campaign_id == campaign)))
        assert found == owners, "no contact without a number"


async def test_another_customers_campaigns_are_nobodys_business(house: House, importer: ListImporter):
    from exchange_domain import campaigns, customers

    async with database.session() as s:
        other = await customers.create(s, name="Чужая")
        theirs = await campaigns.create(s, other.id or 0, name="Их")
    await importer.run(await house.order(rows(2), campaign=theirs.id or 0))
    import_id = await house.order(rows(2), elsewhere=Elsewhere.SKIP)
    await importer.run(import_id)
    assert (await house.entry(import_id)).report["added"] == 2


async def test_who_must_not_be_called_is_listed_and_done(house: House, importer: ListImporter):
    number = rows(1)[0][1]
    async with database.session() as s:
        await do_not_call.add(s, [(number, "")], customer_id=house.customer, source=DoNotCallSource.CUSTOMER)
    import_id = await house.order([*rows(3), ("Двое", f"{number}, +79219999999", "Омск")])
    await importer.run(import_id)
    entry = await house.entry(import_id)
    assert (entry.report["do_not_call"], entry.report["added"]) == (1, 4)
    assert sheet(entry.rejected_file, 1)[0][0] == "Контакт 0"
    done = [contact.name for contact in await house.contacts() if contact.status is ContactStatus.DONE]
    assert done == ["Контакт 0"]


# --- whatever happens


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_restart_goes_on_where_it_was_and_counts_nothing_twice(house: House, worker: Worker, number: int):
    import_id = await house.order([*rows(LONG), *BAD])
    await worker.start()
    await house.until(import_id, lambda e: e.done_rows >= 10_000)
    await worker.end(number)
    stopped = await house.entry(import_id)
    assert stopped.state is ImportState.RUNNING and 0 < stopped.done_rows < LONG, "it was in the middle"
    await worker.start()
    entry = await house.until(import_id, lambda e: e.state not in orders.UNDER_WAY)
    assert {k: v for k, v in entry.report.items() if v} == {
        "added": LONG, "numbers_added": LONG, "rejected": 2, "duplicates": 1, "total": LONG + 3,
    }  # fmt: skip
    assert len(await house.numbers()) == LONG
    assert [line[3] for line in sheet(entry.rejected_file, 0)] == [LONG + 2, LONG + 3]
    assert await worker.end() == 0


async def test_called_off_it_leaves_only_who_was_called(house: House, worker: Worker):
    import_id = await house.order(rows(LONG))
    await worker.start()
    await house.until(import_id, lambda e: e.done_rows >= 10_000)
    async with database.session() as s:
        called = (await s.exec(select(Contact).where(Contact.name == "Контакт 7"))).one()
        called.status = ContactStatus.WORKING
        s.add(called)
        assert await orders.ask_cancel(s, house.campaign)
    entry = await house.until(import_id, lambda e: e.state not in orders.UNDER_WAY)
    assert entry.state is ImportState.CANCELLED and entry.done_rows < LONG
    assert [contact.name for contact in await house.contacts()] == ["Контакт 7"]
    assert entry.report["taken_back"] == entry.report["added"] - 1
    async with database.session() as s:
        assert not (await s.exec(select(ListImportRemark))).all()
        assert not await orders.ask_cancel(s, house.campaign), "there is nothing to call off any more"


async def test_open_pages_are_told(house: House, importer: ListImporter):
    import_id = await house.order(rows(15_000))
    async with aioredis.from_url(settings().redis_url) as client, client.pubsub() as heard:
        await heard.subscribe(campaign_channel(house.campaign))
        await importer.run(import_id)
        said: list[ImportMoved] = []
        async with asyncio.timeout(5):
            while not said or said[-1].state is not ImportState.DONE:
                one = await heard.get_message(ignore_subscribe_messages=True, timeout=1)
                if one is not None:
                    message = LIVE.validate_json(one["data"])
                    assert isinstance(message, ImportMoved)
                    said.append(message)
    assert said[0].state is ImportState.RUNNING and said[-1].done_rows == said[-1].total_rows == 15_000
    assert [m.done_rows for m in said] == sorted(m.done_rows for m in said)
