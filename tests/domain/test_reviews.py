"""Calls listened to by moderators: the queue, one at a time, blind seconds, appeals, and the pay that follows."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from exchange_domain import (
    accounts,
    appeals,
    audit,
    customers,
    database,
    disputes,
    earnings,
    house_rules,
    judging,
    ledger,
    review_desk,
    review_pay,
    score_cards,
)
from exchange_domain.appeals import AppealError
from exchange_domain.review_desk import ReviewError
from exchange_domain.score_cards import CRITERIA, BadCard, Own
from exchange_domain.tables import Campaign, Recording, Review
from exchange_domain.words import (
    HearingVerdict,
    MemberRole,
    Outcome,
    RecordingState,
    ReviewPay,
    ReviewWay,
    Verdict,
)

from .conftest import Exchange

A, R, U = HearingVerdict.ACCEPTED, HearingVerdict.REJECTED, HearingVerdict.UNSURE
GOOD = dict.fromkeys(CRITERIA, 2)
PAY = 100 + (1500 + 600) * 6000 // 10_000
"""Of an answered call of a minute that is no success, by the tariff of these tests."""


@pytest.fixture
async def desk(exchange: Exchange) -> "Desk":
    made = Desk(exchange, exchange.now)
    made.campaign = await exchange.campaign(keep_recordings_days=30)
    made.operator = await exchange.operator(made.campaign)
    made.kira, made.lev, made.ada = [await made.person(name) for name in ("Кира", "Лев", "Ада")]
    async with database.session() as s:
        await house_rules.change(s, None, {"review_second_percent": 0})
    return made


class Desk:
    campaign: int
    operator: tuple[int, int]
    kira: int
    lev: int
    ada: int

    def __init__(self, exchange: Exchange, now: datetime):
        self.exchange, self.now = exchange, now

    async def person(self, name: str) -> int:
        async with database.session() as s:
            made = await accounts.create(
                s, email=f"{uuid4().hex}@x.org", display_name=name, password_hash="-", roles=("moderator",)
            )
        assert made.id is not None
        return made.id

    async def call(self, outcome: str = "refused", seconds: int = 60, *, recorded: bool = True) -> UUID:
        await self.exchange.contact(self.campaign, f"+7812{uuid4().int % 10_000_000:07}")
        claim = await self.exchange.claim(self.operator)
        await self.exchange.talk(claim, seconds)
        await self.exchange.record(claim, seconds)
        await self.exchange.close(claim, outcome)
        await self.exchange.settle()
        if recorded:
            await self.record(claim.call_id, seconds)
        return claim.call_id

    async def record(self, call_id: UUID, seconds: int) -> None:
        pair = bytes([2, 120]) * (5 * seconds) + bytes([120, 2]) * (5 * seconds)
        async with database.session() as s:
            s.add(
                Recording(
                    call_id=call_id, switch_name="main", switch_path="/x.wav", state=RecordingState.STORED,
                    storage_key=f"{call_id}.ogg", format="audio/ogg", duration_ms=seconds * 1000, size_bytes=10,
                    sha256="0", channels=2, peaks=pair, peak_ms=100, stored_at=self.now,
                    keep_until=self.now + timedelta(days=30),
                )
            )  # fmt: skip

    async def judge(self) -> int:
        async with database.session() as s:
            return await judging.judge_new(s, self.now)

    async def queue(self, who: int) -> list[review_desk.Waiting]:
        async with database.session() as s:
            return await review_desk.queue(s, who, self.now)

    async def take(self, who: int, hearing_id: int) -> None:
        async with database.session() as s:
            await review_desk.take(s, hearing_id, who, self.now)

    async def give(
        self, who: int, call_id: UUID, verdict: HearingVerdict, codes: tuple[str, ...] = ("R1",)
    ) -> Verdict | None:
        hearing = next(one for one in await self.queue(who) if one.call_id == call_id)
        await self.take(who, hearing.hearing_id)
        async with database.session() as s:
            await review_desk.keep(s, hearing.hearing_id, who, GOOD, list(codes), self.now)
            found = await review_desk.give(s, hearing.hearing_id, who, verdict, "", self.now)
        async with database.session() as s:
            await review_pay.carry_out(s, call_id, self.now)
        return found

    async def review(self, call_id: UUID) -> Review:
        async with database.session() as s:
            return await s.get_one(Review, call_id)

    async def money(self) -> tuple[int, int]:
        """Pending and available."""
        async with database.session() as s:
            has = await ledger.earnings(s, self.operator[0])
        return has.held, has.available

    async def appeal(self, call_id: UUID, now: datetime | None = None) -> int:
        async with database.session() as s:
            made = await appeals.appeal(s, call_id, self.operator[0], 12_000, "Здесь она согласна", now or self.now)
        assert made.id is not None
        return made.id

    async def decide(self, who: int, appeal_id: int, *, granted: bool) -> None:
        async with database.session() as s:
            call_id = await appeals.decide(s, appeal_id, who, granted=granted, words="Слышно", now=self.now)
        async with database.session() as s:
            await review_pay.carry_out(s, call_id, self.now)

    async def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        async with database.session() as s:
            due = await review_pay.due(s, self.now)
        for call_id in due:
            async with database.session() as s:
                await review_pay.carry_out(s, call_id, self.now)


async def test_a_call_is_looked_at_once_and_the_riskiest_stand_first(desk: Desk) -> None:
    mild, grave = await desk.call(), await desk.call("success", seconds=5)
    await desk.call(recorded=False)
    assert (await desk.judge(), await desk.judge()) == (2, 0)
    found = await desk.queue(desk.kira)
    assert [one.call_id for one in found] == [grave, mild]
    assert [reason["code"] for reason in found[0].reasons] == [
        "contact_hardly_spoke",
        "very_short",
        "new_operator",
        "new_campaign",
    ]
    assert found[1].way is ReviewWay.RISK and found[1].operator == "Мария С."


async def test_calls_without_risk_are_drawn_by_lot(desk: Desk) -> None:
    async with database.session() as s:
        await house_rules.change(
            s, None, {"new_operator_calls": 0, "new_campaign_calls": 0, "review_random_percent": 0}
        )
    await desk.call()
    await desk.judge()
    assert await desk.queue(desk.kira) == []
    async with database.session() as s:
        await house_rules.change(s, None, {"review_random_percent": 100})
    await desk.call()
    await desk.judge()
    assert [one.way for one in await desk.queue(desk.kira)] == [ReviewWay.RANDOM]


async def test_a_charge_contested_afterwards_brings_the_call_up(desk: Desk) -> None:
    async with database.session() as s:
        await house_rules.change(
            s, None, {"new_operator_calls": 0, "new_campaign_calls": 0, "review_random_percent": 0}
        )
    call_id = await desk.call()
    await desk.judge()
    async with database.session() as s:
        customer = (await s.get_one(Campaign, desk.campaign)).customer_id
        await disputes.contest(s, call_id, customer, None, "Не звонили", desk.now)
    await desk.judge()
    await desk.judge()
    assert [(one.call_id, one.way) for one in await desk.queue(desk.kira)] == [(call_id, ReviewWay.COMPLAINT)]


async def test_a_call_is_one_moderators_at_a_time(desk: Desk) -> None:
    await desk.call()
    await desk.judge()
    (one,) = await desk.queue(desk.kira)
    await desk.take(desk.kira, one.hearing_id)
    assert (await desk.queue(desk.kira))[0].mine and await desk.queue(desk.lev) == []
    with pytest.raises(ReviewError, match="somebody_elses"):
        await desk.take(desk.lev, one.hearing_id)
    async with database.session() as s:
        await review_desk.note(s, one.hearing_id, desk.kira, 4_000, " Хорошо \x00 начала ", desk.now)
        with pytest.raises(ReviewError, match="somebody_elses"):
            await review_desk.note(s, one.hearing_id, desk.lev, 0, "чужое", desk.now)
        with pytest.raises(ReviewError, match="no_words"):
            await review_desk.note(s, one.hearing_id, desk.kira, 0, " ", desk.now)
        assert [(n.at_ms, n.words) for n in await review_desk.notes(s, [one.hearing_id])] == [(4_000, "Хорошо начала")]
    desk.now += timedelta(minutes=31)
    await desk.take(desk.lev, one.hearing_id)
    async with database.session() as s:
        assert await review_desk.notes(s, [one.hearing_id]) == [], "what the other had begun is not hers"
        with pytest.raises(ReviewError, match="somebody_elses"):
            await review_desk.give(s, one.hearing_id, desk.kira, A, "", desk.now)


async def test_nobody_reviews_their_own(desk: Desk) -> None:
    await desk.call()
    await desk.judge()
    async with database.session() as s:
        customer = (await s.get_one(Campaign, desk.campaign)).customer_id
        await customers.add_member(s, customer, desk.lev, MemberRole.MANAGER)
        assert await review_desk.waiting(s, desk.kira, desk.now) == 1
    assert await desk.queue(desk.lev) == [] and await desk.queue(desk.operator[0]) == []
    (one,) = await desk.queue(desk.kira)
    for who in (desk.lev, desk.operator[0]):
        with pytest.raises(ReviewError, match="somebody_elses"):
            await desk.take(who, one.hearing_id)


async def test_accepted_pay_is_hers_at_once(desk: Desk) -> None:
    call_id = await desk.call()
    await desk.judge()
    assert await desk.money() == (PAY, 0)
    assert await desk.give(desk.kira, call_id, A) is Verdict.ACCEPTED
    assert await desk.money() == (0, PAY)
    assert (await desk.review(call_id)).codes == []
    async with database.session() as s:
        assert await earnings.release_due(s, desk.now + timedelta(days=30)) == 0
    assert await desk.exchange.books() == []


async def test_a_verdict_needs_scores_and_a_rejection_its_reason(desk: Desk) -> None:
    call_id = await desk.call()
    await desk.judge()
    (one,) = await desk.queue(desk.kira)
    await desk.take(desk.kira, one.hearing_id)
    async with database.session() as s:
        with pytest.raises(ReviewError, match="no_scores"):
            await review_desk.give(s, one.hearing_id, desk.kira, A, "", desk.now)
        await review_desk.keep(s, one.hearing_id, desk.kira, GOOD, [], desk.now)
        with pytest.raises(ReviewError, match="no_reason"):
            await review_desk.give(s, one.hearing_id, desk.kira, R, "", desk.now)
    assert (await desk.review(call_id)).verdict is None


async def test_rejected_pay_lies_apart_and_goes_when_nobody_appeals(desk: Desk) -> None:
    call_id = await desk.call()
    await desk.judge()
    assert await desk.give(desk.kira, call_id, R, ("R4", "R1", "R9")) is Verdict.REJECTED
    kept = await desk.review(call_id)
    assert (kept.codes, kept.pay, kept.withheld) == (["R1", "R4"], ReviewPay.WITHHELD, PAY)
    assert await desk.money() == (0, 0)
    await desk.time_passes(71)
    assert (await desk.review(call_id)).pay is ReviewPay.WITHHELD
    await desk.time_passes(2)
    assert (await desk.review(call_id)).pay is ReviewPay.KEPT
    async with database.session() as s:
        assert await earnings.release_due(s, desk.now + timedelta(days=30)) == 0
    with pytest.raises(AppealError, match="too_late"):
        await desk.appeal(call_id)
    assert await desk.money() == (0, 0) and await desk.exchange.books() == []


@pytest.mark.parametrize("granted", [True, False])
async def test_an_appeal_is_decided_by_another_and_the_money_follows(desk: Desk, granted: bool) -> None:
    call_id = await desk.call()
    await desk.judge()
    await desk.give(desk.kira, call_id, R)
    appeal_id = await desk.appeal(call_id)
    assert await desk.appeal(call_id) == appeal_id, "a second press is the same appeal"
    await desk.time_passes(200)
    assert (await desk.review(call_id)).pay is ReviewPay.WITHHELD, "an appeal that waits keeps the money where it lies"
    with pytest.raises(AppealError, match="own_verdict"):
        await desk.decide(desk.kira, appeal_id, granted=granted)
    async with database.session() as s:
        assert await appeals.open_appeals(s, desk.kira) == []
        (seen,) = await appeals.open_appeals(s, desk.lev)
    assert (seen.at_ms, seen.words, seen.codes) == (12_000, "Здесь она согласна", ["R1"])
    await desk.decide(desk.lev, appeal_id, granted=granted)
    await desk.decide(desk.lev, appeal_id, granted=granted)
    with pytest.raises(AppealError, match="decided"):
        await desk.decide(desk.ada, appeal_id, granted=not granted)
    assert await desk.money() == ((0, PAY) if granted else (0, 0))
    assert (await desk.review(call_id)).pay is (ReviewPay.RETURNED if granted else ReviewPay.KEPT)
    assert await desk.exchange.books() == []


async def test_only_her_own_rejection_can_be_appealed(desk: Desk) -> None:
    call_id = await desk.call()
    await desk.judge()
    await desk.give(desk.kira, call_id, A)
    with pytest.raises(AppealError, match="not_rejected"):
        await desk.appeal(call_id)
    async with database.session() as s:
        with pytest.raises(AppealError, match="not_yours"):
            await appeals.appeal(s, call_id, desk.lev, 0, "не моё", desk.now)
        with pytest.raises(AppealError, match="not_yours"):
            await appeals.appeal(s, uuid4(), desk.operator[0], 0, "нет такого", desk.now)


async def test_two_listen_blind_and_a_third_decides(desk: Desk) -> None:
    async with database.session() as s:
        await house_rules.change(s, None, {"review_second_percent": 100})
    call_id = await desk.call()
    await desk.judge()
    assert await desk.give(desk.kira, call_id, R) is None
    assert await desk.queue(desk.kira) == [], "nobody is the second ear of their own finding"
    (second,) = await desk.queue(desk.lev)
    assert second.turn == 2
    assert await desk.give(desk.lev, call_id, A) is None
    assert await desk.money() == (PAY, 0)
    assert await desk.give(desk.ada, call_id, R, ("R2",)) is Verdict.REJECTED
    assert (await desk.review(call_id)).codes == ["R1", "R2"]
    async with database.session() as s:
        found = await review_desk.agreed(s, desk.now - timedelta(days=1))
        hers = await review_desk.agreed(s, desk.now - timedelta(days=1), desk.ada)
    assert (found.pairs, found.alike, found.score_apart, hers.pairs) == (1, 0, 0.0, 0)


async def test_unsure_asks_for_a_second_ear(desk: Desk) -> None:
    call_id = await desk.call()
    await desk.judge()
    assert await desk.give(desk.kira, call_id, U) is None
    assert await desk.give(desk.lev, call_id, A) is Verdict.ACCEPTED
    assert await desk.money() == (0, PAY)


async def test_a_contested_charge_is_decided_before_the_pay_follows(desk: Desk) -> None:
    call_id = await desk.call()
    await desk.judge()
    async with database.session() as s:
        customer = (await s.get_one(Campaign, desk.campaign)).customer_id
        dispute = await disputes.contest(s, call_id, customer, None, "Не звонили", desk.now)
    await desk.give(desk.kira, call_id, R)
    assert (await desk.review(call_id)).pay is ReviewPay.DUE
    async with database.session() as s:
        await disputes.decide(s, dispute.id or 0, desk.lev, refund=False, at=desk.now)
    await desk.time_passes(1)
    kept = await desk.review(call_id)
    assert (kept.pay, kept.withheld) == (ReviewPay.WITHHELD, PAY)
    assert await desk.money() == (0, 0) and await desk.exchange.books() == []


async def test_a_verdict_after_the_time_of_review_takes_nothing_back(desk: Desk) -> None:
    call_id = await desk.call()
    await desk.judge()
    async with database.session() as s:
        await earnings.release_due(s, desk.now + timedelta(days=8))
    await desk.give(desk.kira, call_id, R)
    kept = await desk.review(call_id)
    assert (kept.pay, kept.withheld) == (ReviewPay.WITHHELD, 0)
    assert await desk.money() == (0, PAY) and await desk.exchange.books() == []


async def test_rules_are_changed_within_bounds_and_written_down(desk: Desk) -> None:
    async with database.session() as s:
        await house_rules.change(s, desk.kira, {"appeal_hours": 48, "silence_s": 15})
        with pytest.raises(house_rules.BadRule) as wrong:
            await house_rules.change(s, desk.kira, {"appeal_hours": 0})
        assert (wrong.value.name, wrong.value.least, wrong.value.most) == ("appeal_hours", 1, 720)
        with pytest.raises(KeyError):
            await house_rules.change(s, desk.kira, {"unknown": 1})
        written = await audit.entries(s, who=desk.kira)
        assert [(e.act, e.subject, e.before, e.after) for e in written] == [
            ("rule_changed", "rule:appeal_hours", 72, 48)
        ]
        await s.execute(text("update house_rule set value = '\"x\"' where name = 'appeal_hours'"))
        assert (await house_rules.rules(s)).appeal_hours == 72, "what is no value any more is the default"
    for statement in ("delete from audit_entry", "update audit_entry set act = 'x'", "truncate audit_entry"):
        with pytest.raises(DBAPIError, match="stays written"):
            async with database.session() as s:
                await s.execute(text(statement))


async def test_a_campaign_adds_to_the_score_card(desk: Desk) -> None:
    async with database.session() as s:
        first = await score_cards.save(
            s, desk.campaign, desk.kira, ["Называет цену", "Уточняет адрес"], ["Не назвал цену"]
        )
        second = await score_cards.save(s, desk.campaign, desk.kira, ["Уточняет адрес", "Прощается"], [])
    assert first.own_criteria == (Own("C1", "Называет цену"), Own("C2", "Уточняет адрес"))
    assert second.own_criteria == (Own("C2", "Уточняет адрес"), Own("C3", "Прощается")), "what stays keeps its key"
    assert second.criteria == (*CRITERIA, "C2", "C3")
    assert score_cards.clean_scores(second, {"C2": 1, "C1": 2, "greeting": 3, "script": True, "listens": 0}) == {
        "listens": 0,
        "C2": 1,
    }
    assert score_cards.read_labels(" а  б \n\n а б\nв") == ("а б", "в")
    for written, code in (("\n".join("абвгд"), "too_many"), ("а" * 81, "too_long")):
        with pytest.raises(BadCard, match=code):
            score_cards.read_labels(written)


async def test_the_operator_hears_no_names(desk: Desk) -> None:
    call_id = await desk.call(Outcome.REFUSED.value)
    await desk.judge()
    async with database.session() as s:
        seen = await review_desk.heard(s, call_id)
        assert seen is not None and await review_desk.heard(s, uuid4()) is None
    assert "Ирина" not in repr(seen) and "+7812" not in repr(seen)
