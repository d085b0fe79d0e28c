"""Contacts of a list in the database, added once whatever runs at the same time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain.database import Session
from exchange_domain.importing import (
    ImportedContact,
    ImportedNumber,
    ImportOptions,
    ImportResult,
    NumberRules,
    open_workbook,
    preview,
    read_contacts,
)
from exchange_domain.importing.storing import import_list, store
from exchange_domain.tables import Campaign, Contact, ContactNumber, Customer, ListImport
from tests.importing.messy_list import COUNTRY, DEFAULT_PREFIX, messy_xlsx


class Lists:
    """A campaign to import into, and a look at what it holds."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.campaign_id = 0

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        async with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    async def new_campaign(self) -> int:
        async with self.session() as session:
            customer = Customer(name="Ромашка")
            session.add(customer)
            await session.flush()
            assert customer.id is not None
            campaign = Campaign(customer_id=customer.id, name="Осень")
            session.add(campaign)
            await session.flush()
            assert campaign.id is not None
            return campaign.id

    async def store(self, *contacts: ImportedContact):
        async with self.session() as session:
            return await store(session, self.campaign_id, ImportResult((), list(contacts)))

    async def contacts(self) -> list[tuple[str, list[str]]]:
        """Name and numbers, in their order, of all contacts."""
        async with self.session() as session:
            found: dict[int, tuple[str, list[str]]] = {}
            for contact in await session.exec(select(Contact).order_by(col(Contact.id))):
                assert contact.id is not None
                found[contact.id] = (contact.name, [])
            order = (col(ContactNumber.contact_id), col(ContactNumber.position))
            for number in await session.exec(select(ContactNumber).order_by(*order)):
                assert number.position == len(found[number.contact_id][1])
                found[number.contact_id][1].append(number.e164)
            return list(found.values())


@pytest.fixture
async def lists(db_engine: AsyncEngine) -> Lists:
    made = Lists(db_engine)
    made.campaign_id = await made.new_campaign()
    return made


def contact(name: str, *numbers: str, row: int = 2) -> ImportedContact:
    return ImportedContact(row, name, {"Город": "Омск"}, [ImportedNumber(number) for number in numbers], "Asia/Omsk")


ONE, TWO, THREE = "+79211234567", "+79117654321", "+78121234567"


async def test_new_contacts_are_added_with_all_they_have(lists: Lists):
    given = ImportedContact(2, "Иван", {"Город": "Омск"}, [ImportedNumber(ONE, "Анна", "доб. 5")], "Asia/Omsk")
    report = await lists.store(given)
    assert (report.added, report.numbers_added, report.already_there, report.extended) == (1, 1, 0, 0)
    async with lists.session() as session:
        stored = (await session.exec(select(Contact))).one()
        number = (await session.exec(select(ContactNumber))).one()
    assert (stored.name, stored.fields, stored.time_zone, stored.status) == (
        "Иван", {"Город": "Омск"}, "Asia/Omsk", "waiting",
    )  # fmt: skip
    assert (number.e164, number.person_name, number.note, number.campaign_id) == (
        ONE,
        "Анна",
        "доб. 5",
        lists.campaign_id,
    )


async def test_storing_the_same_again_adds_nothing(lists: Lists):
    contacts = (contact("Иван", ONE, TWO), contact("Пётр", THREE))
    await lists.store(*contacts)
    before = await lists.contacts()
    report = await lists.store(*contacts)
    assert (report.added, report.numbers_added, report.already_there, report.extended) == (0, 0, 2, 0)
    assert await lists.contacts() == before


async def test_new_numbers_go_to_the_contact_that_is_there(lists: Lists):
    await lists.store(contact("Иван", ONE))
    report = await lists.store(contact("Иван Петров", TWO, ONE, THREE))
    assert (report.added, report.numbers_added, report.already_there, report.extended) == (0, 2, 0, 1)
    assert await lists.contacts() == [("Иван", [ONE, TWO, THREE])]


