"""Money in, held, charged, contested, given back, released, asked for and paid out, in any order and by many at once.

After every step the books are coherent, and what everybody has is what a second count of what happened says.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlmodel import select

from exchange_domain import (
    accounts,
    appeals,
    books,
    correcting,
    database,
    disputes,
    earnings,
    judging,
    ledger,
    payments,
    payouts,
    review_desk,
    review_pay,
    settling,
)
from exchange_domain.appeals import AppealError
from exchange_domain.claiming import Claim
from exchange_domain.disputes import DisputeError
from exchange_domain.house_rules import HouseRules
from exchange_domain.payments import Notice, Noticed
from exchange_domain.payouts import PayoutError
from exchange_domain.score_cards import CRITERIA
from exchange_domain.tables import Call, Campaign, Payout, PayoutBatch, Settlement
from exchange_domain.words import (
    BatchState,
    DisputeState,
    HearingVerdict,
    PaymentProvider,
    PaymentState,
    PayoutState,
    ReviewWay,
)
from tests.thorough import figure

from .conftest import Exchange

pytestmark = [pytest.mark.long, pytest.mark.timeout(figure(300, 1_800))]
RUNNER: list[asyncio.Runner] = []
NUMBERS = itertools.count(1_000_000)
LEAST = 1_000
TWO_PEOPLE_FROM = 6_000
WORKERS = st.integers(1, 3)
PLACES = st.integers(0, 9)


class MoneyMachine(RuleBasedStateMachine):
    """What is drawn never depends on what has happened: a database that many examples share, and workers at the same
    moment, do not come to the same twice, and a draw that differs is taken for a fault of the test. A step for which
    there is nothing yet does nothing."""

    @initialize(bonus=st.sampled_from([0, 12_000]))
    def a_customer_comes(self, bonus: int) -> None:
        self.exchange = Exchange(datetime.now(UTC))
        self.now = self.exchange.now
        self.paid_in = bonus
        self.unrecorded: dict[UUID, tuple[Claim, int]] = {}
        self.payout_ids: list[UUID] = []
        self.contested: list[UUID] = []
        self.calls: list[UUID] = []
        self.judged_calls: list[UUID] = []
        self.run(self.furnished(bonus))

    async def furnished(self, bonus: int) -> None:
        self.campaign = await self.exchange.campaign(longest_call_s=60, warning_s=10)
        async with database.session() as s:
            self.customer = (await s.get_one(Campaign, self.campaign)).customer_id
            before = (await ledger.balance(s, self.customer)).available
            # The tariff's registration bonus, which every customer has.
            self.paid_in = before
            if bonus:
                await ledger.deposit(s, self.customer, bonus, "RUB", uuid4().hex)
                self.paid_in += bonus
            self.people = [
                (await accounts.create(s, email=f"{uuid4().hex}@x.org", display_name="A", password_hash="-")).id or 0
                for _ in range(2)
            ]
        self.operators = [await self.exchange.operator(self.campaign) for _ in range(2)]
        # Weeks ago both have worked.
        for who in (0, 1, 0, 1):
            await self.called(who, 59, True, True)
        self.now += timedelta(days=20)
        async with database.session() as s:
            await settling.settle_due(s, self.now - timedelta(days=19), timedelta(0))
            await earnings.release_due(s, self.now)

    def run(self, work: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await work

        return RUNNER[0].run(awaited())

    def at_once(self, workers: int, work: Callable[[Any], Awaitable[Any]], *known: type[Exception]) -> list[Any]:
        """What `work` gives each of several workers at the same moment; errors that are known are answers."""

        async def one() -> Any:
            try:
                async with database.session() as s:
                    return await work(s)
            except known as error:
                return error

        async def everybody() -> list[Any]:
            return list(await asyncio.gather(*(one() for _ in range(workers))))

        return self.run(everybody())

    # --- money in ---

    @rule(
        amount=st.integers(10_000, 40_000), order=st.permutations(["paid", "paid", "paid", "cancelled", "pending"]),
        right=st.booleans(),
    )  # fmt: skip
    def a_payment_and_its_notices_in_any_order(self, amount: int, order: list[str], right: bool) -> None:
        payment_id, provider_id = uuid4(), uuid4().hex
        provider = PaymentProvider.SANDBOX
        self.at_once(3, lambda s: payments.begin(s, payment_id, self.customer, None, amount, provider))
        self.at_once(1, lambda s: payments.sent(s, payment_id, provider_id, "https://pay.example"))
        told = [
            # The first and the last "paid" are the same notice, sent again.
            Notice(provider, f"{provider_id}:{word if place != 1 else 'again'}", provider_id, PaymentState(word),
                   amount if right else amount + 1, "RUB")
            for place, word in enumerate(order)
        ]  # fmt: skip
        results = [self.at_once(2, lambda s, one=one: payments.notice(s, one, self.now)) for one in told]
        paid = sum(answer is Noticed.PAID for answers in results for answer in answers)
        assert paid == (1 if right else 0), "three notices, each told to two workers: once"
        self.paid_in += amount if right else 0

    # --- calls: hold, then capture or void ---

    @rule(
        who=st.integers(0, 1), seconds=st.sampled_from([0, 1, 30, 59]), success=st.booleans(),
        workers=WORKERS, recorded=st.booleans(),
    )  # fmt: skip
    def a_call_is_made_and_settled(self, who: int, seconds: int, success: bool, workers: int, recorded: bool) -> None:
        """Zero seconds: nobody answered, and the hold goes back whole."""
        claim = self.run(self.called(who, seconds, success, recorded))
        if claim is None:
            return
        grace = timedelta(seconds=60)
        self.now += timedelta(hours=2)
        settled = self.at_once(workers, lambda s: settling.settle_due(s, self.now, grace))
        assert sum(one.call_id == claim.call_id for some in settled for one in some) == 1
        if not recorded:
            self.unrecorded[claim.call_id] = (claim, seconds)
        self.calls.append(claim.call_id)

    async def called(self, who: int, seconds: int, success: bool, recorded: bool) -> Claim | None:
        self.exchange.now = self.now
        await self.exchange.contact(self.campaign, f"+7812{next(NUMBERS)}")
        claim = await self.exchange.claim(self.operators[who])
        if not isinstance(claim, Claim):
            return None  # the money does not suffice: nothing was held
        await self.exchange.talk(claim, seconds or None)
        if recorded:
            await self.exchange.record(claim, seconds or None)
        await self.exchange.close(claim, "no_answer" if not seconds else "success" if success else "refused")
        return claim

    @rule(place=PLACES, longer=st.integers(-20, 20), workers=WORKERS)
    def a_late_record_corrects(self, place: int, longer: int, workers: int) -> None:
        if not self.unrecorded:
            return
        call_id = list(self.unrecorded)[place % len(self.unrecorded)]
        claim, seconds = self.unrecorded.pop(call_id)
        self.run(self.exchange.record(claim, max(seconds + longer, 1) if seconds else None))
        self.at_once(workers, lambda s: correcting.correct_due(s, self.now))

    # --- contested charges ---

    @rule(place=PLACES, workers=WORKERS)
    def a_charge_is_contested(self, place: int, workers: int) -> None:
        if not self.calls:
            return
        call_id = self.calls[-1 - place % len(self.calls)]
        answers = self.at_once(
            workers, lambda s: disputes.contest(s, call_id, self.customer, None, "Не звонили", self.now), DisputeError
        )
        codes = {answer.code for answer in answers if isinstance(answer, DisputeError)}
        assert codes <= {"nothing_charged", "too_late"}
        if not codes:
            assert len({answer.id for answer in answers}) == 1
            self.contested.append(call_id)

    @rule(place=PLACES, refund=st.booleans(), keeps=st.booleans(), workers=WORKERS)
    def a_dispute_is_decided(self, place: int, refund: bool, keeps: bool, workers: int) -> None:
        if not self.contested:
            return
        call_id = self.contested[-1 - place % len(self.contested)]
        (found,) = self.at_once(1, lambda s: disputes.of_call(s, call_id))
        answers = self.at_once(
            workers,
            lambda s: disputes.decide(s, found.id, None, refund=refund, operator_keeps=keeps, at=self.now),
            DisputeError,
        )
        if found.state is DisputeState.OPEN:
            wanted = DisputeState.REFUNDED if refund else DisputeState.UPHELD
            assert all(not isinstance(answer, DisputeError) and answer.state is wanted for answer in answers)

    # --- verdicts of moderators ---

    @rule(place=PLACES, found=st.lists(st.sampled_from(list(HearingVerdict)), min_size=1, max_size=3))
    def moderators_judge_a_call(self, place: int, found: list[HearingVerdict]) -> None:
        """Each of `found` by another moderator, for as long as one more has to listen."""
        if not self.calls:
            return
        call_id = self.calls[-1 - place % len(self.calls)]
        self.run(self.judged(call_id, found))
        self.at_once(3, lambda s: review_pay.carry_out(s, call_id, self.now))

    async def judged(self, call_id: UUID, found: list[HearingVerdict]) -> None:
        async with database.session() as s:
            call = await s.get_one(Call, call_id)
            await judging.put_before(s, call, ReviewWay.RANDOM, (), HouseRules())
        for verdict in found:
            async with database.session() as s:
                waiting = [h for h in await review_desk.hearings(s, call_id) if h.verdict is None]
                if waiting and waiting[0].id:
                    hearing = waiting[0]
                    hearing.moderator_id, hearing.leased_until = await self.moderator(s), self.now + timedelta(hours=1)
                    hearing.scores, hearing.codes = dict.fromkeys(CRITERIA, 1), ["R1"]
                    s.add(hearing)
                    await s.flush()
                    await review_desk.give(s, hearing.id or 0, hearing.moderator_id, verdict, "", self.now)
        self.judged_calls.append(call_id)

    async def moderator(self, s: Any) -> int:
        made = await accounts.create(s, email=f"{uuid4().hex}@x.org", display_name="M", password_hash="-")
        assert made.id is not None
        return made.id

    @rule(place=PLACES, workers=WORKERS)
    def she_appeals(self, place: int, workers: int) -> None:
        if not self.judged_calls:
            return
        call_id = self.judged_calls[-1 - place % len(self.judged_calls)]
        (call,) = self.at_once(1, lambda s: s.get_one(Call, call_id))
        answers = self.at_once(
            workers, lambda s: appeals.appeal(s, call_id, call.operator_id, 1_000, "Я сказала", self.now), AppealError
        )
        assert {one.code for one in answers if isinstance(one, AppealError)} <= {"not_rejected", "too_late"}

    @rule(granted=st.booleans(), workers=WORKERS)
    def an_appeal_is_decided(self, granted: bool, workers: int) -> None:
        (found,) = self.at_once(1, lambda s: appeals.open_appeals(s, self.people[0]))
        if found:
            self.at_once(
                workers,
                lambda s: appeals.decide(s, found[0].id, self.people[0], granted=granted, words="Да", now=self.now),
                AppealError,
            )
            self.at_once(workers, lambda s: review_pay.carry_out(s, found[0].call_id, self.now))

    # --- operators' money ---

    @rule(days=st.integers(1, 9), workers=WORKERS)
    def days_pass_and_pay_becomes_available(self, days: int, workers: int) -> None:
        self.now += timedelta(days=days)
        self.at_once(workers, lambda s: earnings.release_due(s, self.now))
        for call_id in self.at_once(1, lambda s: review_pay.due(s, self.now))[0]:
            self.at_once(workers, lambda s, call_id=call_id: review_pay.carry_out(s, call_id, self.now))

    @rule(who=st.integers(0, 1), percent=st.integers(1, 110), workers=WORKERS)
    def an_operator_asks_to_be_paid(self, who: int, percent: int, workers: int) -> None:
        payout_id, operator = uuid4(), self.operators[who][0]
        (before,) = self.at_once(1, lambda s: ledger.earnings(s, operator))
        amount = before.available * percent // 100
        answers = self.at_once(
            workers,
            lambda s: payouts.ask(s, payout_id, operator, amount, "RUB", "2200 0000 0000 0000", self.now), PayoutError,
        )  # fmt: skip
        if amount < LEAST or amount > before.available:
            assert all(isinstance(answer, PayoutError) for answer in answers)
        else:
            assert all(isinstance(answer, Payout) for answer in answers), "the same wish for each"
            self.payout_ids.append(payout_id)

    @rule(place=PLACES, who=st.integers(0, 1), workers=WORKERS)
    def she_thinks_better_of_it(self, place: int, who: int, workers: int) -> None:
        if not self.payout_ids:
            return
        payout_id = self.payout_ids[place % len(self.payout_ids)]
        self.at_once(
            workers, lambda s: payouts.cancel(s, payout_id, self.operators[who][0], self.now), PayoutError
        )  # fmt: skip

    @rule(workers=WORKERS)
    def payouts_are_gathered(self, workers: int) -> None:
        made = [one for one in self.at_once(workers, lambda s: payouts.gather(s, self.people[0], "RUB")) if one]
        assert len({one.id for one in made}) == len(made)

    @rule(place=PLACES, who=st.integers(0, 1), workers=WORKERS)
    def a_batch_is_approved(self, place: int, who: int, workers: int) -> None:
        if (batch := self.run(self.batch(place))) is not None:
            self.at_once(workers, lambda s: payouts.approve(s, batch.id, self.people[who]))

    @rule(place=PLACES, workers=WORKERS)
    def a_batch_is_sent(self, place: int, workers: int) -> None:
        if (batch := self.run(self.batch(place))) is not None:
            answers = self.at_once(workers, lambda s: payouts.export(s, batch.id, self.now), PayoutError)
            assert (batch.state is BatchState.OPEN) == any(isinstance(one, PayoutError) for one in answers)

    @rule(place=PLACES, paid=st.booleans(), workers=WORKERS)
    def the_bank_answers(self, place: int, paid: bool, workers: int) -> None:
        if not self.payout_ids:
            return
        payout_id = self.payout_ids[place % len(self.payout_ids)]
        self.at_once(
            workers,
            lambda s: payouts.account_for(s, payout_id, paid=paid, why="" if paid else "closed", at=self.now),
            PayoutError,
        )

    @rule(answers=st.lists(st.booleans(), min_size=1, max_size=3))
    def a_batch_goes_its_whole_way(self, answers: list[bool]) -> None:
        (batch,) = self.at_once(1, lambda s: payouts.gather(s, None, "RUB"))
        if batch is None:
            return
        for person in self.people:
            self.at_once(1, lambda s, person=person: payouts.approve(s, batch.id, person))
        (lines,) = self.at_once(1, lambda s: payouts.export(s, batch.id, self.now))
        assert sum(line.amount for line in lines) == batch.total
        for line, paid in zip(lines, answers, strict=False):
            self.at_once(1, lambda s, line=line, paid=paid: payouts.account_for(s, line.id, paid=paid, at=self.now))

    async def batch(self, place: int) -> PayoutBatch | None:
        async with database.session() as s:
            made = (await s.exec(select(PayoutBatch).order_by(text("id desc")).limit(3))).all()
        return made[place % len(made)] if made else None

    # --- what must always hold ---

    @invariant()
    def the_books_are_coherent(self) -> None:
        if hasattr(self, "operators"):
            self.run(self.check())

    async def check(self) -> None:
        async with database.session() as s:
            assert await books.check(s) == []
            balance = await ledger.balance(s, self.customer)
            charged = text(
                "select coalesce(sum(x.charge), 0) from settlement x join call k on k.id = x.call_id "
                "where k.customer_id = :customer"
            )
            back = text("select coalesce(sum(refunded), 0) from dispute where customer_id = :customer")
            values = {"customer": self.customer}
            spent = (await s.execute(charged, values)).scalar_one() - (await s.execute(back, values)).scalar_one()
            assert balance.available == self.paid_in - spent and balance.held == 0
            for operator, _ in self.operators:
                await self.check_operator(s, operator)

    async def check_operator(self, s: Any, operator: int) -> None:
        """Pay of the calls less what disputes keep, and less what was paid out, is what she has."""
        earned = await s.exec(
            select(Settlement.operator_pay, Settlement.call_id).where(
                text("call_id in (select id from call where operator_id = :operator)")
            ).params(operator=operator)
        )  # fmt: skip
        pay = {call_id: amount for amount, call_id in earned}
        kept_back = text(
            "select coalesce(sum(withheld), 0) from dispute d join call k on k.id = d.call_id "
            "where k.operator_id = :operator and (d.state = 'open' or (d.state = 'refunded' and not d.operator_keeps))"
        )
        withheld = (await s.execute(kept_back, {"operator": operator})).scalar_one()
        rejected = text(
            "select coalesce(sum(withheld - cut), 0) from review where operator_id = :operator "
            "and pay in ('withheld', 'kept')"
        )
        withheld += (await s.execute(rejected, {"operator": operator})).scalar_one()
        wishes = await payouts.of_operator(s, operator, limit=1_000)
        out = sum(one.amount for one in wishes if one.state is PayoutState.PAID)
        aside = sum(one.amount for one in wishes if one.state in (PayoutState.REQUESTED, PayoutState.BATCHED))
        has = await ledger.earnings(s, operator)
        assert has.available + has.held == sum(pay.values()) - withheld - out - aside


def test_whatever_happens_in_whatever_order_the_books_are_coherent(database_url: str, settings_env):
    settings_env(database_url=database_url, payout_least=LEAST, two_people_from=TWO_PEOPLE_FROM)
    with asyncio.Runner() as runner:
        RUNNER[:] = [runner]
        runner.run(Exchange(datetime.now(UTC)).tariff(registration_bonus=90_000))
        run_state_machine_as_test(
            MoneyMachine,
            settings=settings(
                max_examples=figure(8, 160), stateful_step_count=36, deadline=None,
                # A step takes tens of milliseconds: to make a failure smaller would take minutes.
                phases=(Phase.explicit, Phase.reuse, Phase.generate),
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
        happened = runner.run(what_happened())
        runner.run(database.dispose())
        RUNNER.clear()
    # A short run leaves ways out by chance; tests/domain/test_disputes_and_payouts.py goes each of them.
    assert figure(True, all(happened.values())), f"something was never tried: {happened}"


async def what_happened() -> dict[str, int]:
    """How often the machine came to each end that there is."""
    counted = {
        "dispute": "state", "payout": "state", "payout_batch": "approvals_needed", "payment": "state",
        "ledger_transaction": "kind", "review": "pay", "appeal": "state",
    }  # fmt: skip
    found: dict[str, int] = {}
    async with database.session() as s:
        for table, column in counted.items():
            rows = await s.execute(text(f"select {column} as word, count(*) as n from {table} group by 1"))
            found |= {f"{table} {row.word}": row.n for row in rows}
    wanted = [
        "dispute refunded", "dispute upheld", "payout paid", "payout failed", "payout cancelled", "payout_batch 1",
        "payout_batch 2", "payment paid", "ledger_transaction correct", "ledger_transaction release",
        "review released", "review returned", "review kept", "appeal granted", "appeal refused",
    ]  # fmt: skip
    return {name: found.get(name, 0) for name in wanted}


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_entry set amount = amount + 1", "delete from ledger_entry", "truncate ledger_entry cascade",
        "update ledger_transaction set kind = 'x'", "delete from ledger_transaction",
        "truncate ledger_transaction cascade",
        "update ledger_account set balance = balance + 1 where balance is not null",
    ],
)  # fmt: skip
async def test_what_is_in_the_books_stays(exchange: Exchange, statement: str):
    await exchange.campaign()
    with pytest.raises(Exception, match=r"only ever added|by ledger entries only"):
        async with database.session() as s:
            await s.execute(text(statement))
    assert await exchange.books() == []
