"""The one table of who may reach what (exchange_app/security/access.toml), held against the app: nothing is missing in
it, and each page, route and handler keeps to it for each role; a foreign organisation's rows are as if they were not.
"""

import hashlib
import tomllib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import reflex as rx
from reflex.istate.data import RouterData
from reflex_base.event import Event
from sqlalchemy import text

import exchange_app.security
from exchange_app.security import sessions
from exchange_app.security.middleware import Guard
from exchange_app.shell import Me
from exchange_domain import campaigns, database
from exchange_domain.tables import Recording
from exchange_domain.words import Outcome, RecordingState

from . import reachable
from .conftest import ORIGIN, Events, Page, make_account
from .customer.conftest import Shop, _shop, signed_in

TABLE = tomllib.loads((Path(exchange_app.security.__file__).parent / "access.toml").read_text())
ROLES = ("nobody", "operator", "customer", "manager", "moderator", "admin")
HANDLERS = reachable.handlers()
PAGES, ROUTES = reachable.pages(), reachable.routes()
HINT = "say in exchange_app/security/access.toml who may reach it"
ORGANISATION, MOMENT = "own", datetime.now(UTC)


def listed_handlers() -> dict[tuple[str, str], str]:
    return {
        (state, name): who for state, by_who in TABLE["handlers"].items() for who, names in by_who.items()
        for name in names
    }  # fmt: skip


LISTED = listed_handlers()


def may(who: str, role: str) -> bool:
    """Whether the table lets somebody with this one role through."""
    words = set(who.split()) - {ORGANISATION}
    return words == {"anyone"} or (role != "nobody" and (words == {"signed_in"} or role in words))


# --- nothing is missing in the table, and nothing is left over ---


def test_the_table_names_every_page() -> None:
    assert set(TABLE["pages"]) == set(PAGES), HINT
    for route, role in PAGES.items():
        assert TABLE["pages"][route] == role or not role, route


def test_the_table_names_every_route() -> None:
    assert set(TABLE["routes"]) == {f"{' '.join(methods)} {path}" for path, methods in ROUTES.items()}, HINT


def test_the_table_names_every_handler() -> None:
    found = {(one.state, one.handler) for one in HANDLERS}
    assert found - set(LISTED) == set(), HINT
    assert set(LISTED) - found == set(), "these are not there any more: take them out of the table"


def test_a_handler_that_is_not_in_the_table_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = reachable.Reached("x", "admin.people_state.People", "become_admin", lambda: None)
    monkeypatch.setattr("tests.app.test_access_table.HANDLERS", [*HANDLERS, forgotten])
    with pytest.raises(AssertionError, match="who may reach it"):
        test_the_table_names_every_handler()


# --- each for each role ---


@dataclass
class Everybody:
    """An account for each role, and the pages they sit at."""

    shop: Shop
    accounts: dict[str, int]
    pages: dict[str, Page]


@pytest.fixture
async def everybody(
    world: None, events: Events, settings_env: Callable[..., None], tmp_path: Path
) -> AsyncIterator[Everybody]:
    settings_env(data_dir=tmp_path, recording_storage=tmp_path.as_uri())
    shop = await _shop(world)
    accounts = {"nobody": 0, "operator": shop.operator, "customer": shop.other_owner, "manager": shop.manager}
    for role in ("moderator", "admin"):
        accounts[role] = await make_account(f"{role}@mail.example", role, role)
    pages = {
        role: await signed_in(events, account, role) if account else events.page("nobody")
        for role, account in accounts.items()
    }
    yield Everybody(shop, accounts, pages)


async def let_through(page: Page, name: str) -> bool:
    """Whether the guard lets an event of this page reach its handler."""
    event = Event(name=name, payload={})
    event.router_data.update(
        {"headers": {"cookie": page.cookie}, "pathname": "/", "asPath": "/", "token": page.token,
         "sid": f"sid-{page.token}", "ip": "192.0.2.7", "query": {}}
    )  # fmt: skip
    async with page.events.manager.modify_state(rx.BaseStateToken(ident=page.token, cls=rx.State)) as state:
        state.router_data = event.router_data
        state.router = RouterData.from_router_data(event.router_data)
        return await Guard().preprocess(None, state, event) is None  # type: ignore[arg-type]


async def test_each_handler_for_each_role(everybody: Everybody) -> None:
    wrong = []
    for one in HANDLERS:
        who = LISTED[one.state, one.handler]
        for role in ROLES:
            if await let_through(everybody.pages[role], one.name) != may(who, role):
                wrong.append(f"{one.state}.{one.handler} for {role}: the table says {who}")
    assert not wrong, "\n".join(wrong)
    assert len(HANDLERS) > 300


async def test_each_page_for_each_role(everybody: Everybody) -> None:
    """Every page behind a role begins with the shell's guard, which leads away who does not have it."""
    from exchange_app.exchange_app import app

    wrong = []
    for route, role in PAGES.items():
        first = app._load_events.get(route.strip("/") or "index", [])
        if role and not any("Me" in repr(handler) or "me.enter" in repr(handler) for handler in first[:1]):
            wrong.append(f"{route} does not begin with the guard")
    for role in ("operator", "customer", "manager", "moderator", "admin"):
        for who, page in everybody.pages.items():
            before = len(page.redirects())
            await page.send(Me.enter(role))
            led_away = len(page.redirects()) > before
            if led_away == may(role, who):
                wrong.append(f"pages of {role} for {who}")
    assert not wrong, "\n".join(wrong)