async def test_campaigns_do_not_share_contacts(lists: Lists):
    await lists.store(contact("Иван", ONE))
    lists.campaign_id = await lists.new_campaign()
    assert (await lists.store(contact("Иван", ONE))).added == 1


async def test_imports_at_the_same_time_add_each_contact_once(lists: Lists):
    contacts = [contact(f"Имя {n}", f"+7921{n:07}") for n in range(300)]
    reports = await asyncio.gather(
        lists.store(*contacts), lists.store(*reversed(contacts)), lists.store(*contacts[::2], *contacts[1::2])
    )
    assert sum(report.added for report in reports) == 300
    assert sum(report.already_there for report in reports) == 600
    assert len(await lists.contacts()) == 300


async def test_a_number_which_an_operator_enters_meanwhile_is_not_added_twice(lists: Lists):
    entered, committed = asyncio.Event(), asyncio.Event()

    async def operator() -> None:
        async with lists.session() as session:
            her = Contact(campaign_id=lists.campaign_id, name="Её контакт", time_zone="Europe/Moscow")
            session.add(her)
            await session.flush()
            assert her.id is not None
            session.add(ContactNumber(contact_id=her.id, campaign_id=lists.campaign_id, e164=ONE))
            await session.flush()
            entered.set()
            await _until_someone_waits(lists)
        committed.set()

    async def importer():
        await entered.wait()
        return await lists.store(contact("Иван", ONE), contact("Пётр", TWO))

    _, report = await asyncio.gather(operator(), importer())
    assert committed.is_set()
    assert (report.added, report.already_there, report.numbers_added) == (1, 1, 1)
    assert await lists.contacts() == [("Её контакт", [ONE]), ("Пётр", [TWO])]


async def _until_someone_waits(lists: Lists) -> None:
    """Returns once a session of this database waits for another one's row."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    async with asyncio.timeout(30), lists.engine.connect() as connection:
        # Within one transaction the view would show the first moment again and again.
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        while not (await connection.exec_driver_sql(waiting)).scalar_one():  # noqa: ASYNC110 - another session
            await asyncio.sleep(0.02)


async def test_more_contacts_than_a_batch(lists: Lists):
    contacts = [contact(f"Имя {n}", f"+7921{n:07}") for n in range(12_000)]
    report = await lists.store(*contacts)
    assert (report.added, report.numbers_added) == (12_000, 12_000)
    async with lists.session() as session:
        named = (
            await session.exec(
                select(func.count())
                .select_from(Contact)
                .join(ContactNumber, col(ContactNumber.contact_id) == col(Contact.id))
                .where(func.right(col(ContactNumber.e164), 7) == func.lpad(func.substr(col(Contact.name), 5), 7, "0"))
            )
        ).one()
    assert named == 12_000


async def test_messy_list_from_upload_to_report(lists: Lists):
    data, expected = messy_xlsx()
    workbook = open_workbook(data, "база.xlsx")
    seen = preview(workbook, rules=NumberRules(COUNTRY, DEFAULT_PREFIX))
    result = read_contacts(workbook, seen.sheet, seen.proposed_mapping, ImportOptions(COUNTRY, DEFAULT_PREFIX))
    async with lists.session() as session:
        first = await import_list(session, lists.campaign_id, None, "база.xlsx", result, "ru")
    assert first.report == expected.report
    async with lists.session() as session:
        entry = await session.get_one(ListImport, first.import_id)
        assert (entry.file_name, entry.report) == ("база.xlsx", expected.report)
        assert entry.rejected_file is not None and open_workbook(entry.rejected_file, "x").sheets[0] == "Не загружено"
        of_this_import = await session.exec(select(Contact).where(Contact.import_id == first.import_id))
        assert len(of_this_import.all()) == expected.report["added"]
    before = await lists.contacts()
    async with lists.session() as session:
        again = await import_list(session, lists.campaign_id, None, "база.xlsx", result, "ru")
    assert (again.report["added"], again.report["numbers_added"]) == (0, 0)
    assert again.report["already_there"] == expected.report["added"]
    assert await lists.contacts() == before
