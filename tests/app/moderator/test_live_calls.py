"""Moderators on live calls: who is on shift, whose line may be heard, what is written down, what the operator sees."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import reflex as rx
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from exchange_app import live
from exchange_app.broker import redis
from exchange_app.live import accounts, rooms
from exchange_app.moderator import floor
from exchange_app.moderator.live_state import Live
from exchange_app.operator.overheard_state import Overheard
from exchange_app.security import principals
from exchange_domain import customers, database, house_rules, shifts
from exchange_domain.clock import ms_of
from exchange_domain.messages import (
    COMMANDS,
    AnyCommand,
    CallView,
    Listen,
    ListenerView,
    ListenMode,
    OperatorView,
    OverheardView,
    StopListening,
    command_stream,
    listener_snapshot_key,
    operator_snapshot_key,
    overheard_snapshot_key,
)
from exchange_domain.words import CallState, EndpointKind, ListeningMode, MemberRole, OperatorState
from tests.app.conftest import Events, Page, make_account
from tests.app.customer.conftest import Shop, Sockets, shop, signed_in, sockets

__all__ = ["shop", "sockets"]
TALK_MS = ms_of(datetime(2026, 11, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
async def kira(shop: Shop) -> int:
    return await make_account("kira@mail.example", "Кира Нова", "moderator")


@pytest.fixture
async def page(events: Events, kira: int, sockets: Sockets) -> Page:
    floor._people.clear()
    return await signed_in(events, kira)


async def on_shift(shop: Shop, state: OperatorState = OperatorState.TALKING, *, call: bool = True) -> OperatorView:
    """The operator has a shift, and the engine shows her so."""
    async with database.session() as s:
        await shifts.open(
            s, operator_id=shop.operator, campaign_id=shop.campaign, switch_name="main",
            endpoint_kind=EndpointKind.BROWSER, endpoint=f"operator-{shop.operator}",
        )  # fmt: skip
    view = seen(shop, state, call=call)
    await redis().set(operator_snapshot_key(shop.operator), view.model_dump_json())
    return view


def seen(shop: Shop, state: OperatorState, *, call: bool = True, version: int = 1) -> OperatorView:
    talk = CallView(
        call_id=uuid4(), contact_id=1, contact_name="Кафе", person_name="Ирина", masked_number="+7 812 ···-01-01",
        time_zone="Europe/Moscow", attempt=1, state=CallState.TALKING, claimed_ms=TALK_MS - 9_000,
        answered_ms=TALK_MS,
    )  # fmt: skip
    return OperatorView(
        operator_id=shop.operator, version=version, state=state, campaign_id=shop.campaign,
        call=talk if call else None,
    )  # fmt: skip


async def commands() -> list[AnyCommand]:
    entries = await redis().xrange(command_stream("main"))
    return [COMMANDS.validate_json(body["command"]) for _, body in entries]


async def log() -> list[str]:
    async with database.session() as s:
        return list((await s.execute(text("select act from live_listening order by id"))).scalars())


async def push(events: Events, page: Page, view: ListenerView | OverheardView) -> None:
    """By the live channel's way."""
    async with events.manager.modify_state(rx.BaseStateToken(ident=page.token, cls=rx.State)) as root:
        await accounts._apply[view.kind](root, view)


async def known(events: Events, page: Page, of: type[rx.State]) -> rx.State:
    root = await events.manager.get_state(rx.BaseStateToken(ident=page.token, cls=rx.State))
    return await root.get_state(of)


async def listening(shop: Shop, events: Events, page: Page, kira: int) -> UUID:
    """The moderator hears the operator's line; her leg."""
    await on_shift(shop)
    await page.send(Live.enter())
    await page.send(Live.listen(str(shop.operator)))
    asked = (await commands())[-1]
    assert isinstance(asked, Listen)
    assert (asked.operator_id, asked.moderator_id) == (shop.operator, kira)
    await push(events, page, heard(shop, kira, asked.key, "on"))
    return asked.key


def heard(shop: Shop, kira: int, leg: UUID, state: str, **more: object) -> ListenerView:
    values = {"moderator_id": kira, "version": 2, "leg": leg, "operator_id": shop.operator, "state": state} | more
    return ListenerView.model_validate(values)


async def test_who_is_on_shift_is_seen_with_what_to_look_at(shop: Shop, page: Page) -> None:
    await page.send(Live.enter())
    assert page.values(Live)["snapshot"]["rows"] == []
    await on_shift(shop)
    await page.send(Live.enter())
    (row,) = page.values(Live)["snapshot"]["rows"]
    assert (row["name"], row["campaign"], row["state"], row["since"]) == ("Мария С.", "Замер", "talking", TALK_MS)
    assert (row["mark"], row["new"]) == ("new", "yes")


async def test_a_shift_that_begins_and_ends_comes_and_goes(shop: Shop, page: Page, sockets: Sockets) -> None:
    await page.send(Live.enter())
    view = await on_shift(shop, OperatorState.READY, call=False)
    app = rooms._app
    assert app is not None
    rooms.deliver(app, live.FLOOR, view)
    for task in list(floor._learning):
        await task
    await rooms.flush(app, live.FLOOR)
    patch = sockets.shown[-1][1]["patch"]
    assert [(row["id"], row["state"], row["since"]) for row in patch["upserts"]] == [(shop.operator, "ready", 0)]
    rooms.deliver(app, live.FLOOR, seen(shop, OperatorState.OFF_SHIFT, call=False, version=2))
    await rooms.flush(app, live.FLOOR)
    assert sockets.shown[-1][1]["patch"] == patch | {"seq": patch["seq"] + 1, "upserts": [], "removes": [shop.operator]}


