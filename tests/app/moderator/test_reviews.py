"""A call is heard, noted on, scored and judged in the page; its operator sees why, appeals, and is answered."""

import hashlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from exchange_app import moderator
from exchange_app import operator as operators
from exchange_app import recordings as sounds
from exchange_app.moderator.appeals_state import Appeals
from exchange_app.moderator.review_state import Review
from exchange_app.operator.reviews_state import OwnReviews
from exchange_app.recordings import links
from exchange_app.recordings.wave_player import drawn
from exchange_domain import campaigns, database, house_rules, judging, ledger, score_cards
from exchange_domain.tables import Hearing, Recording
from exchange_domain.words import Outcome, RecordingState
from tests.app.conftest import ORIGIN, Events, Page, make_account
from tests.app.customer.conftest import Shop, as_account, shop, signed_in

__all__ = ["shop"]
NOW = datetime.now(UTC)
SOUND = b"OggS" + bytes(100)


@pytest.fixture
async def heard(shop: Shop, settings_env: Callable[..., None], tmp_path: Path) -> UUID:
    """A call with its recording, in the queue."""
    settings_env(recording_storage=tmp_path.as_uri(), data_dir=tmp_path)
    (tmp_path / "one.ogg").write_bytes(SOUND)
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
        await house_rules.change(s, None, {"review_second_percent": 0})
    call_id = await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01", "katalog": True}, note="ждёт")
    async with database.session() as s:
        s.add(
            Recording(
                call_id=call_id, switch_name="main", switch_path="/x.wav", state=RecordingState.STORED,
                storage_key="one.ogg", format="audio/ogg", duration_ms=60_000, size_bytes=len(SOUND),
                sha256=hashlib.sha256(SOUND).hexdigest(), channels=2, peaks=bytes([2, 120]) * 300 + bytes([2, 2]) * 300,
                peak_ms=100, stored_at=NOW, keep_until=NOW + timedelta(days=1),
            )
        )  # fmt: skip
    async with database.session() as s:
        assert await judging.judge_new(s, NOW) == 1
    return call_id


@pytest.fixture
async def kira(shop: Shop) -> int:
    return await make_account("kira@mail.example", "Кира Нова", "moderator")


@pytest.fixture
async def page(events: Events, kira: int) -> Page:
    return await signed_in(events, kira)


@pytest.fixture
async def lev(events: Events, shop: Shop) -> Page:
    return await signed_in(events, await make_account("lev@mail.example", "Лев Тихий", "moderator"), "lev")


@pytest.fixture
async def maria(events: Events, shop: Shop) -> Page:
    return await signed_in(events, shop.operator, "maria")


@pytest.fixture
async def web(world: None) -> AsyncIterator[httpx.AsyncClient]:
    routes = [*moderator.routes(), *operators.routes(), *sounds.routes()]
    transport = httpx.ASGITransport(app=Starlette(routes=routes), client=("192.0.2.7", 5))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
        yield client


async def hearing_of(call_id: UUID) -> Hearing:
    async with database.session() as s:
        found = await s.execute(text("select id from hearing where call_id = :call"), {"call": call_id})
        return await s.get_one(Hearing, found.scalar_one())


async def rejected(page: Page, call_id: UUID) -> None:
    await page.send(Review.enter())
    await page.send(Review.open((await hearing_of(call_id)).id or 0))
    for place in range(1, 6):
        await page.send(Review.press(place))
    await page.send(Review.begin_note(2_500))
    await page.send(Review.save_note({"words": "Здесь контакт отказался"}))
    await page.send(Review.toggle_code("R1"))
    await page.send(Review.give("rejected"))


