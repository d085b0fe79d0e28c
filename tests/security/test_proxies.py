"""Whose word on addresses counts, and methods that nobody needs."""

from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from exchange_app.security.http import address_of
from exchange_app.serve import believing
from exchange_app.web import routes


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope)
    await PlainTextResponse(f"{address_of(request)} {request.url.scheme}")(scope, receive, send)


async def seen(inner: Any, peer: str, **headers: str) -> str:
    transport = httpx.ASGITransport(inner, client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://exchange.test") as client:
        return (await client.get("/", headers={k.replace("_", "-"): v for k, v in headers.items()})).text


SAID = {"X_Forwarded_For": "203.0.113.7", "X_Forwarded_Proto": "https"}


async def test_without_trust_nobody_is_believed():
    assert await seen(believing(app, ""), "198.51.100.9", **SAID) == "198.51.100.9 http"


async def test_a_trusted_proxy_is_believed_and_a_stranger_is_not():
    trusting = believing(app, "127.0.0.1, 10.1.0.0/16")
    assert await seen(trusting, "127.0.0.1", **SAID) == "203.0.113.7 https"
    assert await seen(trusting, "10.1.2.3", **SAID) == "203.0.113.7 https"
    assert await seen(trusting, "198.51.100.9", **SAID) == "198.51.100.9 http"


async def test_what_a_client_puts_before_the_proxys_word_does_not_count():
    made_up = {"X_Forwarded_For": "192.0.2.1, 203.0.113.7"}
    assert await seen(believing(app, "127.0.0.1"), "127.0.0.1", **made_up) == "203.0.113.7 http"


@pytest.mark.parametrize("path", ["/auth/sign-in", "/cdr", "/health/live", "/api/v1/results"])
async def test_trace_is_not_answered(path: str):
    transport = httpx.ASGITransport(routes(), client=("198.51.100.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://exchange.test") as client:
        assert (await client.request("TRACE", path)).status_code in (404, 405)
