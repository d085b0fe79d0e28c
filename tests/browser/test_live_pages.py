"""What live pages cost: an idle one makes no request, and each change carries only what changed.

`LIVE_PAGES=FILE` writes the table of docs/live-pages.md.
"""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from playwright.async_api import Page, expect

from exchange_domain.clock import now_ms
from exchange_domain.words import OperatorState as S
from exchange_domain.words import TransferState
from tests.thorough import figure

from .conftest import chromium
from .gallery.stage import Stage
from .house import open_house
from .people import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(400)]
IDLE_S = figure(20, 60)
MICROPHONE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
MOST_BYTES, WITH_A_SCRIPT = 1_500, 8_000
"""Of one live change; and of those that bring another call's script, form and names."""
SCRIPTS = ("the next contact is shown, with its script", "it is closed, the shift's figures follow")


@pytest.fixture
async def stage(
    built_pages: None, database_url: str, redis_url: str, tmp_path: Path, settings_env: Callable[..., None]
) -> AsyncIterator[Stage]:
    async with open_house(database_url, redis_url, tmp_path, settings_env, sound=True, engine=False) as house:
        broker = redis.asyncio.from_url(redis_url)
        yield Stage(house, broker)
        await broker.aclose()


class Wire:
    """What goes over a page's network: requests, and the frames of its sockets."""

    def __init__(self, page: Page):
        self.requests: list[str] = []
        self.frames: list[tuple[str, str]] = []
        """Direction and text of each frame of the state's socket that is no ping."""
        self.pings = 0
        page.on("request", lambda request: self.requests.append(f"{request.method} {request.url}"))
        page.on("websocket", self._opened)

    def _opened(self, socket: Any) -> None:
        if "_event" in socket.url or "/sip" in socket.url or "EIO=" in socket.url:
            socket.on("framesent", lambda data: self._frame("sent", data))
            socket.on("framereceived", lambda data: self._frame("received", data))

    def _frame(self, way: str, data: Any) -> None:
        words = data if isinstance(data, str) else bytes(data).decode(errors="replace")
        if words in ("2", "3"):
            self.pings += 1
        else:
            self.frames.append((way, words))

    def forget(self) -> None:
        self.requests.clear()
        self.frames.clear()
        self.pings = 0

    def bytes_received(self) -> int:
        return sum(len(words.encode()) for way, words in self.frames if way == "received")

    def bytes_sent(self) -> int:
        return sum(len(words.encode()) for way, words in self.frames if way == "sent")


async def watched(stage: Stage, browser: Any, name: str, path: str) -> tuple[Page, Wire]:
    """A page that is watched from before its first request."""
    page = await signed_in(stage.house, browser, name)
    wire = Wire(page)
    await page.goto(stage.house.url + path)
    await expect(page.locator("#main .strip, #main #mg, #main h1").first).to_be_visible()
    await page.wait_for_timeout(2_500)
    return page, wire


async def test_an_idle_workspace_makes_no_request(stage: Stage) -> None:
    await stage.furnish()
    await stage.begin_shift()
    await stage.operator_is(S.READY)
    async with chromium(*MICROPHONE) as browser:
        _, wire = await watched(stage, browser, "operator", "/operator/work")
        wire.forget()
        await asyncio.sleep(IDLE_S)
        assert wire.requests == []
        # The line's own registration is renewed by SIP, and the socket pings: nothing else.
        others = [words[:200] for _, words in wire.frames if not re.match(r"(REGISTER|SIP/2\.0 |\r?\n)", words)]
        assert others == []
        assert wire.pings > 0 or IDLE_S < 30


async def test_each_change_carries_only_what_changed(stage: Stage) -> None:
    await stage.furnish()
    await stage.begin_shift()
    await stage.operator_is(S.READY)
    costs: list[tuple[str, int, int]] = []

    async def cost(name: str, wire: Wire, do: Callable[[], Awaitable[Any]], wait_ms: int = 900) -> None:
        wire.forget()
        await do()
        await asyncio.sleep(wait_ms / 1000)
        assert not [r for r in wire.requests if not r.endswith((".js", ".css"))], (name, wire.requests)
        costs.append((name, wire.bytes_received(), wire.bytes_sent()))
        if os.environ.get("LIVE_FRAMES"):
            print(name, *wire.frames, sep="\n  ")

    async with chromium(*MICROPHONE) as browser:
        page, wire = await watched(stage, browser, "operator", "/operator/work")
        await stage.take_contact()
        preview = {"preview": True, "preview_until_ms": now_ms() + 60_000}
        await cost("the next contact is shown, with its script", wire, lambda: stage.operator_is(S.READY, **preview))
        await cost("its countdown is stopped", wire, lambda: stage.operator_is(S.READY, preview=True))
        await cost("it rings", wire, lambda: stage.operator_is(S.RINGING))
        await stage.was_answered()
        await cost("it is answered", wire, lambda: stage.operator_is(S.TALKING))
        await page.wait_for_timeout(700)
        await cost("the next step of the script", wire, lambda: page.keyboard.press("Digit1"))
        await page.locator("#note").focus()
        await cost("eleven letters of the note are saved", wire, lambda: page.keyboard.type("wants a sofa"), 1_500)
        await page.keyboard.press("Escape")
        await stage.rings_at_manager()
        rings = stage.transfer_view(TransferState.RINGING)
        await cost("the manager rings", wire, lambda: stage.operator_is(S.TRANSFERRING, transfer=rings))
        talks = stage.transfer_view(TransferState.CONSULTING)
        await cost("the manager has answered", wire, lambda: stage.operator_is(S.TRANSFERRING, transfer=talks))

        desk, desk_wire = await watched(stage, browser, "manager", "/manager")
        await cost("manager: a transfer rings", desk_wire, lambda: stage.manager_is(TransferState.RINGING))
        await desk.keyboard.press("Escape")
        await page.locator("#note").focus()
        await cost("manager: the operator writes on", desk_wire, lambda: page.keyboard.type(" of oak"), 1_500)
        await page.keyboard.press("Escape")
        await stage.has_ended()
        await cost("the call has ended", wire, lambda: stage.operator_is(S.WRAP_UP))
        await stage.was_closed("refused")
        await cost("it is closed, the shift's figures follow", wire, lambda: stage.operator_is(S.READY, call=False))
    table = "\n".join(f"| {name} | {received:,} | {sent:,} |" for name, received, sent in costs)
    if target := os.environ.get("LIVE_PAGES"):
        Path(target).write_text(table + "\n", "utf-8")  # noqa: ASYNC240 - a file for the documentation
    too_much = {
        name: received
        for name, received, _ in costs
        if not 0 < received < (WITH_A_SCRIPT if name in SCRIPTS else MOST_BYTES)
    }
    assert too_much == {}, json.dumps(costs, indent=1)
