"""Robots are called by whom they are meant for, cost nothing and pay nothing; nobody calls in earnest before a test."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import (
    accounts,
    board,
    call_backs,
    certificates,
    database,
    dial_proofs,
    house_rules,
    judging,
    shifts,
    system_view,
    tariff_desk,
)  # fmt: skip
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.invariants import broken
from exchange_domain.practice import aptitude, desk, house, runs
from exchange_domain.practice.reports import PracticeReport
from exchange_domain.practice.runs import PracticeError
from exchange_domain.tables import Aptitude, Campaign, PracticeRun, Recording
from exchange_domain.words import EndpointKind, Outcome, PracticeState, RecordingState
from robots.numbers import SERIALS, answering, number_of
from robots.persona import personas

from .conftest import Exchange

EMPTY = PracticeReport(scores=(), calls=())


async def trainee(exchange: Exchange, lesson: str | None = None, language: str = "ru") -> tuple[tuple[int, int], int]:
    """An operator with a run that was begun, on a shift with its robots: (account, shift), run."""
    async with database.session() as s:
        account = await accounts.create(
            s, email=f"{uuid4().hex}@example.org", display_name="Лена", password_hash="-", roles=("operator",)
        )
        assert account.id is not None
    return await on_practice(exchange, account.id, lesson, language)


async def on_practice(
    exchange: Exchange, operator: int, lesson: str | None = None, language: str = "ru"
) -> tuple[tuple[int, int], int]:
    async with database.session() as s:
        begun = await runs.begin(s, operator, lesson, language)
        shift = await shifts.open(
            s, operator_id=operator, campaign_id=begun.campaign_id, switch_name="main",
            endpoint_kind=EndpointKind.SIP, endpoint=f"operator-{operator}",
        )  # fmt: skip
        assert shift.id is not None
    return (operator, shift.id), begun.run_id


async def practised(exchange: Exchange, operator: tuple[int, int], outcome: str, seconds: int = 40) -> Claim:
    claim = await exchange.claim(operator)
    assert isinstance(claim, Claim)
    await exchange.talk(claim, seconds)
    more = {"call_back_at": exchange.now + timedelta(days=1)} if outcome == "call_back" else {}
    await exchange.close(claim, outcome, **more)
    await exchange.record(claim, seconds)
    await exchange.settle(after=timedelta(minutes=2))
    return claim


async def test_a_test_is_three_robots_of_ones_own_that_cost_nothing(exchange: Exchange):
    lena, run = await trainee(exchange)
    other, _ = await trainee(exchange)
    called = []
    for outcome in ("success", "call_back", "call_back"):
        claim = await practised(exchange, lena, outcome)
        found = answering(claim.e164)
        assert found is not None and found[0] == "ru"
        called.append(found[1].name)
    assert called == ["interested", "sceptical", "busy"]
    # The other's are still there, and nobody else is given them.
    assert await exchange.claim(lena) == Refusal("practice_over")
    assert isinstance(await exchange.claim(other), Claim)
    async with database.session() as s:
        paid = await s.execute(text("select sum(charge), sum(operator_pay), count(*) from settlement"))
        assert tuple(paid.one()) == (0, 0, 3)
        assert await broken(s, exchange.now + timedelta(minutes=2)) == []
        assert await call_backs.promised_by(s, lena[0]) == []
    assert await exchange.books() == []
    assert [due.run_id for due in await due_runs()] == [run]


async def due_runs() -> list[runs.ToMeasure]:
    async with database.session() as s:
        return await runs.due(s)


async def test_robots_of_who_went_away_are_given_to_nobody(exchange: Exchange):
    lena, _ = await trainee(exchange)
    async with database.session() as s:
        await shifts.end(s, lena[1], exchange.now)
    other, _ = await trainee(exchange, "opening")
    await practised(exchange, other, "success")
    exchange.now += timedelta(hours=2)
    assert await exchange.claim(other) == Refusal("practice_over")


async def test_a_proof_leads_to_the_robots_and_to_no_carrier(exchange: Exchange):
    lena, _ = await trainee(exchange, language="en")
    claim = await exchange.claim(lena)
    assert isinstance(claim, Claim)
    async with database.session() as s:
        proof = await dial_proofs.lease_held(s, claim.call_id, claim.fencing_token, exchange.now)
    assert proof is not None and (proof.gateway, proof.e164) == ("robots", claim.e164)
    found = answering(claim.e164)
    assert found is not None and found[0] == "en"


async def test_a_person_is_never_called_in_practice_nor_a_robot_in_earnest(exchange: Exchange):
    lena, _ = await trainee(exchange, "opening")
    async with database.session() as s:
        campaign = await house.campaign_of(s, "ru")
        await s.execute(text("update contact_number set e164 = '+79215550001' where campaign_id = :c"),
                        {"c": campaign.id})  # fmt: skip
    assert await exchange.claim(lena) == Refusal("practice_over")
    earnest = await exchange.campaign()
    await exchange.contact(earnest, "+999102000000001")
    operator = await exchange.operator(earnest)
    assert isinstance(refused := await exchange.claim(operator), Refusal) and refused.code != "practice_over"


async def test_begun_twice_it_is_one_and_another_lesson_leaves_it(exchange: Exchange):
    lena, run = await trainee(exchange, "opening")
    _, again = await on_practice(exchange, lena[0], "opening")
    assert again == run
    _, other = await on_practice(exchange, lena[0], "refusal")
    assert other != run
    async with database.session() as s:
        assert (await s.get_one(PracticeRun, run)).state == PracticeState.LEFT
        number = await s.execute(text("select c.status from contact c join practice_contact p on p.contact_id = c.id "
                                      "where p.run_id = :run"), {"run": run})  # fmt: skip
        assert number.scalars().all() == ["done"]
    found = answering((await practised(exchange, lena, "refused")).e164)
    assert found is not None and found[1].name == "refuses"


@pytest.mark.parametrize(("lesson", "language", "code"), [("dancing", "ru", "unknown"), ("opening", "fr", "unknown")])
async def test_what_is_no_lesson_is_refused(exchange: Exchange, s: AsyncSession, lesson: str, language: str, code: str):
    with pytest.raises(PracticeError) as refused:
        await runs.begin(s, 1, lesson, language)
    assert refused.value.code == code


async def test_who_is_no_operator_does_not_train(exchange: Exchange, s: AsyncSession):
    account = await accounts.create(s, email="m@example.org", display_name="M", password_hash="-", roles=("moderator",))
    with pytest.raises(PracticeError, match="no_operator"):
        await runs.begin(s, account.id or 0, None, "ru")


# --- before the first call in earnest ---


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch, settings_env) -> None:
    settings_env(aptitude_required="true")


async def test_nobody_calls_in_earnest_before_a_moderator_has_confirmed(exchange: Exchange, asked_for: None):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, "+79215550101")
    operator = await exchange.operator(campaign)
    assert await exchange.claim(operator) == Refusal("no_aptitude")
    async with database.session() as s:
        assert [card.closed_code for card in await board.cards(s, operator[0], exchange.now)] == ["no_aptitude"]
        run = (await runs.begin(s, operator[0], None, "ru")).run_id
        moderator = await accounts.create(
            s, email="kira@example.org", display_name="Кира", password_hash="-", roles=("moderator",)
        )
        assert moderator.id is not None
        with pytest.raises(PracticeError, match="not_possible"):
            await aptitude.decide(s, run, moderator.id, "", exchange.now, confirmed=True)
        assert await runs.finish(s, run, EMPTY, True, exchange.now)
        assert await runs.finish(s, run, EMPTY, True, exchange.now) is None
    assert await exchange.claim(operator) == Refusal("no_aptitude")
    async with database.session() as s:
        with pytest.raises(PracticeError, match="own"):
            await aptitude.decide(s, run, operator[0], "", exchange.now, confirmed=True)
        with pytest.raises(PracticeError, match="no_words"):
            await aptitude.decide(s, run, moderator.id, " ", exchange.now, confirmed=False)
        await aptitude.decide(s, run, moderator.id, "once more, slower", exchange.now, confirmed=False)
        assert await s.get(Aptitude, operator[0]) is None
        for _ in range(2):
            await aptitude.decide(s, run, moderator.id, "", exchange.now, confirmed=True)
    assert isinstance(await exchange.claim(operator), Claim)
    async with database.session() as s:
        acts = await s.execute(text("select act from audit_entry where act like 'aptitude%' order by id"))
        assert acts.scalars().all() == ["aptitude_returned", "aptitude_confirmed"]
        assert [card.closed_code for card in await board.cards(s, operator[0], exchange.now)] == ["list_done"]


async def test_a_moderator_may_know_somebody_otherwise(exchange: Exchange, asked_for: None):
    campaign = await exchange.campaign()
    await exchange.contact(campaign, "+79215550101")
    operator = await exchange.operator(campaign)
    async with database.session() as s:
        account = await accounts.create(s, email="k@example.org", display_name="К", password_hash="-", roles=())
        with pytest.raises(PracticeError, match="no_words"):
            await aptitude.give(s, operator[0], account.id or 0, "")
        with pytest.raises(PracticeError, match="no_operator"):
            await aptitude.give(s, account.id or 0, operator[0], "why not")
        for _ in range(2):
            await aptitude.give(s, operator[0], account.id or 0, "five years at another exchange")
        assert (await desk.progress(s, operator[0], required=True)).admitted
    assert isinstance(await exchange.claim(operator), Claim)


# --- nobody sees practice among what is in earnest ---


async def test_practice_is_in_no_list_and_in_no_figure(exchange: Exchange):
    lena, _ = await trainee(exchange, "opening")
    claim = await practised(exchange, lena, "success")
    async with database.session() as s:
        s.add(
            Recording(
                call_id=claim.call_id,
                state=RecordingState.STORED,
                switch_name="main",
                switch_path="/r/x.wav",
                storage_key="x.ogg",
                sha256="0" * 64,
                size_bytes=9,
                duration_ms=40_000,
                channels=2,
                stored_at=exchange.now,
                keep_until=exchange.now + timedelta(days=1),
            )
        )
        await s.flush()
        await house_rules.change(s, None, {"review_random_percent": 100})
        await judging.judge_new(s, exchange.now)
        assert (await s.execute(text("select count(*) from review"))).scalar_one() == 0
        assert await board.cards(s, lena[0], exchange.now) == []
        assert await system_view.customer_lines(s) == []
        assert [row.customer for row in await tariff_desk.rows(s, exchange.now)] == [""]
        figures = await system_view.figures(s, exchange.now + timedelta(minutes=5))
        assert (figures.calls, figures.answered, figures.successes) == (0, 0, 0)
        kind = await certificates.make_kind(s, lena[0], "Sales", "Sells")
        assert [c.calls for c in await certificates.candidates(s, kind, 0)] == [0]


async def test_the_house_is_made_once_and_asked_for_by_its_language(exchange: Exchange):
    async with database.session() as s:
        ids = [(await house.campaign_of(s, language)).id for language in ("ru", "en", "ru")]
        assert ids[0] == ids[2] != ids[1]
        campaign = await s.get_one(Campaign, ids[0])
        assert (campaign.practice, campaign.masking_allowed, campaign.max_attempts) == (True, False, 1)


# --- what moderators see ---


async def test_who_waits_comes_first_and_notes_name_a_lesson(exchange: Exchange, asked_for: None):
    lena, test = await trainee(exchange)
    zoe, lesson = await trainee(exchange, "refusal")
    async with database.session() as s:
        kira = await accounts.create(
            s, email="kira@example.org", display_name="Кира", password_hash="-", roles=("moderator", "operator")
        )
        assert kira.id is not None
        await runs.finish(s, test, EMPTY, False, exchange.now)
        await runs.finish(s, lesson, EMPTY, True, exchange.now)
        await aptitude.ask(s, lena[0], test, exchange.now)
        with pytest.raises(PracticeError, match="unknown"):
            await aptitude.ask(s, zoe[0], test, exchange.now)
        found = await desk.trainees(s, kira.id)
        assert [(one.operator_id, one.waits, one.asked, one.lessons) for one in found] == [
            (lena[0], True, True, 0), (zoe[0], False, False, 1),
        ]  # fmt: skip
        assert await desk.waiting(s, kira.id) == 1
        await desk.note(s, zoe[0], kira.id, "now where they object", "objections")
        with pytest.raises(PracticeError, match="own"):
            await desk.note(s, kira.id, kira.id, "well done", None)
        progress = await desk.progress(s, zoe[0], required=True)
        assert [(n.by, n.lesson) for n in progress.notes] == [("Кира", "objections")]
        done = {one.key: one for one in progress.lessons}
        assert (done["refusal"].times, done["refusal"].reached, done["opening"].times) == (1, True, 0)


def test_every_persona_knows_outcomes_that_there_are():
    for persona in personas().values():
        assert {Outcome(one) for one in persona.fits}


async def test_a_number_says_who_answers(exchange: Exchange):
    """It is a number for the database too, and the longest serial fits."""
    async with database.session() as s:
        campaign = (await house.campaign_of(s, "en")).id or 0
    e164 = number_of(personas()["voicemail"], "en", 7 * SERIALS + 123)
    await exchange.contact(campaign, e164)
    assert e164 == "+999205000000123" and answering(e164) == ("en", personas()["voicemail"])
    assert answering("+79215550001") is None and answering("+999299000000123") is None