async def test_a_call_is_heard_noted_scored_and_judged(heard: UUID, page: Page) -> None:
    await page.send(Review.enter())
    (line,) = page.values(Review)["lines"]
    assert (line.level, line.operator, line.reason.code) == ("high", "Мария С.", "contact_hardly_spoke")
    await page.send(Review.open(line.id))
    shown = page.values(Review)
    assert (shown["call"].note, shown["call"].outcome, shown["call"].campaign) == ("ждёт", "success", "Замер")
    assert [(a.label, a.value) for a in shown["answers"]] == [("День", "2026-12-01"), ("Каталог", "yes")]
    assert shown["silences"] == [[30_000, 60_000]] and shown["peaks"] == drawn(
        bytes([2, 120]) * 300 + bytes([2, 2]) * 300
    )
    assert "Ирина" not in repr(page.deltas) and "+7812" not in repr(page.deltas)
    await page.send(Review.give("accepted"))
    assert page.values(Review)["fault"] == "no_scores"
    for place in (1, 2, 3, 4, 5, 5, 9):
        await page.send(Review.press(place))
    await page.send(Review.score("listens", 0))
    await page.send(Review.score("listens", 7))
    assert [(c.key, c.points) for c in page.values(Review)["criteria"]] == [
        ("greeting", 2), ("script", 2), ("listens", 0), ("true_result", 2), ("courtesy", 1),
    ]  # fmt: skip
    assert page.values(Review)["total"] == 7
    await page.send(Review.begin_note(12_345))
    await page.send(Review.save_note({"words": " "}))
    assert page.values(Review)["fault"] == "no_words"
    await page.send(Review.save_note({"words": "Не поздоровалась"}))
    await page.send(Review.begin_note(1_000))
    await page.send(Review.save_note({"words": "Первая"}))
    assert [(n.at_ms, n.words) for n in page.values(Review)["notes"]] == [
        (1_000, "Первая"),
        (12_345, "Не поздоровалась"),
    ]
    await page.send(Review.remove_note(page.values(Review)["notes"][0].id))
    await page.send(Review.give("rejected"))
    assert page.values(Review)["fault"] == "no_reason"
    await page.send(Review.toggle_code("R4"))
    await page.send(Review.toggle_code("R1"))
    await page.send(Review.toggle_code("R4"))
    await page.send(Review.give("rejected"))
    after = page.values(Review)
    assert (after["hearing_id"], after["said"], after["lines"], after["waiting"]) == (0, "rejected", [], 0)
    kept = await hearing_of(heard)
    assert (kept.codes, kept.scores["listens"], kept.verdict) == (["R1"], 0, "rejected")


async def test_what_was_begun_is_there_when_the_page_opens_anew(
    heard: UUID, page: Page, events: Events, kira: int
) -> None:
    await page.send(Review.enter())
    await page.send(Review.next())
    await page.send(Review.press(2))
    again = await signed_in(events, kira, "another tab")
    await again.send(Review.enter())
    shown = again.values(Review)
    assert shown["hearing_id"] and [c.points for c in shown["criteria"]] == [-1, 2, -1, -1, -1]
    await again.send(Review.give_back())
    assert again.values(Review)["hearing_id"] == 0 and again.values(Review)["waiting"] == 1
    await page.send(Review.press(3))
    assert page.values(Review)["hearing_id"] == 0, "it went back: nothing more can be written on it"


async def test_another_moderator_does_not_see_what_is_taken(heard: UUID, page: Page, lev: Page) -> None:
    await page.send(Review.enter())
    await page.send(Review.next())
    await lev.send(Review.enter())
    assert lev.values(Review)["lines"] == []
    await lev.send(Review.open((await hearing_of(heard)).id or 0))
    await lev.send(Review.press(1))
    await lev.send(Review.give("accepted"))
    assert (await hearing_of(heard)).verdict is None and (await hearing_of(heard)).scores == {}


async def test_a_campaigns_own_criteria_are_asked_for(heard: UUID, shop: Shop, page: Page) -> None:
    async with database.session() as s:
        await score_cards.save(s, shop.campaign, None, ["Называет цену"], ["Не назвал цену"])
    await page.send(Review.enter())
    await page.send(Review.next())
    assert [c.label for c in page.values(Review)["criteria"]] == [""] * 5 + ["Называет цену"]
    assert [c.label for c in page.values(Review)["codes"]] == [""] * 5 + ["Не назвал цену"]
    for place in range(1, 6):
        await page.send(Review.press(place))
    await page.send(Review.give("accepted"))
    assert page.values(Review)["fault"] == "no_scores"
    await page.send(Review.press(6))
    await page.send(Review.give("accepted"))
    assert (await hearing_of(heard)).scores["C1"] == 2


