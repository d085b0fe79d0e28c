"""The customer's do-not-call list and days off, as the page's events change them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exchange_app.customer.days_off_state import DaysOff, coming_holidays, read_day
from exchange_app.customer.do_not_call_state import LONGEST_PASTE, PAGE, DoNotCallList
from exchange_app.customer.hours_state import Hours
from exchange_app.customer.overview import standing
from exchange_domain import database, do_not_call, timetables
from exchange_domain.tables import Campaign, Contact
from exchange_domain.words import ContactStatus, DoNotCallSource, Outcome
from tests.app.conftest import Page

from .conftest import Shop, everything

PATH = "/customer/do-not-call"
TODAY = datetime.now(ZoneInfo("Europe/Moscow")).date()


async def numbers(shop: Shop) -> list[tuple[str, str]]:
    async with database.session() as s:
        return [(e.e164, e.reason) for e in await do_not_call.page(s, shop.customer)]


async def test_pasted_numbers_are_added_and_bad_lines_stay_with_their_reasons(shop: Shop, owner: Page):
    contact = await shop.contact("Ирина", "+78125550101")
    await owner.send(DoNotCallList.enter(), path=PATH)
    assert owner.values(DoNotCallList)["total"] == 0
    typed = "8 (812) 555-01-01; просила письмом\n12\n+7 812 555-01-02\n"
    await owner.send(DoNotCallList.add({"numbers": typed}), path=PATH)
    assert sorted(await numbers(shop)) == [("+78125550101", "просила письмом"), ("+78125550102", "")]
    shown = owner.values(DoNotCallList)
    assert (shown["added"], shown["already_there"], shown["ended"], shown["total"]) == (2, 0, 1, 2)
    assert (shown["draft"], shown["bad_count"]) == ("12", 1)
    (bad,) = shown["bad"]
    assert (bad.line, bad.params) == (2, {"value": "12"})
    async with database.session() as s:
        row = await s.get_one(Contact, contact)
        assert (row.status, row.last_outcome) == (ContactStatus.DONE, Outcome.DO_NOT_CALL)
        assert (await standing(s, await s.get_one(Campaign, shop.campaign), datetime.now(UTC))).forbidden == 1
    await owner.send(DoNotCallList.add({"numbers": typed}), path=PATH)
    assert (owner.values(DoNotCallList)["added"], owner.values(DoNotCallList)["already_there"]) == (0, 2)


@pytest.mark.parametrize(
    ("typed", "fault"), [("", "nothing"), (" \n ", "nothing"), ("1" * (LONGEST_PASTE + 1), "too_long"),
                         ("1\n" * 20_001, "too_long")],
)  # fmt: skip
async def test_a_paste_of_nothing_or_too_much_changes_nothing_and_says_so(
    shop: Shop, owner: Page, typed: str, fault: str
):
    await owner.send(DoNotCallList.enter(), path=PATH)
    await owner.send(DoNotCallList.add({"numbers": typed}), path=PATH)
    assert owner.values(DoNotCallList)["fault"] == fault
    assert await numbers(shop) == []


async def test_own_entries_are_taken_back_and_what_a_contact_asked_for_is_not(shop: Shop, owner: Page):
    async with database.session() as s:
        for e164, source in (("+78125550101", DoNotCallSource.CALL), ("+78125550102", DoNotCallSource.CUSTOMER)):
            await do_not_call.add(s, [(e164, "")], customer_id=shop.customer, source=source)
    await owner.send(DoNotCallList.enter(), path=PATH)
    entries = owner.values(DoNotCallList)["entries"]
    assert [(e.source, e.own) for e in entries] == [("customer", True), ("call", False)]
    for entry in entries:
        await owner.send(DoNotCallList.remove(entry.id), path=PATH)
    assert await numbers(shop) == [("+78125550101", "")]
    assert owner.values(DoNotCallList)["total"] == 1


async def test_the_list_of_another_customer_is_neither_seen_nor_changed(shop: Shop, owner: Page):
    async with database.session() as s:
        await do_not_call.add(
            s, [("+78125550777", "чужое")], customer_id=shop.other_customer, source=DoNotCallSource.CUSTOMER
        )
        (entry,) = await do_not_call.page(s, shop.other_customer)
    await owner.send(DoNotCallList.enter(), path=PATH)
    before = await everything()
    await owner.send(DoNotCallList.choose(str(shop.other_customer)), path=PATH)
    await owner.send(DoNotCallList.find({"search": "777"}), path=PATH)
    await owner.send(DoNotCallList.remove(entry.id or 0), path=PATH)
    assert await everything() == before
    assert "чужое" not in repr(owner.deltas) and owner.values(DoNotCallList)["customer"] == shop.customer


async def test_a_long_list_is_searched_and_shown_in_pages(shop: Shop, owner: Page):
    async with database.session() as s:
        await do_not_call.add(
            s, [(f"+7812555{n:04d}", "") for n in range(PAGE + 7)], customer_id=shop.customer,
            source=DoNotCallSource.CUSTOMER,
        )  # fmt: skip
    await owner.send(DoNotCallList.enter(), path=PATH)
    shown = owner.values(DoNotCallList)
    assert (len(shown["entries"]), shown["more"], shown["total"]) == (PAGE, True, PAGE + 7)
    await owner.send(DoNotCallList.show_more(), path=PATH)
    assert (len(owner.values(DoNotCallList)["entries"]), owner.values(DoNotCallList)["more"]) == (PAGE + 7, False)
    await owner.send(DoNotCallList.find({"search": "555-00-42"}), path=PATH)
    assert [e.number.replace("\xa0", "") for e in owner.values(DoNotCallList)["entries"]] == ["+78125550042"]
    await owner.send(DoNotCallList.forget_search(), path=PATH)
    assert len(owner.values(DoNotCallList)["entries"]) == PAGE


async def test_days_off_are_added_changed_and_taken_back(shop: Shop, owner: Page):
    where, day = shop.address("hours"), (TODAY + timedelta(days=30)).isoformat()
    await owner.send(DaysOff.enter(), path=where)
    assert owner.values(DaysOff)["known"] and owner.values(DaysOff)["coming"]
    await owner.send(DaysOff.add({"day": day, "kind": "off"}), path=where)
    assert [(d.day, d.working) for d in owner.values(DaysOff)["own"]] == [(day, False)]
    await owner.send(DaysOff.add({"day": day, "kind": "working"}), path=where)
    assert [(d.day, d.working) for d in owner.values(DaysOff)["own"]] == [(day, True)]
    async with database.session() as s:
        assert (await timetables.hours_of(s, shop.campaign)).days_off.working == {date.fromisoformat(day)}
    await owner.send(DaysOff.take_back(day), path=where)
    assert owner.values(DaysOff)["own"] == []
    await owner.send(DaysOff.switch_holidays(True), path=where)
    async with database.session() as s:
        assert (await timetables.hours_of(s, shop.campaign)).days_off.country == "RU"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("", "no_day"), ("2026-02-30", "no_day"), (None, "no_day"), ("2020-01-01", "past"), ("2999-01-01", "too_far")],
)
async def test_a_day_that_cannot_be_taken_is_named(shop: Shop, owner: Page, typed: str | None, fault: str):
    where = shop.address("hours")
    await owner.send(DaysOff.enter(), path=where)
    await owner.send(DaysOff.add({"day": typed, "kind": "off"}), path=where)
    assert owner.values(DaysOff)["fault"] == fault and owner.values(DaysOff)["own"] == []


def test_the_coming_holidays_are_the_countrys_next_ones():
    assert coming_holidays("RU", date(2026, 6, 1)) == [
        "2026-06-12", "2026-11-04", "2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03"
    ]  # fmt: skip
    assert coming_holidays("XX", date(2026, 6, 1)) == []
    assert read_day("2026-06-02", date(2026, 6, 1)) == date(2026, 6, 2)


async def test_the_calls_of_a_day_are_limited_and_freed_again(shop: Shop, owner: Page):
    where, name = shop.address("hours"), f"{shop.campaign}:max_calls_per_day"
    await owner.send(Hours.enter(), path=where)
    assert (owner.values(Hours)["shown"]["max_calls_per_day"], owner.values(Hours)["number_cap"]) == ("", 4)
    for typed, stored in (("200", 200), ("0", 200), ("много", 200), ("  ", None), ("15", 15)):
        await owner.send(Hours.change_limit(name, typed), path=where)
        async with database.session() as s:
            assert (await s.get_one(Campaign, shop.campaign)).max_calls_per_day == stored, typed
    await owner.send(Hours.change_limit(f"{shop.campaign}:ring_s", ""), path=where)
    assert owner.values(Hours)["wrong"] == {"ring_s": "range"}
