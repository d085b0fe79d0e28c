"""Contested charges, pay that becomes available, payouts and their approval: each way once, to the last kopeck."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from exchange_domain import accounts, books, database, disputes, earnings, ledger, payments, payouts
from exchange_domain.claiming import Claim
from exchange_domain.disputes import DisputeError
from exchange_domain.payments import Notice, Noticed, PaymentError
from exchange_domain.payouts import PayoutError
from exchange_domain.tables import Campaign
from exchange_domain.words import BatchState, DisputeState, PaymentProvider, PaymentState, PayoutState

from .conftest import Exchange

CHARGE, PAY = 1500 + 600 + 6000, 8100 * 60 // 100 + 100
"""A minute's success by the tariff of these tests, and the operator's part of it."""


class Made:
    """A call of a minute that was a success, settled."""

    def __init__(self, exchange: Exchange, campaign: int, customer: int, operator: int, call_id: UUID):
        self.exchange, self.campaign, self.customer, self.operator = exchange, campaign, customer, operator
        self.call_id = call_id

    async def contest(self, words: str = "Договорились не звонить"):
        async with database.session() as s:
            return await disputes.contest(s, self.call_id, self.customer, None, words, self.exchange.now)

    async def decide(self, dispute: int | None, **how: bool):
        async with database.session() as s:
            return await disputes.decide(s, dispute or 0, None, at=self.exchange.now, **how)

    async def has(self) -> tuple[int, int, int]:
        """The customer's money, the operator's pending and available."""
        async with database.session() as s:
            hers = await ledger.earnings(s, self.operator)
            theirs = await ledger.balance(s, self.customer)
            assert await books.check(s) == [] and theirs.held == 0
        return theirs.available, hers.held, hers.available

    async def days_pass(self, days: float) -> int:
        self.exchange.now += timedelta(days=days)
        async with database.session() as s:
            return await earnings.release_due(s, self.exchange.now)


@pytest.fixture
async def made(exchange: Exchange) -> Made:
    campaign = await exchange.campaign()
    await exchange.contact(campaign, "+78125550101")
    operator = await exchange.operator(campaign)
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    await exchange.talk(claim, 60)
    await exchange.record(claim, 60)
    await exchange.close(claim, "success")
    await exchange.settle()
    async with database.session() as s:
        customer = (await s.get_one(Campaign, campaign)).customer_id
    return Made(exchange, campaign, customer, operator[0], claim.call_id)


BONUS = 500_000


async def test_a_contested_charge_lies_apart(made: Made):
    assert await made.has() == (BONUS - CHARGE, PAY, 0)
    dispute = await made.contest()
    assert (dispute.amount, dispute.withheld, dispute.state) == (CHARGE, PAY, DisputeState.OPEN)
    assert await made.has() == (BONUS - CHARGE, 0, 0)
    assert (await made.contest("ещё раз")).id == dispute.id, "a second press is the same dispute"
    assert await made.days_pass(30) == 0, "nothing of it becomes available"


@pytest.mark.parametrize(
    ("how", "customer", "operator"),
    [
        ({"refund": True, "operator_keeps": True}, BONUS, PAY),
        ({"refund": True, "operator_keeps": False}, BONUS, 0),
        ({"refund": False}, BONUS - CHARGE, PAY),
    ],
)
async def test_what_is_decided_is_done_once(made: Made, how: dict[str, bool], customer: int, operator: int):
    dispute = await made.contest()
    for _ in range(2):
        await made.decide(dispute.id, **how)
        assert await made.has() == (customer, operator, 0)
    with pytest.raises(DisputeError, match="decided"):
        await made.decide(dispute.id, refund=not how["refund"])
    await made.days_pass(30)
    assert await made.has() == (customer, 0, operator)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"customer": 999}, "not_yours"), ({"call_id": uuid4()}, "not_yours"), ({"words": " "}, "no_words"),
        ({"days": 15}, "too_late"),
    ],
    ids=["customer", "call", "words", "days"],
)  # fmt: skip
async def test_who_may_contest_what_and_when(made: Made, change: dict, code: str):
    made.customer, made.call_id = change.get("customer", made.customer), change.get("call_id", made.call_id)
    made.exchange.now += timedelta(days=change.get("days", 0))
    with pytest.raises(DisputeError, match=code):
        await made.contest(change.get("words", "Не так"))


async def test_pay_becomes_available_when_its_review_is_over(made: Made):
    assert await made.days_pass(6.9) == 0 and await made.has() == (BONUS - CHARGE, PAY, 0)
    assert await made.days_pass(0.2) == 1 and await made.has() == (BONUS - CHARGE, 0, PAY)
    assert await made.days_pass(1) == 0


async def test_what_is_paid_out_already_the_platform_bears(made: Made):
    await made.days_pass(8)
    dispute = await made.contest()
    assert dispute.withheld == 0
    await made.decide(dispute.id, refund=True, operator_keeps=False)
    assert await made.has() == (BONUS, 0, PAY)


# --- payouts ---


class Desk:
    """Two people who approve, and the wishes of one operator."""

    def __init__(self, made: Made, people: list[int]):
        self.made, self.people = made, people
        self.now = made.exchange.now

    async def ask(self, amount: int, payout_id: UUID | None = None, target: str = "2200 1111 2222 3333"):
        async with database.session() as s:
            return await payouts.ask(
                s, payout_id or uuid4(), self.made.operator, amount, "RUB", target, self.made.exchange.now
            )

    async def do(self, work, *given, **more):
        async with database.session() as s:
            return await work(s, *given, **more)


@pytest.fixture
async def desk(made: Made, settings_env) -> Desk:
    settings_env(payout_least=1_000, two_people_from=4_000)
    await made.days_pass(8)
    async with database.session() as s:
        people = [
            (await accounts.create(s, email=f"{n}@example.org", display_name="Пётр", password_hash="-")).id or 0
            for n in range(2)
        ]
    return Desk(made, people)


async def test_a_wish_sets_money_aside_and_is_one_however_often_pressed(desk: Desk):
    wish = uuid4()
    for _ in range(2):
        assert (await desk.ask(3_000, wish)).state is PayoutState.REQUESTED
    assert await desk.made.has() == (BONUS - CHARGE, 0, PAY - 3_000)
    for amount, target, code in (
        (999, "2200 1111", "too_little"),
        (PAY, "2200 1111", "not_enough"),
        (1_000, "я", "no_target"),
    ):
        with pytest.raises(PayoutError, match=code):
            await desk.ask(amount, target=target)
    with pytest.raises(PayoutError, match="not_yours"):
        await desk.do(payouts.cancel, wish, desk.people[0], desk.now)
    for _ in range(2):
        assert (await desk.do(payouts.cancel, wish, desk.made.operator, desk.now)).state is PayoutState.CANCELLED
    assert await desk.made.has() == (BONUS - CHARGE, 0, PAY)


@pytest.mark.parametrize(("amount", "needed"), [(3_999, 1), (4_000, 2)])
async def test_from_a_limit_on_two_people_approve(desk: Desk, amount: int, needed: int):
    await desk.ask(amount)
    batch = await desk.do(payouts.gather, desk.people[0], "RUB")
    assert (batch.total, batch.approvals_needed) == (amount, needed)
    with pytest.raises(PayoutError, match="not_approved"):
        await desk.do(payouts.export, batch.id, desk.now)
    for _ in range(3):
        batch = await desk.do(payouts.approve, batch.id, desk.people[0])
    assert batch.state is (BatchState.APPROVED if needed == 1 else BatchState.OPEN), "nobody counts twice"
    batch = await desk.do(payouts.approve, batch.id, desk.people[1])
    assert batch.state is BatchState.APPROVED
    with pytest.raises(PayoutError, match="own_payout"):
        await desk.do(payouts.approve, batch.id, desk.made.operator)


@pytest.mark.parametrize("paid", [True, False])
async def test_the_bank_has_the_last_word_once(desk: Desk, paid: bool):
    wish = await desk.ask(3_000)
    batch = await desk.do(payouts.gather, None, "RUB")
    assert await desk.do(payouts.gather, None, "RUB") is None, "each wish is in one batch"
    with pytest.raises(PayoutError, match="too_late"):
        await desk.do(payouts.cancel, wish.id, desk.made.operator, desk.now)
    with pytest.raises(PayoutError, match="not_exported"):
        await desk.do(payouts.account_for, wish.id, paid=paid, at=desk.now)
    await desk.do(payouts.approve, batch.id, desk.people[0])
    for _ in range(2):
        (line,) = await desk.do(payouts.export, batch.id, desk.now)
        assert (line.id, line.amount, line.target) == (wish.id, 3_000, "2200 1111 2222 3333")
    for _ in range(2):
        await desk.do(payouts.account_for, wish.id, paid=paid, why="" if paid else "Карта закрыта", at=desk.now)
    assert await desk.made.has() == (BONUS - CHARGE, 0, PAY - 3_000 if paid else PAY)
    assert await desk.do(payouts.export, batch.id, desk.now) == []
    with pytest.raises(PayoutError, match="not_exported"):
        await desk.do(payouts.account_for, wish.id, paid=not paid, at=desk.now)


# --- payments ---


async def test_a_payment_is_asked_for_within_reason(made: Made):
    async with database.session() as s:
        for amount, code in ((9_999, "too_little"), (100_000_001, "too_much")):
            with pytest.raises(PaymentError, match=code):
                await payments.begin(s, uuid4(), made.customer, None, amount, PaymentProvider.SANDBOX)


async def test_notices_of_what_nobody_knows_or_of_another_amount_move_nothing(made: Made):
    async with database.session() as s:
        payment = await payments.begin(s, uuid4(), made.customer, None, 50_000, PaymentProvider.STRIPE)
        await payments.sent(s, payment.id, "cs_1", "https://pay.example")
    for place, (provider_id, amount, currency, result) in enumerate((
        ("cs_2", 50_000, "RUB", Noticed.UNKNOWN), ("cs_1", 49_999, "RUB", Noticed.MISMATCH),
        ("cs_1", 50_000, "USD", Noticed.MISMATCH), ("cs_1", 50_000, "RUB", Noticed.PAID),
        ("cs_1", 50_000, "RUB", Noticed.IGNORED),
    )):  # fmt: skip
        told = Notice(PaymentProvider.STRIPE, f"evt_{place}", provider_id, PaymentState.PAID, amount, currency)
        async with database.session() as s:
            assert await payments.notice(s, told, made.exchange.now) is result
        async with database.session() as s:
            assert await payments.notice(s, told, made.exchange.now) is Noticed.REPEATED
    assert (await made.has())[0] == BONUS - CHARGE + 50_000


async def test_money_that_comes_after_a_cancellation_is_booked(made: Made):
    async with database.session() as s:
        payment = await payments.begin(s, uuid4(), made.customer, None, 50_000, PaymentProvider.YOOKASSA)
        await payments.sent(s, payment.id, "y", "https://pay.example")
    said = []
    for place, state in enumerate((PaymentState.CANCELLED, PaymentState.PAID, PaymentState.CANCELLED)):
        async with database.session() as s:
            told = Notice(PaymentProvider.YOOKASSA, f"n{place}", "y", state, 50_000, "RUB")
            said.append(await payments.notice(s, told, made.exchange.now))
    assert said == [Noticed.CANCELLED, Noticed.PAID, Noticed.IGNORED]
    assert (await made.has())[0] == BONUS - CHARGE + 50_000