async def test_the_operator_hears_why_and_appeals_and_the_money_follows(
    heard: UUID, shop: Shop, page: Page, lev: Page, maria: Page
) -> None:
    await maria.send(OwnReviews.enter())
    assert maria.values(OwnReviews)["lines"] == []
    await rejected(page, heard)
    await maria.send(OwnReviews.enter())
    (line,) = maria.values(OwnReviews)["lines"]
    assert (line.standing, line.may_appeal, line.campaign) == ("apart", True, "Замер") and line.pay > 0
    assert maria.values(OwnReviews)["apart_sum"] == line.pay
    await maria.send(OwnReviews.open(str(heard)))
    shown = maria.values(OwnReviews)
    assert [(n.at_ms, n.words) for n in shown["notes"]] == [(2_500, "Здесь контакт отказался")]
    assert [c.code for c in shown["codes"]] == ["R1"] and [s.points for s in shown["scores"]] == [2] * 5
    assert "Кира" not in repr(maria.deltas), "who judged stays with the house"
    await maria.send(OwnReviews.begin_appeal(31_000))
    await maria.send(OwnReviews.appeal({"words": ""}))
    assert maria.values(OwnReviews)["fault"] == "no_words"
    await maria.send(OwnReviews.appeal({"words": "Она согласилась"}))
    assert maria.values(OwnReviews)["lines"][0].standing == "appealed"
    await page.send(Appeals.enter())
    assert page.values(Appeals)["lines"] == [], "not by who has judged"
    await lev.send(Appeals.enter())
    (seen,) = lev.values(Appeals)["lines"]
    assert (seen.words, seen.mark_ms, [c.code for c in seen.codes]) == ("Она согласилась", 31_000, ["R1"])
    await lev.send(Appeals.ask(seen.id))
    await lev.send(Appeals.decide({"verdict": "granted", "words": " "}))
    assert lev.values(Appeals)["fault"] == "no_words"
    await lev.send(Appeals.decide({"verdict": "granted", "words": "Слышно ясно"}))
    await lev.send(Appeals.decide({"verdict": "refused", "words": "нет"}))
    assert lev.values(Appeals)["lines"] == []
    async with database.session() as s:
        has = await ledger.earnings(s, shop.operator)
    assert (has.held, has.available) == (0, line.pay)
    await maria.send(OwnReviews.open(str(heard)))
    assert (maria.values(OwnReviews)["opened"].standing, maria.values(OwnReviews)["opened"].decision) == (
        "granted",
        "Слышно ясно",
    )


async def test_another_operator_sees_nothing_of_it(heard: UUID, page: Page, events: Events) -> None:
    await rejected(page, heard)
    other = await signed_in(events, await make_account("ivan@mail.example", "Иван Тур", "operator"), "ivan")
    await other.send(OwnReviews.enter())
    await other.send(OwnReviews.open(str(heard)))
    await other.send(OwnReviews.begin_appeal(0))
    await other.send(OwnReviews.appeal({"words": "чужое"}))
    assert other.values(OwnReviews)["lines"] == [] and "Замер" not in repr(other.deltas)
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from appeal"))).scalar_one() == 0


async def test_a_link_is_one_persons_for_a_few_minutes(
    heard: UUID, shop: Shop, kira: int, page: Page, web: httpx.AsyncClient
) -> None:
    path = f"/moderator/calls/{heard}/recording"
    mine = await as_account(web, kira)
    link = (await mine.get(path)).headers["location"]
    assert (await mine.get(link)).content == SOUND
    other = await as_account(web, await make_account("lev@mail.example", "Лев Тихий", "moderator"))
    assert (await other.get(link)).status_code == 404, "passed on, it opens nothing"
    mine = await as_account(web, kira)
    for bad in (link[:-2] + "AA", "/sound/x", "/sound/" + "A" * 300, "/sound/%FF%00"):
        assert (await mine.get(bad)).status_code == 404
    old = links.signed("moderator", kira, heard, time.time() - links.GOOD_FOR_S - 1)
    assert (await mine.get(f"/sound/{old}")).status_code == 404
    for role, status in (("operator", 403), ("customer", 403), ("nobody", 403)):
        forged = links.signed(role, kira, heard, time.time())
        assert (await mine.get(f"/sound/{forged}")).status_code == status, "even signed, the role is looked at again"
    hers = await as_account(web, shop.operator)
    assert (await hers.get(f"/operator/calls/{heard}/recording")).status_code == 404, "not judged yet"
    await rejected(page, heard)
    link = (await hers.get(f"/operator/calls/{heard}/recording")).headers["location"]
    assert (await hers.get(link)).content == SOUND
    assert (await hers.get(f"/operator/calls/{uuid4()}/recording")).status_code == 404
    web.cookies.clear()
    assert (await web.get(link)).status_code == 401
    async with database.session() as s:
        assert set((await s.execute(text("select account_id from listening"))).scalars()) == {kira, shop.operator}


def test_a_link_reads_back_as_it_was_signed() -> None:
    call_id = uuid4()
    link = links.signed("moderator", 7, call_id, 1_000.0)
    assert links.read(link, 7, 1_000.0 + links.GOOD_FOR_S) == ("moderator", call_id)
    assert links.read(link, 8, 1_000.0) is None and links.read(link, 7, 1_001.0 + links.GOOD_FOR_S) is None
    assert len(drawn(bytes(range(256)) * 40)) < 2_000
