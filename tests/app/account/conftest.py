"""A browser of sorts on the routes of sign-in and of the account."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from exchange_app import account
from exchange_app.security import sessions
from exchange_app.sign_in.routes import routes as sign_in_routes
from tests.app.conftest import ORIGIN


@pytest.fixture
async def http(world: None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=[*sign_in_routes(), *account.routes()]))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
        yield client


@pytest.fixture
async def sid(operator: int, http: httpx.AsyncClient) -> str:
    """The session of the operator in this browser."""
    made = await sessions.begin(operator, frozenset({"operator"}))
    http.cookies.set(sessions.COOKIE, made, domain="exchange.test")
    return made
