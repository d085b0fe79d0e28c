"""A call is settled by the best witness there is, and a record that comes late has the last word."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from exchange_domain import calls, correcting, costs, database, flags, ledger, leg_events
from exchange_domain.claiming import Claim
from exchange_domain.correcting import difference
from exchange_domain.ledger import Kind
from exchange_domain.leg_events import Said
from exchange_domain.settling import Settled
from exchange_domain.tables import Recording, Settlement
from exchange_domain.words import UNSEEN_END, FlagKind, LegEventKind, RecordingState, RecordSource

from .conftest import Exchange

AFTER_THE_GRACE = timedelta(seconds=2000)


async def claimed(exchange: Exchange, **limits: int) -> Claim:
    campaign = await exchange.campaign(**limits)
    await exchange.contact(campaign, "+78125550001")
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    return claim


async def said(exchange: Exchange, claim: Claim, kind: LegEventKind, seconds: float, answered: bool = True) -> None:
    at = exchange.now + timedelta(seconds=seconds)
    async with database.session() as s:
        event = Said(claim.call_id, kind, at, exchange.now if answered else None, "NORMAL_CLEARING", "core", 7)
        await leg_events.append(s, [event, event])


async def found_gone(exchange: Exchange, claim: Claim, seconds: int, *, answered: bool = True) -> None:
    """The engine was dead at the end: it asks so many seconds after the answer, and the leg is not there."""
    async with database.session() as s:
        await calls.ringing(s, claim.call_id, claim.fencing_token, exchange.now)
        if answered:
            await calls.answered(s, claim.call_id, claim.fencing_token, exchange.now, None)
        at = exchange.now + timedelta(seconds=seconds)
        await calls.ended(s, claim.call_id, claim.fencing_token, at, cause=UNSEEN_END, ended_by="switch")


async def correct(exchange: Exchange) -> list[Settled]:
    async with database.session() as s:
        return await correcting.correct_due(s, exchange.now + AFTER_THE_GRACE)


async def open_flags(kind: FlagKind) -> list[dict]:
    async with database.session() as s:
        return [flag.details for flag in await flags.open_flags(s, kind)]


async def settlement(exchange: Exchange, claim: Claim) -> Settlement:
    return await exchange.read(Settlement, claim.call_id)


async def settled_by_events(exchange: Exchange, seconds: int = 40, outcome: str = "refused") -> Claim:
    claim = await claimed(exchange)
    await exchange.talk(claim, seconds)
    await exchange.close(claim, outcome)
    (settled,) = await exchange.settle(after=AFTER_THE_GRACE)
    assert settled.source == RecordSource.EVENT
    return claim


async def test_without_a_record_the_log_of_events_says_the_length_to_the_second(exchange: Exchange):
    claim = await claimed(exchange)
    await found_gone(exchange, claim, 300)
    for kind, seconds in ((LegEventKind.ANSWERED, 0), (LegEventKind.HUNGUP, 61), (LegEventKind.COMPLETED, 62)):
        await said(exchange, claim, kind, seconds)
    await exchange.close(claim, "success")
    (settled,) = await exchange.settle(after=AFTER_THE_GRACE)
    assert (settled.source, settled.charge) == (RecordSource.EVENT, 1500 + 620 + 6000)
    assert await open_flags(FlagKind.RECORD_MISSING) == []
    assert await exchange.books() == []


async def test_the_end_tells_of_an_answer_that_nobody_saw(exchange: Exchange):
    claim = await claimed(exchange)
    await found_gone(exchange, claim, 300, answered=False)
    await said(exchange, claim, LegEventKind.HUNGUP, 30)
    await exchange.close(claim, "refused")
    (settled,) = await exchange.settle(after=AFTER_THE_GRACE)
    assert settled.charge == 1500 + 300


async def test_the_end_tells_that_nobody_answered(exchange: Exchange):
    claim = await claimed(exchange)
    await found_gone(exchange, claim, 300)
    await said(exchange, claim, LegEventKind.COMPLETED, 30, answered=False)
    await exchange.close(claim, "refused")
    (settled,) = await exchange.settle(after=AFTER_THE_GRACE)
    assert (settled.charge, settled.operator_pay) == (0, 100)


@pytest.mark.parametrize(("seen", "charge"), [(None, 1500), (90, 1500 + 900)])
async def test_an_end_that_nobody_saw_is_charged_as_far_as_the_talk_is_certain_and_flagged(
    exchange: Exchange, seen: int | None, charge: int
):
    claim = await claimed(exchange)
    await found_gone(exchange, claim, 300)
    if seen is not None:
        for at in (seen, seen - 30):
            async with database.session() as s:
                await leg_events.seen(s, [claim.call_id, uuid4()], exchange.now + timedelta(seconds=at))
    await exchange.close(claim, "refused")
    (settled,) = await exchange.settle(after=AFTER_THE_GRACE)
    assert settled.charge == charge
    assert await open_flags(FlagKind.RECORD_MISSING) == [
        {"why": "end_not_seen", "answered": True, "billed_s": seen or 0}
    ]
    await exchange.record(claim, 250)
    assert [x.charge for x in await correct(exchange)] == [1500 + 2500]
    assert await open_flags(FlagKind.RECORD_MISSING) == [], "the record came after all"


async def test_a_call_of_which_nothing_is_known_waits_for_its_record_and_costs_nothing(exchange: Exchange):
    claim = await claimed(exchange)
    async with database.session() as s:
        await calls.ended(s, claim.call_id, claim.fencing_token, exchange.now, cause=UNSEEN_END, ended_by="switch")
        await calls.close(s, claim.call_id, at=exchange.now)
    assert await exchange.settle() == [], "its record may be under way"
    (settled,) = await exchange.settle(after=AFTER_THE_GRACE)
    assert (settled.source, settled.charge, settled.operator_pay) == (RecordSource.NOT_PLACED, 0, 0)
    assert len(await open_flags(FlagKind.RECORD_MISSING)) == 1
    await exchange.record(claim, 10)
    assert [(x.charge, x.operator_pay) for x in await correct(exchange)] == [(1600, 1060)]
    assert await exchange.books() == []


async def test_a_late_record_gives_back_what_was_charged_too_much(exchange: Exchange):
    claim = await settled_by_events(exchange, 40)
    await exchange.record(claim, 10)
    (corrected,) = await correct(exchange)
    assert corrected.charge == 1500 + 100
    row = await settlement(exchange, claim)
    assert (row.source, row.billed_s, row.charge, row.operator_pay) == (RecordSource.RECORD, 10, 1600, 960 + 100)
    assert (await exchange.balance(claim.customer_id)).available == 500_000 - 1600
    async with database.session() as s:
        (tally,) = await calls.totals(s, claim.campaign_id)
        assert (tally.talk_s, tally.charge) == (10, 1600)
        lines = [(line.kind, line.amount) for line in await ledger.statement(s, claim.customer_id)]
        assert lines == [("correct", 300), ("settle", -1900), ("bonus", 500_000)]
    (details,) = await open_flags(FlagKind.SETTLEMENT_CORRECTED)
    assert (details["charged"], details["charge"], details["shortfall"]) == (1900, 1600, 0)
    assert await correct(exchange) == []
    assert await exchange.books() == []


async def test_a_recording_whose_answer_no_engine_saw_is_looked_for(exchange: Exchange):
    """Its file may be gone: then it is reported lost, and not silently missing."""
    claim = await claimed(exchange)
    await found_gone(exchange, claim, 300, answered=False)
    await exchange.close(claim, "refused")
    await exchange.record(claim, 30, recorded_to="/recordings/2026/11/26/x.wav")
    assert len(await exchange.settle()) == 1
    row = await exchange.read(Recording, claim.call_id)
    assert (row.state, row.switch_path) == (RecordingState.WAITING, "/recordings/2026/11/26/x.wav")
    assert row.started_at == exchange.now


async def test_a_recording_that_is_known_already_is_left_as_it_is(exchange: Exchange):
    claim = await claimed(exchange)
    async with database.session() as s:
        await calls.ringing(s, claim.call_id, claim.fencing_token, exchange.now)
        await calls.answered(s, claim.call_id, claim.fencing_token, exchange.now, "/recordings/mine.wav")
        at = exchange.now + timedelta(seconds=30)
        await calls.ended(s, claim.call_id, claim.fencing_token, at, cause="NORMAL_CLEARING", ended_by="contact")
    await exchange.close(claim, "refused")
    await exchange.record(claim, 30, recorded_to="/recordings/other.wav")
    await exchange.settle()
    assert (await exchange.read(Recording, claim.call_id)).switch_path == "/recordings/mine.wav"


async def test_a_call_nobody_answered_owes_no_recording(exchange: Exchange):
    claim = await claimed(exchange)
    await found_gone(exchange, claim, 30, answered=False)
    await exchange.close(claim, "no_answer")
    await exchange.record(claim, None, recorded_to="/recordings/x.wav")
    await exchange.settle()
    async with database.session() as s:
        assert await s.get(Recording, claim.call_id) is None


async def test_a_late_record_tells_of_a_recording_too(exchange: Exchange):
    claim = await settled_by_events(exchange, 40)
    await exchange.record(claim, 40, recorded_to="/recordings/x.wav")
    await correct(exchange)
    assert (await exchange.read(Recording, claim.call_id)).state == RecordingState.WAITING


async def test_a_late_record_that_agrees_moves_no_money_and_raises_no_flag(exchange: Exchange):
    claim = await settled_by_events(exchange, 40)
    await exchange.record(claim, 40)
    assert len(await correct(exchange)) == 1
    row = await settlement(exchange, claim)
    assert (row.source, row.charge, row.correction_id) == (RecordSource.RECORD, 1900, None)
    assert await open_flags(FlagKind.SETTLEMENT_CORRECTED) == []
    assert await exchange.books() == []


async def test_what_a_customer_does_not_have_for_a_correction_is_borne_by_the_platform(exchange: Exchange):
    claim = await settled_by_events(exchange, 1)
    await spend(exchange, claim, leaving=200)
    await exchange.record(claim, 61)
    (corrected,) = await correct(exchange)
    assert corrected.charge == 1510 + 200
    row = await settlement(exchange, claim)
    assert (row.shortfall, row.operator_pay) == (400, (1500 + 610) * 6 // 10 + 100), "the operator is paid in full"
    assert (await exchange.balance(claim.customer_id)).available == 0
    assert await exchange.books() == []


async def test_what_an_operator_was_paid_out_is_not_taken_back_from_nothing(exchange: Exchange):
    claim = await settled_by_events(exchange, 60)
    async with database.session() as s:
        operator = (await exchange.call(claim.call_id)).operator_id
        pending = await ledger.account(s, Kind.OPERATOR_PENDING, "RUB", operator_id=operator)
        available = await ledger.account(s, Kind.OPERATOR_AVAILABLE, "RUB", operator_id=operator)
        payouts = await ledger.account(s, Kind.PAYOUTS, "RUB")
        had = (await ledger.earnings(s, operator)).held
        await ledger.move(s, "payout", "p", {pending: 60 - had, available: 40, payouts: had - 100})
    await exchange.record(claim, 1)
    assert len(await correct(exchange)) == 1
    async with database.session() as s:
        assert await ledger.earnings(s, operator) == ledger.Balance(0, 0, "RUB")
    row = await settlement(exchange, claim)
    assert row.overpaid == (2100 - 1510) * 6 // 10 - 100
    assert await exchange.books() == []


async def test_many_correctors_at_once_correct_once(exchange: Exchange):
    import asyncio

    claim = await settled_by_events(exchange, 40)
    await exchange.record(claim, 10)
    done = await asyncio.gather(*(correct(exchange) for _ in range(8)))
    assert sum(len(x) for x in done) == 1
    assert await exchange.books() == []


async def test_a_second_record_with_other_figures_is_not_believed_and_flagged(exchange: Exchange):
    claim = await claimed(exchange)
    await exchange.talk(claim, 30)
    await exchange.close(claim, "refused")
    for seconds in (30, 30, 99):
        await exchange.record(claim, seconds)
    assert [x.charge for x in await exchange.settle()] == [1500 + 300]
    assert await correct(exchange) == []
    assert await open_flags(FlagKind.RECORD_MISSING) == [{"why": "records_differ", "first_s": 30, "other_s": 99}]


@pytest.mark.parametrize(
    "change",
    [
        "charge = charge + 1",
        "source = 'record'",
        "source = 'record', corrected_at = now(), settled_at = now()",
        "source = 'record', corrected_at = now(), transaction_id = 1",
    ],
)
async def test_a_settlement_is_changed_by_nothing_but_its_one_correction(exchange: Exchange, change: str):
    await settled_by_events(exchange)
    with pytest.raises(DBAPIError):
        async with database.session() as s:
            await s.execute(text(f"update settlement set {change}"))
    for statement in ("delete from settlement", "truncate settlement cascade"):
        with pytest.raises(DBAPIError):
            async with database.session() as s:
                await s.execute(text(statement))


@pytest.mark.parametrize(
    ("forged", "found"),
    [
        ("update settlement set billed_s = 20", "settled by the record, but not as it says: 1"),
        ("update settlement set answered = false", "settled by the record, but not as it says: 1"),
        ("update settlement set charge = charge + 1, shortfall = 0", "settlements that differ from their entries: 1"),
        ("update settlement set operator_pay = 0", "operators' pay that is not their part of the price: 1"),
        ("update settlement set charge = 7, operator_pay = 0", "charges that are not the price: 1"),
        ("update tariff set per_minute = 60", "charges that are not the price: 1"),
        ("delete from switch_record", "settled by a record that is not there: 1"),
        ("update call set settled = false", "settlements whose call does not know it: 1"),
        ("delete from settlement", "calls that believe to be settled and are not: 1"),
    ],
)
async def test_the_check_of_the_books_finds_a_charge_that_is_not_the_records(
    exchange: Exchange, forged: str, found: str
):
    claim = await claimed(exchange)
    await exchange.talk(claim, 30)
    await exchange.close(claim, "success")
    await exchange.record(claim, 30)
    await exchange.settle()
    assert await exchange.books() == []
    async with database.session() as s:
        await s.execute(text("set local session_replication_role = replica"))
        await s.execute(text(forged))
    assert found in await exchange.books()


@given(
    charge=st.integers(-10_000, 10_000), pay=st.integers(-10_000, 10_000), funds=st.integers(0, 10_000),
    pending=st.integers(0, 10_000), available=st.integers(0, 10_000),
)  # fmt: skip
def test_a_correction_takes_nobody_below_zero_and_leaves_nothing_out(charge, pay, funds, pending, available):
    moved = difference(charge, pay, funds=funds, pending=pending, available=available)
    assert funds - moved.charge >= 0
    assert pending - moved.from_pending >= 0 and available - moved.from_available >= 0
    assert moved.charge + moved.shortfall == charge and moved.pay - moved.overpaid == pay
    assert moved.shortfall >= 0 and moved.overpaid >= 0
    assert moved.from_pending + moved.from_available == max(0, -moved.pay)
    assert (moved.shortfall == 0) == (charge <= funds)


async def test_a_legs_cost_is_booked_once(exchange: Exchange):
    claim = await claimed(exchange)
    for _ in range(3):
        async with database.session() as s:
            booked = await costs.book(s, claim.call_id, per_minute=250, billed_s=61, currency="RUB")
    assert booked is None, "the third time"
    async with database.session() as s:
        owed = await costs.owed(s, "RUB")
        await costs.book(s, uuid4(), per_minute=250, billed_s=0, currency="RUB")
    assert owed == 255, "61 s at 2.50 a minute, rounded up"
    assert await exchange.books() == []


async def spend(exchange: Exchange, claim: Claim, leaving: int) -> None:
    """The customer's money goes elsewhere."""
    async with database.session() as s:
        funds = await ledger.account(s, Kind.CUSTOMER_FUNDS, "RUB", customer_id=claim.customer_id)
        payouts = await ledger.account(s, Kind.PAYOUTS, "RUB")
        has = (await ledger.balance(s, claim.customer_id)).available
        await ledger.move(s, "refund", uuid4().hex, {funds: leaving - has, payouts: has - leaving})
