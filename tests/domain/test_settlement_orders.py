"""Record, log, ending, closing, engine death and settlement passes in any order: the money comes out the same."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlmodel import select

from exchange_domain import books, calls, correcting, database, ledger, leg_events, lengths, settling, tariffs
from exchange_domain.claiming import Claim
from exchange_domain.ledger import Kind
from exchange_domain.leg_events import Said
from exchange_domain.tables import Flag, Settlement, Tariff
from exchange_domain.words import UNSEEN_END, FlagKind, LegEventKind, RecordSource
from tests.thorough import figure

from .conftest import Exchange

pytestmark = pytest.mark.long

GRACE = timedelta(seconds=60)
RUNNER: list[asyncio.Runner] = []


@dataclass(frozen=True)
class Truth:
    """What really happened to the leg; nobody has to have seen it."""

    begun: datetime
    answered: bool
    seconds: float

    @property
    def answered_at(self) -> datetime | None:
        return self.begun if self.answered else None

    @property
    def ended_at(self) -> datetime:
        return self.begun + timedelta(seconds=self.seconds)

    @property
    def billed_s(self) -> int:
        return lengths.whole_seconds(self.begun, self.ended_at) if self.answered else 0


class Orders(RuleBasedStateMachine):
    """One call. `now` only goes on; the engine's knowledge, the record and the money each take their own way."""

    @initialize(answered=st.booleans(), seconds=st.floats(0, 130), part=st.integers(0, 999_999), outcome=st.booleans())
    def a_call_is_claimed(self, answered: bool, seconds: float, part: int, outcome: bool) -> None:
        self.exchange = Exchange(datetime.now(UTC).replace(microsecond=part))
        self.truth = Truth(self.exchange.now, answered, seconds)
        self.outcome = "success" if answered and outcome else "refused" if answered else "no_answer"
        self.now = self.truth.ended_at
        self.record_kept: int | None = None
        self.engine_saw_answer = self.engine_saw_end = self.ended = self.closed = False
        self.claim: Claim = self.run(self.claimed())

    def run(self, work: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await work

        return RUNNER[0].run(awaited())

    async def claimed(self) -> Claim:
        campaign = await self.exchange.campaign(longest_call_s=60, warning_s=10)
        await self.exchange.contact(campaign, f"+7812{campaign:07}")
        claim = await self.exchange.claim(await self.exchange.operator(campaign))
        assert isinstance(claim, Claim)
        async with database.session() as s:
            await calls.ringing(s, claim.call_id, claim.fencing_token, self.exchange.now)
        return claim

    async def in_session(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        async with database.session() as s:
            return await work(s)

    def said(self, kind: LegEventKind, at: datetime) -> None:
        event = Said(self.claim.call_id, kind, at, self.truth.answered_at, "NORMAL_CLEARING")
        self.run(self.in_session(lambda s: leg_events.append(s, [event])))

    # --- what the engine sees, if it lives and is connected ---

    @precondition(lambda self: self.truth.answered and not self.engine_saw_answer and not self.ended)
    @rule()
    def the_engine_sees_the_answer(self) -> None:
        self.engine_saw_answer = True
        self.said(LegEventKind.ANSWERED, self.truth.begun)
        call_id, token = self.claim.call_id, self.claim.fencing_token
        self.run(self.in_session(lambda s: calls.answered(s, call_id, token, self.truth.begun, None)))

    @precondition(lambda self: self.truth.answered and not self.engine_saw_end)
    @rule(part=st.floats(0, 1))
    def the_switch_lists_the_leg(self, part: float) -> None:
        at = self.truth.begun + timedelta(seconds=self.truth.seconds * part)
        self.run(self.in_session(lambda s: leg_events.seen(s, [self.claim.call_id], at)))

    @rule(kind=st.sampled_from([LegEventKind.HUNGUP, LegEventKind.COMPLETED]))
    def the_engine_sees_the_end(self, kind: LegEventKind) -> None:
        self.engine_saw_end = True
        self.said(kind, self.truth.ended_at)
        self.end("NORMAL_CLEARING", self.truth.ended_at)

    @rule(later=st.integers(0, 3000))
    def the_engine_was_dead_and_finds_the_leg_gone(self, later: int) -> None:
        self.end(UNSEEN_END, self.truth.ended_at + timedelta(seconds=later))

    def end(self, cause: str, at: datetime) -> None:
        if not self.ended:
            self.ended, self.now = True, max(self.now, at)
            call_id, token = self.claim.call_id, self.claim.fencing_token
            by = "switch" if cause == UNSEEN_END else "contact"
            self.run(self.in_session(lambda s: calls.ended(s, call_id, token, at, cause=cause, ended_by=by)))

    # --- the operator ---

    @rule()
    def the_operator_closes(self) -> None:
        if not self.closed:
            self.closed = True
            self.run(self.exchange.close(self.claim, self.outcome, at=self.now))

    # --- the record: in time, late, doubled, with other figures, or never ---

    @rule(lie=st.sampled_from([0, 0, 0, 7]))
    def the_record_comes(self, lie: int) -> None:
        seconds = self.truth.billed_s + (lie if self.truth.answered else 0)
        if self.record_kept is None:
            self.record_kept = seconds
        self.run(self.exchange.record(self.claim, seconds if self.truth.answered else None))

    # --- money ---

    @rule(passed=st.integers(0, 120))
    def time_passes_and_the_settler_runs(self, passed: int) -> None:
        self.now += timedelta(seconds=passed)
        self.settle()

    def settle(self) -> None:
        self.run(self.in_session(lambda s: settling.settle_due(s, self.now, GRACE)))
        self.run(self.in_session(lambda s: correcting.correct_due(s, self.now)))

    @rule(part=st.floats(0, 1))
    def the_customer_spends(self, part: float) -> None:
        async def spend(s: Any) -> None:
            funds = await ledger.account(s, Kind.CUSTOMER_FUNDS, "RUB", customer_id=self.claim.customer_id)
            payouts = await ledger.account(s, Kind.PAYOUTS, "RUB")
            spent = round((await ledger.balance(s, self.claim.customer_id)).available * part)
            await ledger.move(s, "refund", f"r:{self.claim.call_id}:{part}", {funds: -spent, payouts: spent})

        self.run(self.in_session(spend))

    # --- the end of all orders ---

    def teardown(self) -> None:
        if hasattr(self, "claim"):
            if not self.ended:
                self.the_engine_was_dead_and_finds_the_leg_gone(1)
            self.the_operator_closes()
            self.now += timedelta(hours=2)
            self.settle()
            self.settle()
            self.run(self.check())

    async def check(self) -> None:
        async with database.session() as s:
            (settled,) = await s.exec(select(Settlement).where(Settlement.call_id == self.claim.call_id))
            tariff = (await s.exec(select(Tariff))).one()
            held = await ledger.held_for(s, self.claim.call_id)
            assert (await ledger.balance(s, self.claim.customer_id)).held == 0
            assert await books.check(s) == []
            count = text("select count(*) from ledger_transaction where call_id = :id and kind = :kind")
            made = {
                kind: (await s.execute(count, {"id": self.claim.call_id, "kind": kind})).scalar_one()
                for kind in ("hold", "settle", "correct")
            }
            flags = {flag.kind for flag in await s.exec(select(Flag).where(Flag.subject == f"call:{settled.call_id}"))}
        assert (made["hold"], made["settle"]) == (1, 1) and made["correct"] in (0, 1)
        most_s = min(self.truth.billed_s if self.record_kept is None else self.record_kept, 65)
        full = tariffs.price(tariff, answered=self.truth.answered, billed_s=most_s, success=self.outcome == "success")
        if self.record_kept is not None:
            assert settled.source == RecordSource.RECORD
            assert (settled.billed_s, settled.charge + settled.shortfall) == (most_s, min(full.charge, held))
            assert settled.operator_pay == full.operator_pay
        elif self.engine_saw_end:
            assert (settled.source, settled.charge, settled.billed_s) == (RecordSource.EVENT, full.charge, most_s)
        else:
            assert settled.charge <= full.charge and settled.billed_s <= most_s, "never more than was surely talked"
            assert FlagKind.RECORD_MISSING in flags


def test_in_any_order_there_is_one_settlement_and_it_is_the_records(database_url: str, settings_env):
    settings_env(database_url=database_url)
    with asyncio.Runner() as runner:
        RUNNER[:] = [runner]
        runner.run(Exchange(datetime.now(UTC)).tariff())
        run_state_machine_as_test(
            Orders,
            settings=settings(
                max_examples=figure(35, 200),
                stateful_step_count=12,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        runner.run(database.dispose())
        RUNNER.clear()
