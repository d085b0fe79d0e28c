"""Training in its pages: begun from the operator's, heard and confirmed in the moderator's, nobody else's business."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import reflex as rx
from sqlalchemy import text
from starlette.applications import Starlette

from exchange_app import moderator as moderators
from exchange_app import operator as operators
from exchange_app import recordings
from exchange_app.moderator.training_state import Trainees
from exchange_app.operator import training_state
from exchange_app.operator.board_state import Board
from exchange_app.operator.training_state import Training
from exchange_app.practised.rows import FASTEST, HEIGHT, SLOWEST, WIDTH, height_of, pace_line
from exchange_app.security import sessions
from exchange_app.security.policy import principal_of_event
from exchange_app.security.principals import principal
from exchange_domain import database
from exchange_domain.messages import PracticeMeasured
from exchange_domain.practice import aptitude, runs, scoring
from exchange_domain.practice.reports import PacePoint
from exchange_domain.practice.scoring import Practised
from exchange_domain.tables import Aptitude, PracticeRun, Recording
from exchange_domain.words import PracticeState, RecordingState
from tests.app.conftest import ORIGIN, Events, Page, make_account
from tests.app.customer.conftest import signed_in
from tests.domain.conftest import Exchange
from tests.domain.test_practice import on_practice, practised
from tests.domain.test_practice_scores import GOOD, MARKS

NOW = datetime.now(UTC)


@pytest.fixture
async def exchange(world: None, settings_env: Any) -> Exchange:
    settings_env(aptitude_required="true")
    made = Exchange(datetime.now(UTC).replace(microsecond=0))
    await made.tariff()
    return made


@pytest.fixture
async def lena(exchange: Exchange) -> int:
    return await make_account("lena@mail.example", "Лена Орлова", "operator")


@pytest.fixture
async def kira(exchange: Exchange) -> int:
    return await make_account("kira@mail.example", "Кира Нова", "moderator", "operator")


@pytest.fixture
async def page(events: Events, lena: int) -> Page:
    return await signed_in(events, lena)


@pytest.fixture
async def desk(events: Events, kira: int) -> Page:
    return await signed_in(events, kira)


@pytest.fixture
async def web(world: None) -> AsyncIterator[httpx.AsyncClient]:
    routes = [*moderators.routes(), *operators.routes(), *recordings.routes()]
    transport = httpx.ASGITransport(app=Starlette(routes=routes), client=("192.0.2.7", 5))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
        yield client


async def taken(exchange: Exchange, operator: int, lesson: str | None = None) -> tuple[int, list[UUID]]:
    """A run whose calls were made, recorded and measured; its id, and the calls."""
    session, run = await on_practice(exchange, operator, lesson, "ru")
    outcomes = ("success", "call_back", "call_back") if lesson is None else ("success",)
    ids = [(await practised(exchange, session, outcome)).call_id for outcome in outcomes]
    async with database.session() as s:
        for call_id in ids:
            s.add(
                Recording(
                    call_id=call_id, state=RecordingState.STORED, switch_name="main", switch_path="/r/x.wav",
                    storage_key="x.ogg", sha256="0" * 64, size_bytes=9, duration_ms=40_000, channels=2,
                    stored_at=exchange.now, keep_until=exchange.now + timedelta(days=1), peaks=b"\x40\x00" * 50,
                    peak_ms=100,
                )
            )  # fmt: skip
        calls = [Practised(n, "interested", call, "success", True, 40, GOOD) for n, call in enumerate(ids, 1)]
        report = scoring.report(calls, "ru", MARKS, None)
        await runs.finish(s, run, report, True, exchange.now)
    return run, ids


async def test_the_test_is_begun_from_the_page(page: Page, lena: int, monkeypatch: pytest.MonkeyPatch):
    sent: list[Any] = []

    async def note(command: Any) -> None:
        sent.append(command)

    monkeypatch.setattr(training_state.live, "send_command", note)
    await page.send(Training.enter())
    assert (page.values(Training)["required"], page.values(Training)["admitted"]) == (True, False)
    await page.send(Training.begin("test"))
    assert page.redirects() == ["/operator/work"]
    async with database.session() as s:
        run = await runs.open_run(s, lena)
        campaign = (await s.execute(text("select id from campaign where practice"))).scalar_one()
    assert run is not None and run.lesson is None
    assert [(c.operator_id, c.campaign_id) for c in sent] == [(lena, campaign)]
    await page.send(Training.enter())
    known = page.values(Training)
    assert (known["under_way"], known["made"], known["of"]) == ("test", 0, 3)
    await page.send(Training.give_up())
    assert page.values(Training)["under_way"] == ""


@pytest.mark.parametrize("what", ["dancing", "", 7, None])
async def test_what_is_no_lesson_begins_nothing(page: Page, what: Any):
    await page.send_named(f"{Training.get_full_name()}.begin", {"what": what})
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from practice_run"))).scalar_one() == 0


async def test_a_report_is_ones_own(exchange: Exchange, events: Events, page: Page, lena: int):
    run, ids = await taken(exchange, lena)
    other = await signed_in(events, await make_account("zoe@mail.example", "Зоя Б", "operator"), "other")
    await other.send(Training.look(run))
    await other.send(Training.hear(1))
    assert other.values(Training).get("opened") is None or other.values(Training)["opened"].id == 0
    assert str(ids[0]) not in repr(other.deltas)
    await other.send(Training.ask())
    await page.send(Training.enter())
    await page.send(Training.look(run))
    opened = page.values(Training)["opened"]
    assert (opened.standing, [one.code for one in opened.scores][:2], opened.weak) == (
        "passed",
        ["clear", "prompt"],
        [],
    )
    assert opened.calls[0].first_word == 12 and opened.pace_line
    await page.send(Training.hear(2))
    assert page.values(Training)["sound"].call_id == str(ids[1]) and page.values(Training)["sound"].peaks
    await page.send(Training.hear(9))
    assert page.values(Training)["sound"].call_id == ""
    await page.send(Training.ask())
    assert page.values(Training)["opened"].asked
    async with database.session() as s:
        assert (await s.get_one(PracticeRun, run)).asked_at is not None


async def test_a_moderator_hears_notes_and_confirms(
    exchange: Exchange, events: Events, page: Page, desk: Page, lena: int, kira: int
):
    run, ids = await taken(exchange, lena)
    await page.send(Board.enter())
    assert not page.values(Board)["test_first"], "no campaign runs yet"
    await desk.send(Trainees.enter())
    (row,) = desk.values(Trainees)["people"]
    assert (row.id, row.waits, row.passed, desk.values(Trainees)["waiting"]) == (lena, True, True, 1)
    await desk.send(Trainees.choose(kira))
    assert desk.values(Trainees)["chosen"] == 0, "who is not on the list is not looked at"
    await desk.send(Trainees.choose(lena))
    assert desk.values(Trainees)["opened"].id == run, "the test that waits is opened at once"
    await desk.send(Trainees.hear(1))
    assert desk.values(Trainees)["sound"].call_id == str(ids[0])
    await desk.send(Trainees.ask("give_back"))
    await desk.send(Trainees.answer({"words": "  "}))
    assert desk.values(Trainees)["fault"] == "no_words"
    await desk.send(Trainees.answer({"words": "Медленнее"}))
    assert desk.values(Trainees)["opened"].standing == "returned"
    await desk.send(Trainees.ask("note"))
    await desk.send(Trainees.answer({"words": "Теперь возражения", "lesson": "dancing"}))
    assert desk.values(Trainees)["fault"] == "unknown"
    await desk.send(Trainees.answer({"words": "Теперь возражения", "lesson": "objections"}))
    assert desk.values(Trainees)["act"] == ""
    await page.send(Training.enter())
    advised = [one.key for one in page.values(Training)["lessons"] if one.advised]
    assert advised == ["objections"] and page.values(Training)["notes"][0].by == "Кира Нова"
    await desk.send(Trainees.ask("confirm"))
    await desk.send(Trainees.answer({"words": ""}))
    assert desk.values(Trainees)["admitted"] and desk.values(Trainees)["waiting"] == 0
    await page.send(Training.enter())
    assert page.values(Training)["admitted"]
    async with database.session() as s:
        assert (await s.get_one(Aptitude, lena)).run_id == run
        assert (await s.get_one(PracticeRun, run)).state == PracticeState.CONFIRMED


async def test_a_moderator_admits_somebody_known_otherwise(desk: Page, lena: int):
    await desk.send(Trainees.find({"search": "лена"}))
    await desk.send(Trainees.choose(lena))
    await desk.send(Trainees.ask("admit"))
    await desk.send(Trainees.answer({"words": "Пять лет у нас"}))
    async with database.session() as s:
        assert not await aptitude.lacking(s, lena)


async def test_nobody_judges_their_own_test(exchange: Exchange, desk: Page, kira: int):
    run, _ = await taken(exchange, kira)
    await desk.send(Trainees.find({"search": "Кира"}))
    assert desk.values(Trainees)["people"] == []
    async with database.session() as s:
        with pytest.raises(runs.PracticeError, match="own"):
            await aptitude.decide(s, run, kira, "", NOW, confirmed=True)


async def test_a_test_of_another_is_not_confirmed_by_its_number(
    exchange: Exchange, events: Events, desk: Page, lena: int
):
    """The page knows one operator; a run that is not theirs is none."""
    zoe = await make_account("zoe@mail.example", "Зоя Б", "operator")
    run, _ = await taken(exchange, zoe)
    await desk.send(Trainees.enter())
    await desk.send(Trainees.choose(lena))
    await desk.send(Trainees.look(run))
    assert desk.values(Trainees)["opened"].id == 0
    await desk.send(Trainees.ask("confirm"))
    await desk.send(Trainees.answer({"words": ""}))
    assert desk.values(Trainees)["fault"] == "unknown"
    async with database.session() as s:
        assert await s.get(Aptitude, zoe) is None and await s.get(Aptitude, lena) is None


@pytest.mark.parametrize("who", ["operator", "admin", "stranger"])
async def test_others_confirm_nothing(exchange: Exchange, events: Events, lena: int, who: str):
    run, _ = await taken(exchange, lena)
    account = 0 if who == "stranger" else await make_account("x@mail.example", "Кто-то", who)
    other = await signed_in(events, account) if account else events.page("nobody")
    base = Trainees.get_full_name()
    for name, values in (("enter", {}), ("choose", {"operator_id": lena}), ("look", {"run_id": run}),
                         ("ask", {"act": "confirm"}), ("answer", {"form": {"words": "x"}})):  # fmt: skip
        await other.send_named(f"{base}.{name}", values, path="/moderator/training")
    async with database.session() as s:
        assert await s.get(Aptitude, lena) is None
        assert (await s.execute(text("select count(*) from practice_note"))).scalar_one() == 0
    assert "Лена" not in repr(other.deltas)


async def test_own_practice_is_heard_before_anybody_judges_it(
    exchange: Exchange, web: httpx.AsyncClient, lena: int, kira: int
):
    _, ids = await taken(exchange, lena)
    zoe = await make_account("zoe@mail.example", "Зоя Б", "operator")
    for account, role, status in ((lena, "operator", 302), (zoe, "operator", 404), (kira, "moderator", 302),
                                  (kira, "operator", 404)):  # fmt: skip
        web.cookies.set(sessions.COOKIE, await sessions.begin(account, frozenset()))
        found = await web.get(f"/{role}/calls/{ids[0]}/recording")
        assert found.status_code == status, (account, role)
    web.cookies.set(sessions.COOKIE, await sessions.begin(lena, frozenset()))
    assert (await web.get(f"/operator/calls/{uuid4()}/recording")).status_code == 404


async def test_a_page_that_is_open_reads_the_report_by_itself(
    exchange: Exchange, page: Page, events: Events, lena: int
):
    session, run = await on_practice(exchange, lena, "opening", "ru")
    await page.send(Training.enter())
    assert page.values(Training)["under_way"] == "opening"
    call = (await practised(exchange, session, "success")).call_id
    async with database.session() as s:
        found = scoring.report([Practised(1, "interested", call, "success", True, 40, GOOD)], "ru", MARKS, None)
        await runs.finish(s, run, found, True, exchange.now)
    principal_of_event.set(await principal(lena))
    async with events.manager.modify_state(rx.BaseStateToken(ident=page.token, cls=rx.State)) as root:
        training = await root.get_state(Training)
        await training_state.apply(root, PracticeMeasured(operator_id=lena + 1, version=1))
        assert training.under_way == "opening", "another's message changes nothing"
        await training_state.apply(root, PracticeMeasured(operator_id=lena, version=2))
        assert training.under_way == "" and training.lessons[0].reached


def test_the_picture_of_the_pace_stays_in_its_frame():
    points = tuple(PacePoint(at_s=at, pace=pace) for at, pace in ((0, 0), (50, 45), (100, 200)))
    assert pace_line(points) == f"0,{HEIGHT} {WIDTH // 2},{height_of(45)} {WIDTH},0"
    assert pace_line(()) == "" and height_of(SLOWEST) == HEIGHT and height_of(FASTEST) == 0
