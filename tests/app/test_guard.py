"""The rule before every event: who may call what, and to whom a state belongs."""

import pytest
import reflex as rx

from exchange_app.security import anyone, current_account, roles, sessions, signed_in
from exchange_app.security.principals import forget
from exchange_domain import database
from exchange_domain.tables import Account

from .conftest import Events, make_account


class Desk(rx.State):
    secret: str = ""
    by: int = 0
    unmarked_ran: bool = False

    @rx.event
    @roles("operator")
    async def work(self, note: str):
        self.secret, self.by = note, current_account(self).account_id

    @roles("operator")
    @rx.event
    async def marked_above(self):
        self.by = current_account(self).account_id

    @rx.event
    @roles("admin", "moderator")
    async def manage(self):
        self.secret = "managed"

    @rx.event
    @signed_in
    def any_account(self):
        self.secret = "in"

    @rx.event
    @anyone
    def greet(self):
        self.secret = "hello"

    @rx.event
    def unmarked(self):
        self.unmarked_ran = True

    def plain_method(self):
        self.unmarked_ran = True


@pytest.fixture
async def session_of_operator(operator: int) -> str:
    return await sessions.begin(operator, frozenset({"operator"}))


async def test_operator_may_do_operators_work(events: Events, operator: int, session_of_operator: str):
    page = events.page("t1", session_of_operator)
    await page.hydrate()
    await page.send(Desk.work("note"))
    assert page.values(Desk)["secret"] == "note"
    assert page.values(Desk)["by"] == operator


async def test_policy_counts_above_and_below_the_event_decorator(
    events: Events, operator: int, session_of_operator: str
):
    page = events.page("t1", session_of_operator)
    await page.hydrate()
    await page.send(Desk.marked_above())
    assert page.values(Desk)["by"] == operator


async def test_anonymous_is_led_to_sign_in(events: Events):
    page = events.page("t1")
    await page.hydrate()
    await page.send(Desk.work("note"))
    await page.send(Desk.any_account())
    assert page.values(Desk)["secret"] == ""
    assert page.redirects() == ["/sign-in", "/sign-in"]


async def test_anonymous_may_call_what_is_for_anyone(events: Events):
    page = events.page("t1")
    await page.hydrate()
    await page.send(Desk.greet())
    assert page.values(Desk)["secret"] == "hello"


async def test_wrong_role_is_refused(events: Events, session_of_operator: str):
    page = events.page("t1", session_of_operator)
    await page.hydrate()
    await page.send(Desk.manage())
    assert page.values(Desk)["secret"] == ""


@pytest.mark.parametrize("name", ["unmarked", "plain_method"])
async def test_handler_without_policy_is_refused(events: Events, session_of_operator: str, name: str):
    page = events.page("t1", session_of_operator)
    await page.hydrate()
    await page.send_named(f"{Desk.get_full_name()}.{name}")
    assert page.values(Desk)["unmarked_ran"] is False


async def test_stolen_token_shows_nothing_of_its_owner(events: Events, session_of_operator: str):
    page = events.page("t1", session_of_operator)
    await page.hydrate()
    await page.send(Desk.work("of the owner"))
    thief = events.page("t1")
    await thief.hydrate()
    assert "of the owner" not in str(thief.deltas)
    await thief.send(Desk.greet())
    assert thief.values(Desk)["secret"] == "hello"


async def test_stolen_token_without_hydrate_is_refused_and_emptied(events: Events, session_of_operator: str):
    page = events.page("t1", session_of_operator)
    await page.hydrate()
    await page.send(Desk.work("of the owner"))
    other = await sessions.begin(await make_account("eve@mail.example", "Ева", "operator"), frozenset({"operator"}))
    thief = events.page("t1", other)
    await thief.send(Desk.work("x"))
    assert "of the owner" not in str(thief.deltas)
    assert thief.values(Desk).get("by", 0) == 0


async def test_after_sign_out_an_open_page_can_do_nothing(events: Events, session_of_operator: str):
    page = events.page("t1", session_of_operator)
    await page.hydrate()
    await sessions.end(session_of_operator)
    await page.send(Desk.work("late"))
    assert page.values(Desk)["secret"] == ""
    assert page.redirects() == ["/sign-in"]


async def test_after_sign_out_everywhere_no_session_is_left(operator: int, session_of_operator: str):
    second = await sessions.begin(operator, frozenset({"operator"}))
    assert await sessions.end_all(operator) == 2
    assert await sessions.find(session_of_operator) is None
    assert await sessions.find(second) is None


async def test_hydrate_after_sign_out_shows_nothing(events: Events, session_of_operator: str):
    page = events.page("t1", session_of_operator)
    await page.hydrate()
    await page.send(Desk.work("mine"))
    await sessions.end(session_of_operator)
    again = events.page("t1", session_of_operator)
    await again.hydrate()
    assert "mine" not in str(again.deltas)


async def test_suspended_account_can_do_nothing(events: Events, operator: int, session_of_operator: str):
    from datetime import UTC, datetime

    page = events.page("t1", session_of_operator)
    await page.hydrate()
    async with database.session() as db:
        account = await db.get(Account, operator)
        assert account is not None
        account.suspended_at = datetime.now(UTC)
        db.add(account)
    forget(operator)
    await page.send(Desk.work("x"))
    assert page.values(Desk)["secret"] == ""


async def test_session_store_does_not_hold_the_cookie(session_of_operator: str):
    from exchange_app.broker import redis

    keys = [key async for key in redis().scan_iter("*")]
    assert keys and not any(session_of_operator in key for key in keys)
    assert await sessions.find("guessed") is None
