"""A contact that is shown before it is dialled: its moment, passing over it, and that nobody sees a call in it."""

from datetime import timedelta

from exchange_domain import books, call_rows, calling_rules, calls, carrier_book, database, line_limits
from exchange_domain.calls import SKIPPED_REST
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.tables import Contact
from exchange_domain.words import CallState, ContactStatus, Outcome, RecordSource

from .conftest import Exchange

FIRST, SECOND = "+78125550001", "+78125550002"


async def previewed(exchange: Exchange, *numbers: str) -> tuple[Claim, tuple[int, int]]:
    campaign = await exchange.campaign()
    await exchange.deposit(campaign, 500_000)
    for number in numbers or (FIRST,):
        await exchange.contact(campaign, number)
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator, preview=True)
    assert isinstance(claim, Claim)
    return claim, operator


async def test_a_shown_contact_has_everything_but_its_moment(exchange: Exchange):
    claim, operator = await previewed(exchange)
    assert claim.dial_at is None
    assert (await exchange.call(claim.call_id)).dial_at is None
    assert await exchange.claim(operator, call_id=claim.call_id) == claim, "the same claim again"
    assert await exchange.claim(operator) == Refusal("call_open")
    assert (await exchange.balance(claim.customer_id)).held > 0
    async with database.session() as s:
        assert await line_limits.moment(s, claim.call_id, exchange.now) == exchange.now
    async with database.session() as s:
        later = await line_limits.moment(s, claim.call_id, exchange.now + timedelta(seconds=5))
    assert later == exchange.now, "a moment is given once"


async def test_moments_after_a_preview_keep_the_carriers_distance(exchange: Exchange):
    campaign = await exchange.campaign()
    async with database.session() as s:
        north = await carrier_book.set_carrier(s, "north", calls_per_second=1.0)
        await carrier_book.set_rates(s, north.id or 0, {"+7": 50})
    moments = []
    for n in range(3):
        await exchange.contact(campaign, f"+7812555010{n}")
        claim = await exchange.claim(await exchange.operator(campaign), preview=True)
        assert isinstance(claim, Claim)
        moments.append(claim)
    at = exchange.now + timedelta(minutes=3)
    async with database.session() as s:
        given = [await line_limits.moment(s, claim.call_id, at) for claim in moments]
    assert given == [at + timedelta(seconds=n) for n in range(3)]


async def test_a_contact_passed_over_rests_and_nothing_is_counted_or_paid(exchange: Exchange):
    claim, operator = await previewed(exchange, FIRST, SECOND)
    for _ in range(2):
        async with database.session() as s:
            await calls.skipped(s, claim.call_id, claim.fencing_token, exchange.now, "known_person")
    call = await exchange.call(claim.call_id)
    assert (call.state, call.hangup_cause, call.note) == (CallState.CLOSED, "SKIPPED", "known_person")
    contact = await exchange.read(Contact, claim.contact_id)
    assert (contact.status, contact.attempts) == (ContactStatus.WAITING, 0)
    assert contact.due_at == exchange.now + SKIPPED_REST
    following = await exchange.claim(operator, preview=True)
    assert isinstance(following, Claim) and following.e164 == SECOND, "its own number is free, but it rests"
    (settled,) = await exchange.settle()
    assert (settled.charge, settled.operator_pay, settled.source) == (0, 0, RecordSource.NOT_PLACED)
    async with database.session() as s:
        assert sum(tally.calls for tally in await calls.totals(s, claim.campaign_id)) == 0
        assert await books.check(s) == []


async def test_who_was_only_shown_is_no_row_of_the_customers_table(exchange: Exchange):
    claim, operator = await previewed(exchange, FIRST, SECOND)
    async with database.session() as s:
        assert await call_rows.page(s, claim.campaign_id) == []
        assert not (await call_rows.one(s, claim.call_id)).dialled
        await calls.not_placed(s, claim.call_id, claim.fencing_token, exchange.now, "RELEASED")
        assert await call_rows.page(s, claim.campaign_id) == []
    second = await exchange.claim(operator, preview=True)
    assert isinstance(second, Claim)
    async with database.session() as s:
        await line_limits.moment(s, second.call_id, exchange.now)
        assert [row.call_id for row in await call_rows.page(s, claim.campaign_id)] == [second.call_id]


async def test_while_it_was_shown_somebody_asked_for_peace(exchange: Exchange):
    from exchange_domain import do_not_call
    from exchange_domain.words import DoNotCallSource

    claim, _ = await previewed(exchange)
    async with database.session() as s:
        assert await calling_rules.may_dial(s, claim.call_id, exchange.now)
        await do_not_call.add(s, [(FIRST, "")], customer_id=claim.customer_id, source=DoNotCallSource.CUSTOMER)
        assert not await calling_rules.may_dial(s, claim.call_id, exchange.now)
        await calls.not_placed(s, claim.call_id, claim.fencing_token, exchange.now, "NOT_ALLOWED")
    contact = await exchange.read(Contact, claim.contact_id)
    assert (contact.status, contact.last_outcome) == (ContactStatus.DONE, Outcome.DO_NOT_CALL)