async def test_listen_whisper_and_stop_are_written_down_before_they_are_done(
    shop: Shop, page: Page, events: Events, kira: int
) -> None:
    leg = await listening(shop, events, page, kira)
    shown = await known(events, page, Live)
    assert (shown.hearing, shown.mode, shown.name, shown.contact) == ("on", "listen", "Мария С.", "Ирина")
    await page.send(Live.speak("whisper"))
    await page.send(Live.speak("shout"))
    assert (await commands())[-1] == ListenMode(
        key=(await commands())[-1].key, operator_id=shop.operator, leg=leg, mode=ListeningMode.WHISPER
    )
    await push(events, page, heard(shop, kira, leg, "on", mode="whisper"))
    await page.send(Live.stop())
    await page.send(Live.stop())
    assert [type(c) for c in await commands()] == [Listen, ListenMode, StopListening]
    assert await log() == ["listen", "whisper", "stop"]
    assert page.values(Live)["reason"] == "stopped"


async def test_stepping_in_is_asked_about(shop: Shop, page: Page, events: Events, kira: int) -> None:
    await listening(shop, events, page, kira)
    await page.send(Live.step_in())
    assert await log() == ["listen"], "not before it was asked"
    await page.send(Live.speak("step_in"))
    assert page.values(Live)["asking"] is True and len(await commands()) == 1
    await page.send(Live.ask_no_more(False))
    await page.send(Live.step_in())
    assert len(await commands()) == 1
    await page.send(Live.speak("step_in"))
    await page.send(Live.step_in())
    asked = (await commands())[-1]
    assert isinstance(asked, ListenMode) and asked.mode is ListeningMode.STEP_IN
    assert await log() == ["listen", "step_in"]


async def test_the_line_ends_and_a_late_word_of_an_older_leg_changes_nothing(
    shop: Shop, page: Page, events: Events, kira: int
) -> None:
    leg = await listening(shop, events, page, kira)
    await push(events, page, heard(shop, kira, uuid4(), "over", reason="no_page"))
    assert (await known(events, page, Live)).hearing == "on"
    await push(events, page, heard(shop, kira, leg, "over", reason="line_over"))
    shown = await known(events, page, Live)
    assert (shown.hearing, shown.reason) == ("over", "line_over")
    await page.send(Live.speak("whisper"))
    assert len(await commands()) == 1, "nobody speaks on a line that is over"
    await page.send(Live.again())
    assert [type(c) for c in await commands()] == [Listen, Listen]


@pytest.mark.parametrize("why", ["own_customer", "herself", "no_shift", "nonsense"])
async def test_whose_line_is_not_to_be_heard(shop: Shop, page: Page, events: Events, kira: int, why: str) -> None:
    wanted = str(shop.operator)
    if why == "own_customer":
        async with database.session() as s:
            await customers.add_member(s, shop.customer, kira, MemberRole.OWNER)
        principals.forget(kira)
    if why == "herself":
        wanted = str(kira)
    if why == "nonsense":
        wanted = "1; drop"
    if why != "no_shift":
        await on_shift(shop)
    await page.send(Live.enter())
    await page.send(Live.listen(wanted))
    assert await commands() == [] and await log() == []


async def test_a_page_loaded_anew_ends_what_went_on(shop: Shop, page: Page, events: Events, kira: int) -> None:
    leg = await listening(shop, events, page, kira)
    await redis().set(listener_snapshot_key(kira), heard(shop, kira, leg, "on").model_dump_json())
    await page.send(Live.enter())
    last = (await commands())[-1]
    assert isinstance(last, StopListening) and last.leg == leg
    assert page.values(Live)["operator_id"] == 0


async def test_leaving_the_page_ends_it_too(
    shop: Shop, page: Page, events: Events, kira: int, sockets: Sockets
) -> None:
    await listening(shop, events, page, kira)
    await page.send(Live.leave())
    assert isinstance((await commands())[-1], StopListening)
    assert await log() == ["listen", "stop"] and not [room for _, room in sockets.rooms if room == live.FLOOR]


async def test_what_was_done_is_kept_as_it_was(shop: Shop, page: Page, events: Events, kira: int) -> None:
    await listening(shop, events, page, kira)
    for statement in ("update live_listening set act = 'stop'", "delete from live_listening"):
        with pytest.raises(DBAPIError):
            async with database.session() as s:
                await s.execute(text(statement))
    assert await log() == ["listen"]


async def test_the_operator_sees_who_speaks_and_by_rule_who_listens(shop: Shop, events: Events) -> None:
    maria = await signed_in(events, shop.operator)

    def view(mode: ListeningMode | None, version: int) -> OverheardView:
        return OverheardView(operator_id=shop.operator, version=version, mode=mode)

    await redis().set(overheard_snapshot_key(shop.operator), view(ListeningMode.WHISPER, 1).model_dump_json())
    await maria.send(Overheard.enter())
    assert maria.values(Overheard)["mode"] == "whisper"
    for n, (mode, shown) in enumerate([(ListeningMode.STEP_IN, "step_in"), (None, "")]):
        await push(events, maria, view(mode, 2 + n))
        assert (await known(events, maria, Overheard)).mode == shown
    for wanted, shown in [(0, ""), (1, "listen")]:
        async with database.session() as s:
            await house_rules.change(s, None, {"show_listening": wanted})
        await push(events, maria, view(ListeningMode.LISTEN, 9))
        assert (await known(events, maria, Overheard)).mode == shown
