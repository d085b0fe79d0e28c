"""A contact is never lost: waiting, working or done; a waiting one is claimable in time, or something says why not.

Also: a number rests for the larger of both campaigns' gaps, and no claim walks past the same obstacles twice."""

import random
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from exchange_domain import added_contacts, calling_rules, calls, campaigns, database, do_not_call, flags
from exchange_domain.added_contacts import AddContactError
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.hours import every_day
from exchange_domain.outcomes import after
from exchange_domain.tables import Campaign, Contact
from exchange_domain.words import RETRIED, ContactStatus, DoNotCallSource, FlagKind, Outcome
from tests.thorough import figure

from .conftest import Exchange

MANY = figure(1500, 6000)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def number(n: int) -> str:
    return f"+7812555{n:04d}"


# --- the rules, pure ------------------------------------------------------------------------------------------------


@given(
    st.sampled_from(list(Outcome)), st.integers(1, 30), st.integers(1, 20), st.integers(0, 2_592_000), st.booleans(),
    st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),
)  # fmt: skip
def test_after_every_outcome_a_contact_is_done_or_due_and_never_before_now(
    outcome, attempts, max_attempts, delay_s, other_numbers, call_back_at
):
    left = after(
        outcome, now=NOW, attempts=attempts, max_attempts=max_attempts, delay=timedelta(seconds=delay_s),
        other_numbers=other_numbers, call_back_at=call_back_at,
    )  # fmt: skip
    assert left.done == (left.due_at is None)
    assert left.done or (left.due_at is not None and left.due_at >= NOW)
    assert left.do_not_call == (outcome == Outcome.DO_NOT_CALL)
    assert left.number_is_wrong == (outcome == Outcome.WRONG_NUMBER)
    if outcome in RETRIED:
        assert left.counts and left.done == (attempts >= max_attempts)
        assert left.done or left.due_at == NOW + timedelta(seconds=delay_s)
    if outcome == Outcome.CALL_BACK:
        assert not left.done and not left.counts and left.due_at == max(NOW, call_back_at or NOW + HOUR)


# --- gaps -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
async def test_the_larger_of_both_campaigns_gaps_counts(exchange: Exchange, seed: int):
    chance = random.Random(seed)
    exchange.now = NOW
    gaps = [chance.choice([0, 60, 600, 3600]) for _ in range(3)]
    made = [await exchange.campaign(min_gap_s=gap, max_attempts=20) for gap in gaps]
    operators = [await exchange.operator(campaign) for campaign in made]
    for campaign in made:
        await exchange.contact(campaign, number(1))
    ended: datetime | None = None
    last_gap = 0
    for _ in range(12):
        exchange.now += timedelta(seconds=chance.choice([1, 59, 61, 540, 3000, 40_000]))
        which = chance.randrange(3)
        async with database.session() as s:
            due = text("update contact set due_at = :now, attempts = 0 where status = 'waiting'")
            await s.execute(due, {"now": exchange.now})
        found = await exchange.claim(operators[which])
        rest = timedelta(seconds=max(last_gap, gaps[which]))
        free = ended is None or exchange.now >= ended + rest
        if isinstance(found, Refusal) and found.code == "daily_cap":
            continue
        assert isinstance(found, Claim) == free, (gaps, which, exchange.now, ended)
        if isinstance(found, Refusal):
            assert ended is not None and found.until == ended + rest
            continue
        await exchange.talk(found, 7)
        ended, last_gap = exchange.now + timedelta(seconds=7), gaps[which]
        await exchange.close(found, "busy", at=ended)


async def test_a_call_that_was_not_placed_makes_no_number_rest(exchange: Exchange):
    first, second = await exchange.campaign(min_gap_s=3600), await exchange.campaign()
    await exchange.contact(first, number(1))
    await exchange.contact(second, number(1))
    claim = await exchange.claim(await exchange.operator(first))
    assert isinstance(claim, Claim)
    async with database.session() as s:
        await calls.not_placed(s, claim.call_id, claim.fencing_token, exchange.now, "GATEWAY_DOWN")
    assert isinstance(await exchange.claim(await exchange.operator(second)), Claim)


# --- what is in the way is moved on ---------------------------------------------------------------------------------


