"""Do-not-call lists: of a customer and of the platform; they outlive lists, contacts and the moment of dialling."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from exchange_domain import calling_rules, calls, database, do_not_call, number_lines
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.importing import ImportedContact, ImportedNumber, ImportResult, NumberRules
from exchange_domain.importing.storing import store
from exchange_domain.tables import Campaign, Contact
from exchange_domain.words import ContactStatus, DoNotCallSource, Outcome

from .conftest import Exchange

FIRST, SECOND, THIRD = "+78125550001", "+78125550002", "+78125550003"
DONE = (ContactStatus.DONE, Outcome.DO_NOT_CALL)
WAITS = (ContactStatus.WAITING, None)


async def add(*numbers: str, customer: int | None = None, source=DoNotCallSource.CUSTOMER) -> do_not_call.Added:
    async with database.session() as s:
        return await do_not_call.add(s, [(n, "") for n in numbers], customer_id=customer, source=source)


async def state(exchange: Exchange, contact: int) -> tuple[ContactStatus, Outcome | None]:
    row = await exchange.read(Contact, contact)
    return row.status, row.last_outcome


async def imported(campaign: int, *rows: tuple[str, ...]):
    contacts = [
        ImportedContact(
            row=place, name="Ирина", fields={}, numbers=[ImportedNumber(n, "Ирина", "") for n in row],
            time_zone="Europe/Moscow",
        )
        for place, row in enumerate(rows, 2)
    ]  # fmt: skip
    async with database.session() as s:
        return await store(s, campaign, ImportResult(("Телефон",), contacts=contacts))


async def test_who_has_no_other_number_is_done_by_the_list_with_the_reason(exchange: Exchange):
    campaign = await exchange.campaign()
    alone = await exchange.contact(campaign, FIRST)
    with_another = await exchange.contact(campaign, SECOND, THIRD)
    customer = (await exchange.read(Campaign, campaign)).customer_id
    assert await add(FIRST, SECOND, FIRST, customer=customer) == do_not_call.Added(2, 0, 1)
    assert await add(FIRST, SECOND, customer=customer) == do_not_call.Added(0, 2, 0)
    assert (await state(exchange, alone), await state(exchange, with_another)) == (DONE, WAITS)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim) and claim.e164 == THIRD
    assert await exchange.claim(await exchange.operator(campaign)) == Refusal("list_done")


async def test_a_customers_list_is_for_its_own_campaigns_and_the_platforms_for_all(exchange: Exchange):
    first, second = await exchange.campaign(), await exchange.campaign()
    mine, theirs = await exchange.contact(first, FIRST), await exchange.contact(second, FIRST)
    await add(FIRST, customer=(await exchange.read(Campaign, first)).customer_id)
    assert (await state(exchange, mine), await state(exchange, theirs)) == (DONE, WAITS)
    assert (await add(FIRST, source=DoNotCallSource.ADMIN)).contacts_ended == 1
    assert await state(exchange, theirs) == DONE


async def test_a_number_that_comes_with_another_list_is_not_called_either(exchange: Exchange):
    campaign = await exchange.campaign()
    customer = (await exchange.read(Campaign, campaign)).customer_id
    await imported(campaign, (FIRST,))
    await add(FIRST, customer=customer)
    again = await imported(campaign, (FIRST,))
    assert (again.already_there, again.do_not_call) == (1, 0)
    other = await exchange.campaign(customer_id=customer)
    report = await imported(other, (FIRST,), (SECOND, THIRD))
    assert (report.added, report.do_not_call) == (2, 1)
    async with database.session() as s:
        found = "select status, last_outcome from contact where campaign_id = :campaign order by id"
        rows = await s.execute(text(found), {"campaign": other})
        assert [tuple(r) for r in rows] == [("done", "do_not_call"), ("waiting", None)]


async def test_the_promise_outlives_the_contact_and_its_campaigns_list(exchange: Exchange):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, FIRST)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    await exchange.talk(claim, 5)
    await exchange.close(claim, "do_not_call")
    async with database.session() as s:
        for table in ("call_draft", "call", "contact_number", "contact"):
            await s.execute(text(f'delete from "{table}"'))  # erased: nothing of the person is left but the promise
    contact = await exchange.contact(campaign, FIRST)
    assert await exchange.claim(await exchange.operator(campaign)) == Refusal("list_done")
    assert await state(exchange, contact) == DONE


async def test_what_a_contact_asks_in_one_campaign_holds_in_the_customers_others(exchange: Exchange):
    campaign = await exchange.campaign()
    customer = (await exchange.read(Campaign, campaign)).customer_id
    other = await exchange.contact(await exchange.campaign(customer_id=customer), FIRST)
    await exchange.contact(campaign, FIRST)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    await exchange.talk(claim, 5)
    await exchange.close(claim, "do_not_call")
    assert await state(exchange, other) == DONE
    async with database.session() as s:
        (entry,) = await do_not_call.page(s, customer)
    assert (entry.source, entry.call_id) == (DoNotCallSource.CALL, claim.call_id)


async def test_a_contact_forbidden_while_it_is_called_is_done_after_the_call(exchange: Exchange):
    campaign = await exchange.campaign()
    contact = await exchange.contact(campaign, FIRST)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    assert (await add(FIRST)).contacts_ended == 0
    await exchange.talk(claim, None, "NO_ANSWER")
    await exchange.close(claim, "no_answer")
    assert await state(exchange, contact) == DONE


async def test_after_a_wrong_number_a_forbidden_one_is_no_other_chance(exchange: Exchange):
    campaign = await exchange.campaign()
    contact = await exchange.contact(campaign, FIRST, SECOND)
    await add(SECOND)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim) and claim.e164 == FIRST
    await exchange.talk(claim, 5)
    await exchange.close(claim, "wrong_number")
    assert await state(exchange, contact) == (ContactStatus.DONE, Outcome.WRONG_NUMBER)


async def test_forbidden_between_claim_and_dialling_it_is_not_dialled(exchange: Exchange):
    campaign = await exchange.campaign()
    contact = await exchange.contact(campaign, FIRST)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    async with database.session() as s:
        assert await calling_rules.may_dial(s, claim.call_id, exchange.now)
    await add(FIRST)
    async with database.session() as s:
        assert not await calling_rules.may_dial(s, claim.call_id, exchange.now)
        await calls.not_placed(s, claim.call_id, claim.fencing_token, exchange.now, "NOT_ALLOWED")
    assert await state(exchange, contact) == DONE


@pytest.mark.parametrize("late", ["its lease is over", "its lock is another's", "it is night by now"])
async def test_a_claim_that_grew_old_may_not_be_dialled(exchange: Exchange, late: str):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, FIRST)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    now = exchange.now + timedelta(seconds=61 if late == "its lease is over" else 1)
    async with database.session() as s:
        if late == "its lock is another's":
            await s.execute(text("update number_lock set fencing_token = nextval('fencing_token')"))
        elif late == "it is night by now":
            await s.execute(text("delete from campaign_hours"))
        assert not await calling_rules.may_dial(s, claim.call_id, now)


async def test_taking_back_an_entry_brings_back_who_was_ended_by_it_alone(exchange: Exchange):
    campaign = await exchange.campaign()
    customer = (await exchange.read(Campaign, campaign)).customer_id
    asked, listed = await exchange.contact(campaign, FIRST), await exchange.contact(campaign, SECOND)
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim) and claim.contact_id == asked
    await exchange.talk(claim, 5)
    await exchange.close(claim, "do_not_call")
    await add(SECOND, customer=customer)
    async with database.session() as s:
        entries = {e.e164: e.id or 0 for e in await do_not_call.page(s, customer)}
        assert not await do_not_call.remove_own(s, entries[FIRST], customer_id=customer, at=exchange.now)
        assert not await do_not_call.remove_own(s, entries[SECOND], customer_id=customer + 1, at=exchange.now)
        assert await do_not_call.remove_own(s, entries[SECOND], customer_id=customer, at=exchange.now)
        assert not await do_not_call.remove_own(s, entries[SECOND], customer_id=customer, at=exchange.now)
    assert (await state(exchange, asked), await state(exchange, listed)) == (DONE, WAITS)
    async with database.session() as s:
        assert await do_not_call.remove(s, [FIRST, THIRD], customer_id=customer, at=exchange.now) == 1
    assert await state(exchange, asked) == DONE  # said in a call: the number may be called again, this contact is done


async def test_a_list_is_counted_searched_and_read_in_pages(exchange: Exchange):
    customer = (await exchange.read(Campaign, await exchange.campaign())).customer_id
    await add(*(f"+7812555{n:04d}" for n in range(60)), customer=customer)
    await add("+78125559999")
    async with database.session() as s:
        assert (await do_not_call.count(s, customer), await do_not_call.count(s, None)) == (60, 1)
        first = await do_not_call.page(s, customer, limit=50)
        rest = await do_not_call.page(s, customer, limit=50, before=first[-1].id)
        assert (len(first), len(rest)) == (50, 10)
        assert [e.e164 for e in await do_not_call.page(s, customer, digits="50042")] == ["+78125550042"]


def test_pasted_lines_give_numbers_remarks_and_reasons():
    read = number_lines.read(
        "Телефон\n8 (812) 555-00-01; просил не звонить\n\n+7 812 555-00-02, +7 812 555-00-03\n"
        "8 812 555-00-01\nИванов 8 812 555 00 04\n12345\nпусто\n",
        NumberRules("RU"),
    )
    assert read.numbers == {FIRST: "просил не звонить", SECOND: "", THIRD: "", "+78125550004": ""}
    assert [(b.line, b.reason.code) for b in read.bad] == [(7, "too_short"), (8, "not_a_number")]


def test_a_paste_without_end_is_refused_whole():
    with pytest.raises(number_lines.TooManyLines):
        number_lines.read("1\n" * (number_lines.MOST_LINES + 1), NumberRules("RU"))


def test_a_single_line_without_a_digit_is_named_not_taken_for_a_heading():
    assert [b.reason.code for b in number_lines.read("телефон", NumberRules("RU")).bad] == ["not_a_number"]
