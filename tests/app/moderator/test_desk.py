"""Moderators: flags taken and resolved, contested charges heard and decided; who listens is written down."""

import hashlib
import inspect
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import reflex as rx
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette

from exchange_app import moderator
from exchange_app import recordings as sounds
from exchange_app.customer.callers_state import Callers
from exchange_app.moderator.appeals_state import Appeals
from exchange_app.moderator.cards_state import Cards
from exchange_app.moderator.certificates_state import Certificates
from exchange_app.moderator.disputes_state import Disputes
from exchange_app.moderator.flags_state import Flags
from exchange_app.moderator.live_state import Live
from exchange_app.moderator.review_state import Review
from exchange_app.moderator.training_state import Trainees
from exchange_app.operator.board_state import Board
from exchange_app.operator.reviews_state import OwnReviews
from exchange_app.security.policy import policy_of
from exchange_domain import audit, campaigns, customers, database, disputes, flag_desk, flags, ledger
from exchange_domain.flag_desk import FlagError
from exchange_domain.tables import Campaign, Dispute, Flag, Recording
from exchange_domain.words import DisputeState, FlagKind, MemberRole, Outcome, RecordingState
from tests.app.conftest import ORIGIN, Events, Page, make_account
from tests.app.customer.conftest import Shop, as_account, shop, signed_in

__all__ = ["shop"]
NOW = datetime.now(UTC)
HANDLERS = [
    (state, name)
    for state in (Flags, Disputes, Review, Appeals, Cards, Certificates, Live, Trainees)
    for name in state.event_handlers
    if name != "setvar"
]
ARGUMENTS: dict[str, dict[str, Any]] = {
    "choose_kind": {"kind": "own_contact"}, "switch_mine": {"on": True}, "take": {"flag_id": 1},
    "give_back": {"flag_id": 1}, "ask": {"flag_id": 1}, "show_question": {"wanted": True},
    "resolve": {"form": {"words": "чужое"}}, "listen": {"call_id": str(uuid4())},
    "decide": {"form": {"verdict": "refund", "words": "чужое"}},
    "open": {"hearing_id": 1}, "begin_note": {"at_ms": 5}, "save_note": {"form": {"words": "чужое"}},
    "remove_note": {"note_id": 1}, "score": {"name": "greeting", "points": 2}, "press": {"place": 1},
    "edit": {"campaign_id": 1}, "show_dialog": {"wanted": True}, "save": {"form": {"criteria": "чужое"}},
    "toggle_code": {"code": "R1"}, "give": {"verdict": "accepted"},
    "gap": {"seq": 1}, "show_only": {"which": "new"}, "speak": {"mode": "step_in"}, "ask_no_more": {"open_": False},
    "choose": {"kind_id": 1}, "show_making": {"wanted": True}, "make": {"form": {"name": "чужое", "goal": "чужое"}},
    "look": {"run_id": 1}, "hear": {"place": 1}, "answer": {"form": {"words": "чужое"}},
}  # fmt: skip

OF_ONE_PAGE: dict[tuple[type[rx.State], str], dict[str, Any]] = {
    (Disputes, "ask"): {"dispute_id": 1},
    (Appeals, "ask"): {"appeal_id": 1},
    (Certificates, "ask"): {"operator_id": 1},
    (Live, "listen"): {"operator_id": "1"},
    (Trainees, "ask"): {"act": "admit"},
    (Trainees, "choose"): {"operator_id": 1},
    (Trainees, "find"): {"form": {"search": "Мария"}},
}


@pytest.fixture
async def kira(shop: Shop) -> int:
    return await make_account("kira@mail.example", "Кира Нова", "moderator")


@pytest.fixture
async def page(events: Events, kira: int) -> Page:
    return await signed_in(events, kira)


