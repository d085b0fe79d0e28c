"""Call-backs: at the time, on the number, by the operator that the contact was promised, and what if she is away."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from exchange_domain import added_contacts, calls, campaigns, database, flags, shifts
from exchange_domain.call_backs import GRACE
from exchange_domain.calls import NOT_PLACED_REST
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.hours import every_day
from exchange_domain.tables import Contact
from exchange_domain.words import FlagKind

from .conftest import Exchange

FIRST, SECOND, THIRD, FOURTH = (f"+7812555000{n}" for n in range(1, 5))
Operator = tuple[int, int]


class Promised:
    """A campaign of two contacts and an operator who promised the first of them a call-back in an hour."""

    def __init__(self, exchange: Exchange, campaign: int, contact: int, operator: Operator):
        self.exchange, self.campaign, self.contact, self.operator = exchange, campaign, contact, operator
        self.due = exchange.now + timedelta(hours=1)

    async def row(self) -> Contact:
        return await self.exchange.read(Contact, self.contact)


async def promise(exchange: Exchange, *, bound: bool = True, numbers: tuple[str, ...] = (FIRST,), **limits: int):
    campaign = await exchange.campaign(**limits)
    contact = await exchange.contact(campaign, *numbers)
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    await exchange.talk(claim, 5)
    made = Promised(exchange, campaign, contact, operator)
    await exchange.close(claim, "call_back", call_back_at=made.due, call_back_bound=bound)
    await exchange.contact(campaign, FOURTH, name="Список")
    return made


async def given(exchange: Exchange, operator: Operator, at: datetime) -> int | str:
    """The contact's id, or the refusal's code."""
    found = await exchange.claim(operator, at=at)
    return found.contact_id if isinstance(found, Claim) else found.code


@pytest.mark.parametrize("bound", [True, False])
async def test_a_due_call_back_comes_before_the_list(exchange: Exchange, bound: bool):
    made = await promise(exchange, bound=bound)
    early = await exchange.claim(made.operator, at=made.due - timedelta(seconds=1))
    assert isinstance(early, Claim) and early.contact_id != made.contact
    await exchange.talk(early, 5)
    await exchange.close(early, "refused")
    await exchange.contact(made.campaign, THIRD)
    assert await given(exchange, made.operator, made.due) == made.contact


async def test_her_own_call_back_comes_before_anyones_that_is_due_longer(exchange: Exchange):
    made = await promise(exchange, numbers=(FIRST,))
    earlier = await exchange.contact(made.campaign, SECOND)
    async with database.session() as s:
        await s.execute(
            text("update contact set last_outcome = 'call_back', due_at = :due where id = :id"),
            {"due": made.due - timedelta(minutes=20), "id": earlier},
        )
    assert await given(exchange, made.operator, made.due) == made.contact
    assert await given(exchange, await exchange.operator(made.campaign), made.due) == earlier


async def test_a_bound_call_back_is_kept_for_her_while_she_is_on_shift_and_then_given_to_anyone(exchange: Exchange):
    made = await promise(exchange)
    other = await exchange.operator(made.campaign)
    list_contact = await exchange.claim(other, at=made.due)
    assert isinstance(list_contact, Claim) and list_contact.contact_id != made.contact
    await exchange.talk(list_contact, 5)
    await exchange.close(list_contact, "refused")
    assert await given(exchange, other, made.due + GRACE - timedelta(seconds=1)) == "nothing_due"
    assert await given(exchange, other, made.due + GRACE) == made.contact


@pytest.mark.parametrize("away", ["her shift is over", "she is suspended", "she works for another campaign"])
async def test_who_is_away_when_it_is_due_does_not_keep_the_contact_waiting(exchange: Exchange, away: str):
    made = await promise(exchange)
    async with database.session() as s:
        if away == "her shift is over":
            await shifts.end(s, made.operator[1], exchange.now)
        elif away == "she is suspended":
            await s.execute(text("update account set suspended_at = now() where id = :id"), {"id": made.operator[0]})
        else:
            elsewhere = await exchange.campaign()
            await s.execute(text("update shift set campaign_id = :campaign"), {"campaign": elsewhere})
    other = await exchange.operator(made.campaign)
    assert await given(exchange, other, made.due) == made.contact


async def test_anyones_call_back_is_anyones(exchange: Exchange):
    made = await promise(exchange, bound=False)
    assert (await made.row()).bound_to is None
    assert await given(exchange, await exchange.operator(made.campaign), made.due) == made.contact


async def test_it_is_made_on_the_number_it_was_asked_on(exchange: Exchange):
    made = await promise(exchange, numbers=(FIRST, SECOND))
    found = await exchange.claim(made.operator, at=made.due)
    assert isinstance(found, Claim) and found.e164 == FIRST
    await exchange.talk(found, None, "NO_ANSWER")
    await exchange.close(found, "no_answer", at=made.due)
    after_that = await exchange.claim(made.operator, at=made.due + timedelta(days=1))
    assert isinstance(after_that, Claim)
    await exchange.talk(after_that, 5)
    await exchange.close(after_that, "refused")
    last = await exchange.claim(made.operator, at=made.due + timedelta(days=1))
    assert {after_that.e164, last.e164 if isinstance(last, Claim) else ""} == {SECOND, FOURTH}


async def test_a_call_back_that_was_tried_is_bound_to_nobody(exchange: Exchange):
    made = await promise(exchange)
    found = await exchange.claim(made.operator, at=made.due)
    assert isinstance(found, Claim)
    await exchange.talk(found, None, "NO_ANSWER")
    await exchange.close(found, "no_answer", at=made.due)
    row = await made.row()
    assert (row.bound_to, row.last_outcome, row.status) == (None, "no_answer", "waiting")


async def test_a_call_back_that_was_not_placed_is_still_hers_and_costs_no_attempt(exchange: Exchange):
    made = await promise(exchange)
    found = await exchange.claim(made.operator, at=made.due)
    assert isinstance(found, Claim)
    async with database.session() as s:
        await calls.not_placed(s, found.call_id, found.fencing_token, made.due, "GATEWAY_DOWN")
    row = await made.row()
    assert (row.bound_to, row.last_outcome, row.status, row.attempts) == (made.operator[0], "call_back", "waiting", 0)
    assert row.due_at == made.due + NOT_PLACED_REST
    assert await given(exchange, made.operator, made.due + NOT_PLACED_REST) == made.contact


async def test_outside_calling_hours_it_waits_for_the_opening_and_only_then_its_grace_begins(exchange: Exchange):
    exchange.now = datetime(2026, 3, 2, 12, tzinfo=UTC)  # three in the afternoon in Moscow
    campaign = await exchange.campaign()
    async with database.session() as s:
        await campaigns.set_hours(s, campaign, every_day(time(9), time(20)))
    contact = await exchange.contact(campaign, FIRST)
    operator, other = await exchange.operator(campaign), await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    await exchange.talk(claim, 5)
    asked = datetime(2026, 3, 2, 19, tzinfo=UTC)  # ten in the evening
    await exchange.close(claim, "call_back", call_back_at=asked, call_back_bound=True)
    opening = datetime(2026, 3, 3, 6, tzinfo=UTC)
    assert (await exchange.read(Contact, contact)).due_at == opening
    assert await exchange.claim(operator, at=asked + timedelta(minutes=1)) == Refusal("nothing_due", opening)
    assert await given(exchange, other, opening + GRACE - timedelta(seconds=1)) == "nothing_due"
    assert await given(exchange, operator, opening + GRACE - timedelta(seconds=1)) == contact


async def test_it_waits_for_the_numbers_minimum_gap_too(exchange: Exchange):
    made = await promise(exchange, min_gap_s=7200)
    row = await made.row()
    assert row.due_at == exchange.now + timedelta(seconds=5 + 7200)
    assert await given(exchange, made.operator, row.due_at) == made.contact


async def test_bound_means_nothing_with_another_outcome(exchange: Exchange):
    made = await promise(exchange)
    found = await exchange.claim(made.operator, at=made.due)
    assert isinstance(found, Claim)
    await exchange.talk(found, 5)
    await exchange.close(found, "dropped", at=made.due, call_back_bound=True)
    assert (await made.row()).bound_to is None


async def added(call: UUID, operator: Operator, number: str) -> None:
    async with database.session() as s:
        await added_contacts.add(s, call, operator[0], "Анна", number)


async def test_binding_to_herself_a_contact_whose_number_she_entered_is_flagged_and_left_to_anyone(exchange: Exchange):
    first, second = await exchange.campaign(), await exchange.campaign()
    await exchange.contact(first, FIRST)
    contact = await exchange.contact(second, SECOND)
    operator = await exchange.operator(first)
    earlier = await exchange.claim(operator)
    assert isinstance(earlier, Claim)
    await exchange.talk(earlier, 5)
    await exchange.close(earlier, "refused")
    async with database.session() as s:
        await s.execute(text("update shift set campaign_id = :c where id = :id"), {"c": second, "id": operator[1]})
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim) and claim.contact_id == contact
    await added(earlier.call_id, operator, SECOND)
    await exchange.talk(claim, 5)
    await exchange.close(claim, "call_back", call_back_at=exchange.now, call_back_bound=True)
    assert (await exchange.read(Contact, contact)).bound_to is None
    async with database.session() as s:
        (flag,) = await flags.open_flags(s, FlagKind.OWN_CONTACT)
        assert (flag.operator_id, flag.campaign_id, flag.call_id) == (operator[0], second, claim.call_id)
    later = exchange.now + timedelta(hours=1)
    assert await given(exchange, operator, later) == "nothing_due"
    assert await given(exchange, await exchange.operator(second), later) == contact


async def test_entering_a_number_unbinds_the_call_back_promised_on_it(exchange: Exchange):
    made = await promise(exchange)
    elsewhere = await exchange.campaign()
    await exchange.contact(elsewhere, THIRD)
    async with database.session() as s:
        await s.execute(text("update shift set campaign_id = :c"), {"c": elsewhere})
    claim = await exchange.claim(made.operator)
    assert isinstance(claim, Claim)
    await added(claim.call_id, made.operator, FIRST)
    assert (await made.row()).bound_to is None
