"""The route in an app of its own, real servers behind it, and real records of a switch."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from exchange_app import broker
from exchange_app.records import routes
from exchange_domain import database

EXAMPLES = Path(__file__).parents[3] / "freeswitch" / "transcripts" / "cdr"
USER, PASSWORD = "switch", "a password"


@pytest.fixture
async def exchange(database_url: str, redis_url: str, settings_env: Callable[..., None]) -> AsyncIterator[None]:
    settings_env(database_url=database_url, redis_url=redis_url, cdr_user=USER, cdr_password=PASSWORD)
    yield
    await broker.close()
    await database.dispose()


@pytest.fixture
async def switch(exchange: None) -> AsyncIterator[httpx.AsyncClient]:
    """Posts as the switch does, with its user and password."""
    transport = httpx.ASGITransport(Starlette(routes=routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://exchange", auth=(USER, PASSWORD)) as client:
        yield client


@pytest.fixture(params=["contact-1", "contact-2", "seat-op1"])
def example(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A record as a real switch posted it, with the uuid that this exchange gives its legs."""
    return record(request.param)


def record(name: str = "contact-1") -> dict[str, Any]:
    body = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    leg = str(uuid4())
    body["variables"]["uuid"] = leg
    if "exchange_call" in body["variables"]:
        body["variables"]["exchange_call"] = leg
    return body