@pytest.fixture
async def web(world: None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(
        app=Starlette(routes=[*moderator.routes(), *sounds.routes()]), client=("192.0.2.7", 5)
    )
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
        yield client


async def flagged(shop: Shop, kind: FlagKind = FlagKind.OWN_CONTACT, **details: Any) -> int:
    async with database.session() as s:
        await flags.raise_flag(
            s, kind, f"operator:{shop.operator}", NOW, customer_id=shop.customer, campaign_id=shop.campaign,
            operator_id=shop.operator, **details,
        )  # fmt: skip
        return (await s.execute(text("select max(id) from flag"))).scalar_one()


async def contested(shop: Shop) -> tuple[UUID, int]:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    call = await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"}, note="ждёт")
    async with database.session() as s:
        made = await disputes.contest(s, call, shop.customer, shop.owner, "Мы не просили", NOW)
    assert made.id is not None
    return call, made.id


async def test_a_flag_is_taken_by_one_and_resolved_with_a_word(
    shop: Shop, page: Page, events: Events, kira: int
) -> None:
    flag_id = await flagged(shop, why="twice")
    await flagged(shop, why="twice")
    await page.send(Flags.enter())
    (line,) = page.values(Flags)["lines"]
    assert (line.count, line.campaign, line.customer, line.operator) == (2, "Замер", "Мастерская", "Мария С.")
    assert [(f.code, f.value, f.at_ms) for f in line.figures] == [("why", "twice", 0)]
    await page.send(Flags.take(flag_id))
    await page.send(Flags.take(flag_id))
    assert page.values(Flags)["lines"][0].mine
    other = await signed_in(events, await make_account("lev@mail.example", "Лев Тихий", "moderator"), "other")
    await other.send(Flags.enter())
    await other.send(Flags.take(flag_id))
    await other.send(Flags.ask(flag_id))
    await other.send(Flags.resolve({"words": "чужое"}))
    assert other.values(Flags)["lines"][0].by == "Кира Н."
    await page.send(Flags.ask(flag_id))
    await page.send(Flags.resolve({"words": "  "}))
    assert page.values(Flags)["fault"] == "no_words"
    await page.send(Flags.resolve({"words": "Ошибка  списка"}))
    assert page.values(Flags)["lines"] == [] and page.values(Flags)["open"] == 0
    async with database.session() as s:
        kept = await s.get_one(Flag, flag_id)
        assert (kept.resolution, kept.resolved_by) == ("Ошибка списка", kira)
        with pytest.raises(FlagError, match="gone"):
            await flag_desk.resolve(s, flag_id, kira, "again", NOW)
    assert await flagged(shop) > flag_id, "what happens again opens a new one"


async def test_kinds_are_counted_and_chosen(shop: Shop, page: Page) -> None:
    for n in range(3):
        async with database.session() as s:
            await flags.raise_flag(s, FlagKind.RECORD_MISSING, f"call:{n}", NOW)
    await flagged(shop)
    await page.send(Flags.enter())
    assert [(k.code, k.count) for k in page.values(Flags)["kinds"]] == [("record_missing", 3), ("own_contact", 1)]
    await page.send(Flags.choose_kind("own_contact"))
    assert [line.kind for line in page.values(Flags)["lines"]] == ["own_contact"]
    await page.send(Flags.switch_mine(True))
    assert page.values(Flags)["lines"] == []


async def test_a_contested_charge_is_decided_once(shop: Shop, page: Page) -> None:
    _, dispute_id = await contested(shop)
    before = (await _balance(shop)).available
    await page.send(Disputes.enter())
    (line,) = page.values(Disputes)["lines"]
    assert (line.words, line.note, line.talk_s, line.outcome) == ("Мы не просили", "ждёт", 60, "success")
    await page.send(Disputes.ask(dispute_id))
    await page.send(Disputes.decide({"verdict": "refund", "words": " "}))
    assert page.values(Disputes)["fault"] == "no_words"
    await page.send(Disputes.decide({"verdict": "refund", "words": "Не тот человек"}))
    assert page.values(Disputes)["lines"] == []
    await page.send(Disputes.decide({"verdict": "uphold", "words": "нет"}))
    async with database.session() as s:
        kept = await s.get_one(Dispute, dispute_id)
    assert (kept.state, kept.decision, kept.operator_keeps) == (DisputeState.REFUNDED, "Не тот человек", True)
    assert (await _balance(shop)).available == before + line.amount


async def _balance(shop: Shop) -> ledger.Balance:
    async with database.session() as s:
        return await ledger.balance(s, shop.customer)


async def test_nobody_decides_about_their_own(shop: Shop, page: Page, kira: int, web: httpx.AsyncClient) -> None:
    """A moderator who works for the customer neither sees, hears nor decides its charges."""
    call, dispute_id = await contested(shop)
    async with database.session() as s:
        await customers.add_member(s, shop.customer, kira, MemberRole.MANAGER)
    await page.send(Disputes.enter())
    assert page.values(Disputes)["lines"] == []
    await page.send(Disputes.ask(dispute_id))
    await page.send(Disputes.decide({"verdict": "refund", "words": "свои"}))
    async with database.session() as s:
        assert (await s.get_one(Dispute, dispute_id)).state is DisputeState.OPEN
    assert (await (await as_account(web, kira)).get(f"/moderator/calls/{call}/recording")).status_code == 404


async def test_who_hears_and_that_it_is_written_down(
    shop: Shop, kira: int, web: httpx.AsyncClient, settings_env: Callable[..., None], tmp_path: Path
) -> None:
    settings_env(recording_storage=tmp_path.as_uri())
    call, _ = await contested(shop)
    sound = b"OggS" + bytes(100)
    (tmp_path / "one.ogg").write_bytes(sound)
    async with database.session() as s:
        s.add(
            Recording(
                call_id=call, switch_name="main", switch_path="/x.wav", state=RecordingState.STORED,
                storage_key="one.ogg", format="audio/ogg", duration_ms=60_000, size_bytes=len(sound),
                sha256=hashlib.sha256(sound).hexdigest(), channels=2, stored_at=NOW, keep_until=NOW + timedelta(days=1),
            )
        )  # fmt: skip
    path = f"/moderator/calls/{call}/recording"
    assert (await web.get(path)).status_code == 401
    for account in (shop.operator, shop.owner, shop.manager):
        assert (await (await as_account(web, account)).get(path)).status_code == 403
    mine = await as_account(web, kira)
    link = (await mine.get(path)).headers["location"]
    assert (await mine.get(link)).content == sound
    assert (await mine.get(link, headers={"range": "bytes=4-9"})).status_code == 206
    async with database.session() as s:
        assert (await s.execute(text("select call_id, account_id from listening"))).all() == [(call, kira)]
    for statement in ("delete from listening", "update listening set account_id = 1", "truncate listening"):
        with pytest.raises(DBAPIError):
            async with database.session() as s:
                await s.execute(text(statement))


async def test_a_campaigns_card_is_changed_and_written_down(shop: Shop, page: Page, kira: int) -> None:
    await page.send(Cards.enter())
    assert {(c.name, c.criteria) for c in page.values(Cards)["lines"]} == {("Замер", 0), ("Course", 0)}
    await page.send(Cards.edit(shop.campaign))
    await page.send(Cards.save({"criteria": "а\nб\nв\nг\nд", "codes": ""}))
    assert page.values(Cards)["fault"] == "criteria_too_many"
    await page.send(Cards.save({"criteria": "", "codes": "а" * 81}))
    assert page.values(Cards)["fault"] == "codes_too_long"
    await page.send(Cards.save({"criteria": "Называет цену\n\n", "codes": "Не назвал цену"}))
    line = next(c for c in page.values(Cards)["lines"] if c.id == shop.campaign)
    assert (line.criteria, line.codes, page.values(Cards)["open"]) == (1, 1, 0)
    async with database.session() as s:
        assert [e.act for e in await audit.entries(s, who=kira)] == ["score_card_changed"]
        await customers.add_member(s, shop.customer, kira, MemberRole.MANAGER)
    await page.send(Cards.enter())
    assert [c.name for c in page.values(Cards)["lines"]] == ["Course"], "not of a customer one works for"
    await page.send(Cards.edit(shop.campaign))
    assert page.values(Cards)["open"] == 0


async def test_an_operator_is_certified_and_the_campaign_asks_for_it(
    shop: Shop, page: Page, events: Events, kira: int
) -> None:
    await page.send(Certificates.enter())
    assert page.values(Certificates)["kinds"] == []
    await page.send(Certificates.make({"name": "Замеры", "goal": ""}))
    assert page.values(Certificates)["fault"] == "no_goal"
    await page.send(Certificates.make({"name": "Замеры", "goal": "Договаривается о времени"}))
    kind = page.values(Certificates)["chosen"]
    await page.send(Certificates.make({"name": "замеры", "goal": "ещё"}))
    assert page.values(Certificates)["fault"] == "name_taken"
    await page.send(Certificates.ask(kira))
    assert page.values(Certificates)["open"] == 0, "who is not on the list is not asked about"
    await page.send(Certificates.ask(shop.operator))
    await page.send(Certificates.decide({"words": " "}))
    assert page.values(Certificates)["fault"] == "no_words"

    owner = await signed_in(events, shop.owner)
    path = f"/customer/campaign/{shop.campaign}/hours"
    await owner.send(Callers.enter(), path=path)
    await owner.send(Callers.ask_for(f"{shop.campaign}:certificate", str(kind)), path=path)
    assert (owner.values(Callers)["asked"], owner.values(Callers)["holders"]) == (str(kind), 0)
    operator = await signed_in(events, shop.operator)

    async def closed() -> list[str]:
        await operator.send(Board.enter())
        return [c.closed for c in operator.values(Board)["cards"] if c.campaign_id == shop.campaign]

    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    assert await closed() == ["no_certificate"]
    await page.send(Certificates.decide({"words": "Слышала пять разговоров"}))
    assert page.values(Certificates)["open"] == 0
    assert await closed() != ["no_certificate"]
    await operator.send(OwnReviews.enter())
    assert operator.values(OwnReviews)["certified"] == ["Замеры"]
    await page.send(Certificates.ask(shop.operator))
    assert page.values(Certificates)["withdrawing"]
    await page.send(Certificates.decide({"words": "Грубит"}))
    assert await closed() == ["no_certificate"]

    stranger = await signed_in(events, shop.other_owner)
    await stranger.send(Callers.ask_for(f"{shop.campaign}:certificate", ""), path=path)
    async with database.session() as s:
        row = await s.get_one(Campaign, shop.campaign)
        assert row.certificate_kind_id == kind, "another customer changes nothing"
        with pytest.raises(DBAPIError):
            await s.execute(text("update certificate set withdrawn_words = null"))
    await owner.send(Callers.ask_for(f"{shop.campaign}:certificate", ""), path=path)
    assert owner.values(Callers)["asked"] == ""


@pytest.mark.parametrize(("state", "name"), HANDLERS, ids=lambda v: v if isinstance(v, str) else v.__name__)
def test_every_handler_is_the_moderators(state: type[rx.State], name: str) -> None:
    policy = policy_of(state.event_handlers[name].fn)
    assert policy is not None and policy.roles == {"moderator"}


@pytest.mark.parametrize("who", ["stranger", "operator", "manager", "owner"])
async def test_others_change_and_learn_nothing(shop: Shop, events: Events, who: str) -> None:
    await contested(shop)
    await flagged(shop)
    account = {"stranger": 0, "operator": shop.operator, "manager": shop.manager, "owner": shop.owner}[who]
    other = await signed_in(events, account) if account else events.page("nobody")
    for state, name in HANDLERS:
        given = [p for p in inspect.signature(state.event_handlers[name].fn).parameters if p != "self"]
        values = OF_ONE_PAGE.get((state, name)) or ARGUMENTS.get(name, {})
        values = {} if (state, name) == (Review, "give_back") else values
        assert set(given) == set(values), f"{state.__name__}.{name} is not tried: give its arguments"
        await other.send_named(f"{state.get_full_name()}.{name}", values, path="/moderator")
    assert "Мы не просили" not in repr(other.deltas)
    async with database.session() as s:
        kept = await s.execute(text("select count(*) from flag where assigned_to is null and resolved_at is null"))
        assert kept.scalar_one() == 1
        assert (await s.execute(text("select state from dispute"))).scalar_one() == "open"
        assert (await s.execute(text("select count(*) from certificate_kind"))).scalar_one() == 0
