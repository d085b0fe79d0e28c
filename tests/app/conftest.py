"""The app's ground without a browser: routes over ASGI, events through the real processor and middleware."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor
from starlette.applications import Starlette

from exchange_app import broker
from exchange_app.live import accounts as live_accounts
from exchange_app.live import registry, rooms
from exchange_app.security import passwords, principals, sessions
from exchange_app.security.middleware import Guard
from exchange_app.sign_in.routes import routes
from exchange_domain import accounts, database
from tests import weak_passwords

weak_passwords.use()
ORIGIN = "http://exchange.test"
PASSWORD = "a rather long phrase"


@pytest.fixture
async def world(settings_env: Callable[..., None], database_url: str, redis_url: str) -> AsyncIterator[None]:
    """Settings of this test, an empty database and an empty Redis."""
    settings_env(
        database_url=database_url,
        redis_url=redis_url,
        public_url=ORIGIN,
        exchange_demo="false",
        two_factor_required="false",
    )
    yield
    await broker.close()
    await database.dispose()
    principals._known.clear()
    for remembered in (registry._owner, registry._accounts, registry._tokens, rooms._rooms, live_accounts._seen):
        remembered.clear()


@pytest.fixture
async def operator(world: None) -> int:
    return await make_account("maria@mail.example", "Мария Светлова", "operator")


async def make_account(email: str, name: str, *roles: str) -> int:
    password_hash = await passwords.hashed(PASSWORD)
    async with database.session() as db:
        account = await accounts.create(
            db, email=email, display_name=name, password_hash=password_hash, roles=roles, gender="f"
        )
    assert account.id is not None
    return account.id


@pytest.fixture
async def http(world: None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of sorts, on our own address."""
    transport = httpx.ASGITransport(app=Starlette(routes=routes()), client=("192.0.2.7", 5))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
        yield client


@dataclass
class Page:
    """One open page: a client token, and the cookie that its socket was opened with."""

    events: "Events"
    token: str
    cookie: str = ""
    deltas: list[dict[str, Any]] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)

    async def send(self, spec: Any, **router: Any) -> None:
        """Sends an event as this page would, and waits until everything it led to is done."""
        event = Event.from_event_type(spec)[0]
        await self.send_named(event.name, event.payload, **router)

    async def send_named(self, name: str, payload: dict[str, Any] | None = None, path: str = "/") -> None:
        event = Event(name=name, payload=payload or {})
        headers = {"cookie": self.cookie}
        event.router_data.update(
            {"headers": headers, "pathname": path, "asPath": path, "token": self.token, "sid": f"sid-{self.token}",
             "ip": "192.0.2.7", "query": {}}
        )  # fmt: skip
        await (await self.events.processor.enqueue(self.token, event)).wait_all()

    async def hydrate(self, path: str = "/") -> None:
        await self.send_named("reflex___state____state.hydrate", path=path)

    def values(self, state: type) -> dict[str, Any]:
        """What the browser knows of a state: all deltas laid over each other."""
        known: dict[str, Any] = {}
        for delta in self.deltas:
            known |= delta.get(state.get_full_name(), {})
        return {name.removesuffix("_rx_state_"): value for name, value in known.items()}

    def redirects(self) -> list[str]:
        return [str(e.payload.get("path")) for e in self.sent if e.name == "_redirect"]


@dataclass
class Events:
    processor: BaseStateEventProcessor
    manager: StateManagerMemory
    pages: dict[str, Page] = field(default_factory=dict)

    def page(self, token: str, sid: str = "") -> Page:
        """A page with this token; opening it again with another session is what a new socket does."""
        page = Page(self, token, f"{sessions.COOKIE}={sid}" if sid else "")
        self.pages[token] = page
        return page

    async def emit_update(self, update: Any, token: str) -> None:
        if update.delta:
            self.pages[token].deltas.append(update.delta)
        self.pages[token].sent += update.events or []


class _Chain:
    """The middleware chain as the app runs it."""

    def __init__(self) -> None:
        self.guard = Guard()

    async def _preprocess(self, state: Any, event: Any) -> Any:
        return await self.guard.preprocess(None, state, event)  # type: ignore[arg-type]


@asynccontextmanager
async def processing() -> AsyncIterator[Events]:
    manager = StateManagerMemory()
    processor = BaseStateEventProcessor(middleware=_Chain())  # type: ignore[arg-type]
    events = Events(processor, manager)
    async with processor.configure(state_manager=manager, event_namespace=events):  # type: ignore[arg-type]
        yield events


@pytest.fixture
async def events(world: None) -> AsyncIterator[Events]:
    async with processing() as found:
        yield found
