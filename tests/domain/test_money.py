"""The ledger and settlement: exact, once, coherent whatever the order."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from exchange_domain import database, ledger, settling, tariffs
from exchange_domain.claiming import Claim
from exchange_domain.settling import BadRecord
from exchange_domain.tables import Campaign, Tariff
from exchange_domain.words import RecordSource

from .conftest import Exchange


async def one_call(exchange: Exchange, seconds: int | None, outcome: str, **limits: int) -> Claim:
    campaign = await exchange.campaign(**limits)
    await exchange.contact(campaign, "+78125550001")
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    await exchange.talk(claim, seconds)
    await exchange.close(claim, outcome)
    return claim


@pytest.mark.parametrize(
    ("seconds", "outcome", "charge"),
    [
        (61, "success", 1500 + 610 + 6000),
        (61, "refused", 1500 + 610),
        (1, "refused", 1500 + 10),
        (None, "no_answer", 0),
    ],
)
async def test_the_balance_falls_by_exactly_the_tariff(exchange: Exchange, seconds, outcome, charge):
    claim = await one_call(exchange, seconds, outcome)
    assert (await exchange.balance(claim.customer_id)).held > 0
    await exchange.record(claim, seconds)
    (settled,) = await exchange.settle()
    assert (settled.charge, settled.operator_pay) == (charge, charge * 6000 // 10_000 + 100)
    balance = await exchange.balance(claim.customer_id)
    assert (balance.available, balance.held) == (500_000 - charge, 0)
    async with database.session() as s:
        assert (await ledger.earnings(s, settled.operator_id)).held == settled.operator_pay
        lines = await ledger.statement(s, claim.customer_id)
    assert [(x.kind, x.amount) for x in lines] == [("settle", -charge), ("bonus", 500_000)]
    assert await exchange.books() == []


async def test_the_record_may_come_before_the_disposition_and_many_times(exchange: Exchange):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, "+78125550001")
    claim = await exchange.claim(await exchange.operator(campaign))
    assert isinstance(claim, Claim)
    await exchange.talk(claim, 30)
    await exchange.record(claim, 30)
    assert await exchange.settle() == []
    await exchange.record(claim, 99)  # the same leg again, whatever it says, changes nothing
    await exchange.close(claim, "success")
    assert [x.charge for x in await exchange.settle()] == [1500 + 300 + 6000]
    assert await exchange.settle() == []


async def test_many_settlers_at_once_settle_once(exchange: Exchange):
    claim = await one_call(exchange, 30, "refused")
    await exchange.record(claim, 30)
    settled = await asyncio.gather(*(exchange.settle() for _ in range(8)))
    assert sum(len(x) for x in settled) == 1
    assert await exchange.books() == []


async def test_a_call_without_a_record_is_settled_by_what_the_engine_saw_after_the_grace(exchange: Exchange):
    await one_call(exchange, 45, "refused")
    assert await exchange.settle() == []
    (settled,) = await exchange.settle(after=timedelta(seconds=200))
    assert (settled.source, settled.charge) == (RecordSource.EVENT, 1500 + 450)


async def test_nobody_pays_for_more_than_the_longest_call(exchange: Exchange):
    claim = await one_call(exchange, 120, "success", longest_call_s=60, warning_s=10)
    await exchange.record(claim, 4000)
    (settled,) = await exchange.settle()
    assert settled.charge == 1500 + 650 + 6000
    assert await exchange.books() == []


async def test_entries_are_only_ever_added_and_sum_to_zero(exchange: Exchange):
    await one_call(exchange, 30, "refused")
    for statement in (
        "update ledger_entry set amount = amount + 1", "delete from ledger_entry", "truncate ledger_entry cascade",
        "update ledger_transaction set kind = 'x'", "delete from ledger_transaction",
        "update ledger_account set balance = balance + 1 where balance is not null",
        "insert into ledger_entry (transaction_id, account_id, amount) select max(transaction_id), max(account_id), 5 "
        "from ledger_entry",
    ):  # fmt: skip
        with pytest.raises(DBAPIError):
            async with database.session() as s:
                await s.execute(text(statement))
    assert await exchange.books() == []


async def test_the_check_of_the_books_finds_what_is_wrong(exchange: Exchange):
    await one_call(exchange, 30, "refused")
    async with database.session() as s:
        await s.execute(text("set local session_replication_role = replica"))
        await s.execute(text("update ledger_account set balance = balance - 1 where kind = 'customer_funds'"))
    assert await exchange.books() == ["balances that differ from their entries: 1"]


async def test_no_balance_goes_below_zero(exchange: Exchange):
    campaign = await exchange.campaign()
    customer = (await exchange.read(Campaign, campaign)).customer_id
    with pytest.raises(ledger.InsufficientFunds):
        async with database.session() as s:
            await ledger.hold(s, customer, uuid4(), 500_001, "RUB")
    with pytest.raises(DBAPIError):
        async with database.session() as s:
            funds = await ledger.account(s, ledger.Kind.CUSTOMER_FUNDS, "RUB", customer_id=customer)
            payouts = await ledger.account(s, ledger.Kind.PAYOUTS, "RUB")
            await ledger.move(s, "refund", "x", {funds: -500_001, payouts: 500_001})
    assert await exchange.books() == []


async def test_a_deposit_is_made_once(exchange: Exchange):
    campaign = await exchange.campaign()
    customer = (await exchange.read(Campaign, campaign)).customer_id
    for _ in range(3):
        async with database.session() as s:
            await ledger.deposit(s, customer, 1000, "RUB", "payment-7")
    assert (await exchange.balance(customer)).available == 501_000


@given(
    answered=st.booleans(), success=st.booleans(), seconds=st.integers(0, 7200),
    per_answered=st.integers(0, 10**7), per_minute=st.integers(0, 10**6), per_success=st.integers(0, 10**8),
    share=st.integers(0, 10_000), per_call=st.integers(0, 10**5),
)  # fmt: skip
def test_a_price_is_whole_never_negative_and_within_what_is_held(
    answered, success, seconds, per_answered, per_minute, per_success, share, per_call
):
    tariff = Tariff(
        per_answered_call=per_answered, per_minute=per_minute, per_success=per_success, operator_share_bp=share,
        operator_per_call=per_call,
    )  # pyright: ignore[reportCallIssue]  # fmt: skip
    price = tariffs.price(tariff, answered=answered, billed_s=seconds, success=success)
    assert type(price.charge) is int and price.charge >= 0
    assert price.charge <= tariffs.most(tariff, seconds)
    assert per_call <= price.operator_pay <= price.charge + per_call
    assert answered or price.charge == 0


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(["uuid", "exchange_call", "answer_uepoch", "end_uepoch", "billsec"]),
        st.none() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
    )
)
def test_odd_figures_are_refused_and_never_break(odd):
    good = {"uuid": "5f0c0a3e-0000-4000-8000-000000000000", "answer_uepoch": "1", "end_uepoch": "2", "billsec": "1"}
    try:
        record = settling.read_record({"variables": good | odd})
    except BadRecord:
        return
    assert record.billed_s >= 0


@given(st.recursive(st.none() | st.booleans() | st.text() | st.integers(), lambda x: st.dictionaries(st.text(), x)))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_body_that_is_no_record_is_refused_and_never_breaks(body):
    with pytest.raises(BadRecord):
        settling.read_record(body if isinstance(body, dict) else {"variables": body})