async def test_behind_thousands_that_rest_or_are_forbidden_the_callable_one_is_found(exchange: Exchange):
    exchange.now = NOW
    campaign = await exchange.campaign(min_gap_s=3600)
    async with database.session() as s:
        many = {"many": MANY, "campaign": campaign, "now": NOW, "due": NOW - HOUR}
        await s.execute(
            text("insert into contact (campaign_id, time_zone, due_at) "
                 "select :campaign, 'Europe/Moscow', cast(:due as timestamptz) from generate_series(1, :many)"), many
        )  # fmt: skip
        await s.execute(
            text("insert into contact_number (contact_id, campaign_id, e164) "
                 "select id, campaign_id, '+7' || (9000000000 + id) from contact")
        )  # fmt: skip
        await s.execute(
            text("insert into number_lock (e164, call_id, fencing_token, leased_until, called_at) "
                 "select e164, gen_random_uuid(), 1, cast(:due as timestamptz), cast(:now as timestamptz) "
                 "from contact_number where id % 2 = 0"), many
        )  # fmt: skip
        await s.execute(text("insert into do_not_call (e164) select e164 from contact_number where id % 2 = 1"))
    last = await exchange.contact(campaign, number(1))
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim) and claim.contact_id == last
    async with database.session() as s:
        rows = await s.execute(text(
            "select status, last_outcome, due_at, count(*) from contact where status <> 'working' group by 1, 2, 3"
        ))  # fmt: skip
        assert {tuple(r) for r in rows} == {
            ("waiting", None, NOW + HOUR, MANY // 2), ("done", "do_not_call", NOW - HOUR, MANY // 2)
        }  # fmt: skip


async def test_a_contact_whose_numbers_are_all_wrong_is_done(exchange: Exchange):
    campaign = await exchange.campaign()
    contact = await exchange.contact(campaign, number(1))
    async with database.session() as s:
        await s.execute(text("update contact_number set state = 'wrong'"))
    assert await exchange.claim(await exchange.operator(campaign)) == Refusal("list_done")
    row = await exchange.read(Contact, contact)
    assert (row.status, row.last_outcome) == (ContactStatus.DONE, Outcome.WRONG_NUMBER)


async def test_numbers_are_tried_in_their_order_and_attempts_are_counted_for_the_contact(exchange: Exchange):
    campaign = await exchange.campaign(max_attempts=4)
    contact = await exchange.contact(campaign, number(1), number(2), number(3))
    operator = await exchange.operator(campaign)
    dialled = []
    for attempt in range(1, 5):
        claim = await exchange.claim(operator)
        assert isinstance(claim, Claim) and claim.attempt == attempt
        dialled.append(claim.e164)
        await exchange.talk(claim, None, "NO_ANSWER")
        await exchange.close(claim, "no_answer")
        exchange.now += timedelta(hours=3)
    assert dialled == [number(1), number(2), number(3), number(1)]
    assert (await exchange.read(Contact, contact)).status == ContactStatus.DONE


# --- own and doubled contacts ---------------------------------------------------------------------------------------


async def entered(exchange: Exchange, e164: str) -> tuple[tuple[int, int], Claim]:
    """An operator in a call, who has entered a contact with this number."""
    campaign = await exchange.campaign()
    await exchange.contact(campaign, number(900))
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    async with database.session() as s:
        await added_contacts.add(s, claim.call_id, operator[0], "Анна", e164)
    return operator, claim


async def test_a_number_she_entered_is_not_given_to_her_in_any_campaign_though_it_came_with_a_list(exchange: Exchange):
    operator, claim = await entered(exchange, number(1))
    await exchange.talk(claim, 5)
    await exchange.close(claim, "refused")
    elsewhere = await exchange.campaign()
    contact = await exchange.contact(elsewhere, number(2), number(1))
    async with database.session() as s:
        await s.execute(text("update shift set campaign_id = :campaign"), {"campaign": elsewhere})
    assert await exchange.claim(operator) == Refusal("nothing_due")
    other = await exchange.claim(await exchange.operator(elsewhere))
    assert isinstance(other, Claim) and other.contact_id == contact
    async with database.session() as s:
        assert await flags.open_flags(s, FlagKind.OWN_CONTACT) == []  # she did not try to reach it


async def test_a_number_that_is_there_is_refused_and_each_try_counts_on_one_flag(exchange: Exchange):
    operator, claim = await entered(exchange, number(1))
    await exchange.contact(claim.campaign_id, number(2))
    for _ in range(3):
        async with database.session() as s:
            with pytest.raises(AddContactError) as refused:
                await added_contacts.add(s, claim.call_id, operator[0], "Пётр", number(2))
            assert refused.value.code == "already_there"
    async with database.session() as s:
        (flag,) = await flags.open_flags(s)
        assert (flag.kind, flag.count) == (FlagKind.DUPLICATE_CONTACT, 3)
        assert (flag.operator_id, flag.campaign_id, flag.call_id) == (operator[0], claim.campaign_id, claim.call_id)
        assert flag.details == {}


async def test_the_same_person_said_twice_in_one_call_is_no_duplicate(exchange: Exchange):
    operator, claim = await entered(exchange, number(1))
    async with database.session() as s:
        await added_contacts.add(s, claim.call_id, operator[0], "Анна", number(1))
        assert await flags.open_flags(s) == []


async def test_a_forbidden_number_cannot_be_entered(exchange: Exchange):
    operator, claim = await entered(exchange, number(1))
    async with database.session() as s:
        await do_not_call.add(s, [(number(5), "")], customer_id=None, source=DoNotCallSource.ADMIN)
        with pytest.raises(AddContactError, match="do_not_call"):
            await added_contacts.add(s, claim.call_id, operator[0], "Пётр", number(5))


# --- never lost -----------------------------------------------------------------------------------------------------

CAUSES = {"no_answer": "NO_ANSWER", "busy": "USER_BUSY", "unreachable": "UNALLOCATED"}


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_every_contact_is_called_to_its_end_or_says_why_not(exchange: Exchange, seed: int):
    """Random outcomes, lists, holidays of the clock, call-backs, unplaced calls; time goes on to the moment which the
    refusal names, so that a contact which nothing ever brings back is found as a list that does not end."""
    chance = random.Random(seed)
    exchange.now = NOW
    values = {"min_gap_s": chance.choice([0, 600]), "max_attempts": chance.choice([1, 3]), "holidays_off": True}
    if chance.random() < 0.5:
        values["max_calls_per_day"] = 5
    campaign = await exchange.campaign(**values)
    customer = (await exchange.read(Campaign, campaign)).customer_id
    async with database.session() as s:
        await campaigns.set_hours(s, campaign, every_day(time(9), time(20))[: chance.choice([5, 7])])
    zones = ("Europe/Moscow", "Asia/Vladivostok", "America/New_York")
    for n in range(8):
        numbers = [number(10 * n + k) for k in range(chance.choice([1, 1, 2]))]
        await exchange.contact(campaign, *numbers, zone=chance.choice(zones))
    operators = [await exchange.operator(campaign) for _ in range(3)]
    for _ in range(400):
        operator = chance.choice(operators)
        found = await exchange.claim(operator)
        if isinstance(found, Refusal):
            if found.code == "list_done":
                break
            # Bound to another who is on shift: it is given to anyone when the grace is over.
            assert found.until is not None or found.code == "nothing_due", found
            assert found.until is None or found.until > exchange.now
            exchange.now = found.until or exchange.now + timedelta(minutes=10)
            continue
        await _call(exchange, chance, found, customer)
        exchange.now += timedelta(seconds=chance.choice([5, 120]))
        async with database.session() as s:
            states = await s.execute(text(
                "select count(*) from contact c where (c.status = 'working') <> exists "
                "(select from call k where k.contact_id = c.id and k.state <> 'closed')"
            ))  # fmt: skip
            assert states.scalar_one() == 0
    else:
        pytest.fail("the list does not end")
    async with database.session() as s:
        rows = (await s.execute(text("select status, last_outcome from contact"))).all()
    assert all(status == "done" and outcome for status, outcome in rows)


async def _call(exchange: Exchange, chance: random.Random, claim: Claim, customer: int) -> None:
    async with database.session() as s:
        may = await calling_rules.may_dial(s, claim.call_id, exchange.now)
        if chance.random() < 0.1:
            await do_not_call.add(s, [(claim.e164, "")], customer_id=customer, source=DoNotCallSource.CUSTOMER)
    assert may
    if chance.random() < 0.15:
        async with database.session() as s:
            await calls.not_placed(s, claim.call_id, claim.fencing_token, exchange.now, "GATEWAY_DOWN")
        return
    outcome = chance.choice([o.value for o in Outcome])
    await exchange.talk(claim, None if outcome in CAUSES else 5, CAUSES.get(outcome, "NORMAL_CLEARING"))
    exchange.now += timedelta(seconds=5)
    back = exchange.now + timedelta(minutes=chance.randrange(2000)) if outcome == "call_back" else None
    await exchange.close(claim, outcome, call_back_at=back, call_back_bound=chance.random() < 0.5)
