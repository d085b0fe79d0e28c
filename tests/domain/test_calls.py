"""What becomes of a call and its contact; among them the flaws of the first prototype, kept away by name."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from exchange_domain import added_contacts, calls, database, drafts
from exchange_domain.added_contacts import AddContactError
from exchange_domain.calls import BadDisposition, LeaseLost
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.tables import CampaignTally, Contact, ContactNumber, DoNotCall
from exchange_domain.words import CallState, ContactStatus, NumberState, Outcome

from .conftest import Exchange

FIRST, SECOND, THIRD = "+78125550001", "+78125550002", "+78125550003"


async def claimed(exchange: Exchange, *numbers: str, **limits: int) -> tuple[Claim, tuple[int, int]]:
    campaign = await exchange.campaign(**limits)
    await exchange.contact(campaign, *(numbers or (FIRST,)))
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    return claim, operator


@pytest.mark.prototype_flaw
async def test_result_text_is_kept(exchange: Exchange):
    claim, (operator, _) = await claimed(exchange)
    async with database.session() as s:
        await drafts.save_field(s, claim.call_id, operator, "comment", "Хочет «дуб», 2 м")
        await drafts.save_note(s, claim.call_id, operator, "перезвонить после обеда")
        await drafts.save_field(s, claim.call_id, operator, "size", "2,5")
    await exchange.talk(claim, 40)
    await exchange.close(claim, "success", note="перезвонить после обеда", result={"size": "3"})
    call = await exchange.call(claim.call_id)
    assert call.result == {"comment": "Хочет «дуб», 2 м", "size": "3"}
    assert call.note == "перезвонить после обеда"


@pytest.mark.prototype_flaw
async def test_what_was_typed_is_kept_when_nobody_chose_a_disposition(exchange: Exchange):
    claim, (operator, _) = await claimed(exchange)
    async with database.session() as s:
        await drafts.save_field(s, claim.call_id, operator, "size", "не число")
    await exchange.talk(claim, 40)
    async with database.session() as s:
        closed = await calls.close(s, claim.call_id, at=exchange.now)
    assert closed.outcome == Outcome.DROPPED
    assert (await exchange.call(claim.call_id)).result == {"size": "не число"}


@pytest.mark.prototype_flaw
async def test_not_interested_is_not_a_success(exchange: Exchange):
    claim, _ = await claimed(exchange)
    await exchange.talk(claim, 30)
    await exchange.close(claim, "refused")
    async with database.session() as s:
        tallies = {t.outcome: t.calls for t in await calls.totals(s, claim.campaign_id)}
    assert tallies == {"refused": 1}
    await exchange.record(claim, 30)
    (settled,) = await exchange.settle()
    assert settled.charge == 1500 + 300  # an answered call and half a minute, no price of a success


@pytest.mark.prototype_flaw
async def test_a_wrong_number_moves_the_contact_to_its_next_number(exchange: Exchange):
    claim, operator = await claimed(exchange, FIRST, SECOND)
    await exchange.talk(claim, 5)
    await exchange.close(claim, "wrong_number")
    again = await exchange.claim(operator)
    assert isinstance(again, Claim) and (again.contact_id, again.e164) == (claim.contact_id, SECOND)
    async with database.session() as s:
        states = await s.execute(text("select e164, state from contact_number order by position"))
        assert [tuple(r) for r in states] == [(FIRST, NumberState.WRONG), (SECOND, NumberState.GOOD)]
    await exchange.talk(again, 5)
    await exchange.close(again, "wrong_number")
    assert (await exchange.read(Contact, claim.contact_id)).status == ContactStatus.DONE


@pytest.mark.prototype_flaw
async def test_a_dropped_line_moves_the_contact_on(exchange: Exchange):
    claim, operator = await claimed(exchange)
    await exchange.talk(claim, 5)
    await exchange.close(claim, "dropped")
    contact = await exchange.read(Contact, claim.contact_id)
    assert (contact.status, contact.due_at) == (ContactStatus.WAITING, exchange.now + timedelta(minutes=10))
    assert isinstance(await exchange.claim(operator), Refusal)
    assert isinstance(await exchange.claim(operator, at=exchange.now + timedelta(minutes=11)), Claim)


async def test_attempts_run_out(exchange: Exchange):
    claim, operator = await claimed(exchange, max_attempts=2)
    await exchange.talk(claim, None, "NO_ANSWER")
    await exchange.close(claim, "no_answer")
    later = exchange.now + timedelta(hours=3)
    again = await exchange.claim(operator, at=later)
    assert isinstance(again, Claim) and again.attempt == 2
    await exchange.talk(again, None, "NO_ANSWER")
    await exchange.close(again, "no_answer", at=later)
    assert (await exchange.read(Contact, claim.contact_id)).status == ContactStatus.DONE


async def test_do_not_call_is_for_good(exchange: Exchange):
    claim, _ = await claimed(exchange)
    await exchange.talk(claim, 5)
    await exchange.close(claim, "do_not_call")
    async with database.session() as s:
        kept = (await s.execute(text("select e164, customer_id, call_id from do_not_call"))).one()
    assert tuple(kept) == (FIRST, claim.customer_id, claim.call_id)
    assert (await exchange.read(Contact, claim.contact_id)).status == ContactStatus.DONE
    assert DoNotCall.__tablename__ == "do_not_call"


async def test_a_call_back_waits_for_its_time(exchange: Exchange):
    claim, operator = await claimed(exchange)
    await exchange.talk(claim, 5)
    asked = exchange.now + timedelta(days=1)
    await exchange.close(claim, "call_back", call_back_at=asked)
    assert isinstance(await exchange.claim(operator), Refusal)
    assert isinstance(await exchange.claim(operator, at=asked), Claim)


async def test_closing_twice_changes_nothing(exchange: Exchange):
    claim, _ = await claimed(exchange)
    await exchange.talk(claim, 5)
    first = await exchange.close(claim, "success")
    second = await exchange.close(claim, "refused")
    assert (first.first_time, second.first_time, second.outcome) == (True, False, Outcome.SUCCESS)
    async with database.session() as s:
        assert [t.calls for t in await calls.totals(s, claim.campaign_id)] == [1]


async def test_a_disposition_of_another_campaign_is_refused(exchange: Exchange):
    claim, _ = await claimed(exchange)
    other = await exchange.disposition(await exchange.campaign(), "success")
    await exchange.talk(claim, 5)
    with pytest.raises(BadDisposition):
        async with database.session() as s:
            await calls.close(s, claim.call_id, disposition_id=other, at=exchange.now)
    assert (await exchange.call(claim.call_id)).state == CallState.WRAP_UP


async def test_answers_that_do_not_fit_are_named_and_nothing_is_lost(exchange: Exchange):
    claim, _ = await claimed(exchange)
    await exchange.talk(claim, 5)
    with pytest.raises(BadDisposition) as refused:
        await exchange.close(claim, "success", result={"size": "широкий"})
    assert refused.value.problems == [("size", "not_a_number")]


async def test_who_lost_the_lease_changes_nothing(exchange: Exchange):
    claim, _ = await claimed(exchange)
    stale = claim.fencing_token - 1
    for step in (
        lambda s: calls.ringing(s, claim.call_id, stale, exchange.now),
        lambda s: calls.answered(s, claim.call_id, stale, exchange.now, None),
        lambda s: calls.ended(s, claim.call_id, stale, exchange.now, cause="X", ended_by="contact"),
        lambda s: calls.not_placed(s, claim.call_id, stale, exchange.now),
    ):
        with pytest.raises(LeaseLost):
            async with database.session() as s:
                await step(s)
    assert (await exchange.call(claim.call_id)).state == CallState.CLAIMED


async def test_a_lock_taken_over_refuses_the_old_engine(exchange: Exchange):
    claim, _ = await claimed(exchange)
    async with database.session() as s:
        await s.execute(text("update number_lock set fencing_token = nextval('fencing_token')"))
    with pytest.raises(LeaseLost):
        async with database.session() as s:
            await calls.answered(s, claim.call_id, claim.fencing_token, exchange.now, None)


async def test_who_lost_the_lease_still_ends_its_own_call_and_frees_nothing(exchange: Exchange):
    claim, _ = await claimed(exchange)
    async with database.session() as s:
        await s.execute(
            text("update number_lock set fencing_token = nextval('fencing_token'), leased_until = '2100-01-01'")
        )
    async with database.session() as s:
        await calls.ended(s, claim.call_id, claim.fencing_token, exchange.now, cause="X", ended_by="switch")
    async with database.session() as s:
        await calls.close(s, claim.call_id, at=exchange.now)
        assert (await s.execute(text("select leased_until from number_lock"))).scalar_one().year == 2100
    assert len(await exchange.settle(after=timedelta(seconds=200))) == 1
    assert await exchange.books() == []


@pytest.mark.prototype_flaw
async def test_an_added_contact_is_stored_once_with_its_name_and_number(exchange: Exchange):
    claim, (operator, _) = await claimed(exchange)
    async with database.session() as s:
        first = await added_contacts.add(s, claim.call_id, operator, "  Анна   Белова ", "8 (812) 555-00-03")
    async with database.session() as s:
        assert await added_contacts.add(s, claim.call_id, operator, "Анна Белова", THIRD) == first
        rows = await s.execute(
            text("select c.name, n.e164, n.person_name from contact c join contact_number n on n.contact_id = c.id "
                 "where c.added_by is not null")
        )  # fmt: skip
        assert [tuple(r) for r in rows] == [("Анна Белова", THIRD, "Анна Белова")]


@pytest.mark.prototype_flaw
async def test_an_added_contact_is_never_given_to_who_added_it(exchange: Exchange):
    claim, operator = await claimed(exchange)
    async with database.session() as s:
        added = await added_contacts.add(s, claim.call_id, operator[0], "Анна", THIRD)
    await exchange.talk(claim, 5)
    await exchange.close(claim, "refused")
    assert isinstance(await exchange.claim(operator, at=exchange.now + timedelta(days=30)), Refusal)
    other = await exchange.operator(claim.campaign_id)
    given = await exchange.claim(other, at=exchange.now + timedelta(minutes=1))
    assert isinstance(given, Claim) and given.contact_id == added


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [
        ("", THIRD, "no_name"),
        ("Анна", "12", "bad_number"),
        ("Анна", FIRST, "already_there"),
        ("я" * 201, THIRD, "name_too_long"),
    ],
)  # fmt: skip
async def test_a_contact_that_cannot_be_added_says_why(exchange: Exchange, name: str, number: str, code: str):
    claim, (operator, _) = await claimed(exchange)
    with pytest.raises(AddContactError) as refused:
        async with database.session() as s:
            await added_contacts.add(s, claim.call_id, operator, name, number)
    assert refused.value.code == code
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from contact"))).scalar_one() == 1
    assert ContactNumber and CampaignTally


async def test_nobody_adds_to_or_writes_in_anothers_call(exchange: Exchange):
    claim, _ = await claimed(exchange)
    stranger, _ = await exchange.operator(claim.campaign_id)
    with pytest.raises(AddContactError):
        async with database.session() as s:
            await added_contacts.add(s, claim.call_id, stranger, "Анна", THIRD)
    with pytest.raises(drafts.NotYours):
        async with database.session() as s:
            await drafts.save_note(s, claim.call_id, stranger, "чужое")
