"""How long sessions last, what their end leaves behind, and what the log says of signing in."""

import json

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from exchange_app.security import sessions
from exchange_domain import program_logs
from tests.app.conftest import *  # noqa: F403


async def test_a_session_ends_without_use_and_after_its_longest(world: None, monkeypatch: pytest.MonkeyPatch):
    sid = await sessions.begin(1, frozenset())
    assert await sessions.find(sid) is not None
    now = sessions.time.time()
    monkeypatch.setattr(sessions.time, "time", lambda: now + sessions.LONGEST_S - 60)
    assert await sessions.find(sid) is not None, "used all the while"
    monkeypatch.setattr(sessions.time, "time", lambda: now + sessions.LONGEST_S + 60)
    assert await sessions.find(sid) is None
    monkeypatch.setattr(sessions.time, "time", lambda: now)
    assert await sessions.find(sid) is None, "over is over"


async def test_it_is_kept_no_longer_than_it_may_be_unused(world: None):
    sid = await sessions.begin(1, frozenset())
    from exchange_app.broker import redis

    left = await redis().ttl(f"session:{sessions.digest(sid)}")
    assert sessions.LIFETIME_S - 5 <= left <= sessions.LIFETIME_S


async def test_signing_out_clears_what_the_browser_kept(http: httpx.AsyncClient, operator: int):
    http.cookies.set(sessions.cookie_name(), await sessions.begin(operator, frozenset()), domain="exchange.test")
    answer = await http.post("/auth/sign-out")
    assert answer.headers["clear-site-data"] == '"storage"'


async def test_what_is_refused_is_logged_without_what_was_typed(http: httpx.AsyncClient, operator: int):
    with capture_logs() as logs:
        for email in ("nobody@mail.example", "a password by mistake"):
            await http.post("/auth/sign-in", data={"email": email, "password": "wrong, surely"})
    refused = [said for said in logs if said["event"] == "sign_in_refused"]
    assert [said["why"] for said in refused] == ["wrong", "wrong"]
    assert "nobody@" not in str(logs) and "mistake" not in str(logs) and "surely" not in str(logs)


def test_a_line_break_makes_no_line(capsys: pytest.CaptureFixture[str]):
    before = structlog.get_config()
    try:
        program_logs.set_up("web")
        structlog.get_logger("x").warning("odd", value='a\n{"event": "signed_in"}')
        lines = capsys.readouterr().err.splitlines()
    finally:
        structlog.configure(**before)
    assert len(lines) == 1
    said = json.loads(lines[0])
    assert (said["event"], said["program"], said["level"]) == ("odd", "web", "warning")