# --- plain routes ---


@pytest.fixture
async def web(everybody: Everybody) -> AsyncIterator[httpx.AsyncClient]:
    from exchange_app.web import routes

    transport = httpx.ASGITransport(app=routes(), client=("192.0.2.7", 5), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
        yield client


@pytest.fixture
async def things(everybody: Everybody, tmp_path: Path) -> dict[str, Any]:
    """What the paths name: all of it of the shop's own customer, which is foreign to the customer who asks."""
    shop = everybody.shop
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    call = await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})
    sound, export = b"OggS" + bytes(50), uuid4()
    (tmp_path / "one.ogg").write_bytes(sound)
    async with database.session() as s:
        s.add(
            Recording(
                call_id=call, switch_name="main", switch_path="/x.wav", state=RecordingState.STORED,
                storage_key="one.ogg", format="audio/ogg", duration_ms=60_000, size_bytes=len(sound),
                sha256=hashlib.sha256(sound).hexdigest(), channels=2, stored_at=MOMENT,
                keep_until=MOMENT + timedelta(days=1),
            )
        )  # fmt: skip
        await s.execute(
            text("insert into export_file (id, campaign_id, account_id, kind, format, state) "
                 "values (:id, :campaign, :account, 'results', 'csv', 'ready')"),
            {"id": export, "campaign": shop.campaign, "account": shop.owner},
        )  # fmt: skip
    return {
        "call": call, "campaign": shop.campaign, "list_import": 1, "kind": "results", "format": "csv", "export": export,
        "paper": 1, "name": "operator", "token": "guessed", "provider": "sandbox", "link": "guessed",
    }  # fmt: skip


def address(path: str, things: dict[str, Any]) -> str:
    for name, value in things.items():
        for kind in ("", ":int", ":uuid"):
            path = path.replace(f"{{{name}{kind}}}", str(value))
    assert "{" not in path, f"{path}: say in `things` what it names"
    return path


REFUSED = (401, 403)


def answered_no(answer: httpx.Response) -> bool:
    """Refused outright, or led back to a form."""
    led_back = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    return answer.status_code in REFUSED or led_back


@pytest.mark.parametrize("entry", TABLE["routes"])
async def test_each_route_for_each_role_and_a_foreign_organisation(
    entry: str, everybody: Everybody, web: httpx.AsyncClient, things: dict[str, Any]
) -> None:
    who, (*methods, path) = TABLE["routes"][entry], entry.split()
    if who == "token":
        pytest.skip("each operation of the API for each token: tests/app/api/test_access.py")
    for method in methods:
        for role, account in everybody.accounts.items():
            web.cookies.clear()
            if account:
                web.cookies.set(sessions.COOKIE, await sessions.begin(account, frozenset()))
            answer = await web.request(method, address(path, things))
            where = f"{method} {path} for {role}: {answer.status_code}"
            if who == "machine":
                assert answer.status_code in (401, 403, 404), f"{where}: no person's sign-in opens it"
            elif not may(who, role):
                assert answered_no(answer), where
            elif ORGANISATION in who.split() and not (role == "moderator" and "moderator" in who):
                assert answer.status_code == 404, f"{where}: a foreign one is as if it were not there"
            elif who != "anyone":
                assert answer.status_code not in REFUSED, where


async def test_what_is_their_own_they_reach(
    everybody: Everybody, web: httpx.AsyncClient, things: dict[str, Any]
) -> None:
    """The same addresses, asked by whose they are: so the refusals above are not for a wrong address."""
    web.cookies.set(sessions.COOKIE, await sessions.begin(everybody.shop.owner, frozenset()))
    for path, status in (
        ("/customer/campaign/{campaign}/export/results.csv", 200), ("/customer/calls/{call}/recording", 302),
    ):  # fmt: skip
        assert (await web.get(address(path, things))).status_code == status
    web.cookies.set(sessions.COOKIE, await sessions.begin(everybody.accounts["moderator"], frozenset()))
    assert (await web.get(address("/moderator/calls/{call}/recording", things))).status_code == 302


async def test_writing_from_another_site_is_refused(
    everybody: Everybody, web: httpx.AsyncClient, things: dict[str, Any]
) -> None:
    """Every route that writes and goes by the cookie (CSRF), for who may use it."""
    accounts = everybody.accounts | {"customer": everybody.shop.owner, "signed_in": everybody.shop.operator}
    tried = 0
    for entry, who in TABLE["routes"].items():
        *methods, path = entry.split()
        role = who.split()[0]
        if role in ("machine", "token") or not set(methods) - {"GET"}:
            continue
        for method in set(methods) - {"GET"}:
            web.cookies.clear()
            account = accounts.get(role) or accounts["operator"]
            web.cookies.set(sessions.COOKIE, await sessions.begin(account, frozenset()))
            evil = {"origin": "https://evil.example"}
            answer = await web.request(method, address(path, things), headers=evil)
            led_back = answer.status_code == 303 and "other_origin" in answer.headers["location"]
            assert led_back or answer.status_code in (403, 404), f"{entry}: {answer.status_code}"
            tried += 1
    assert tried > 10
