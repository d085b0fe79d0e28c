"""The line of a page in every trouble it may have, the account's page, and an exchange that is not there.

Each is a browser session of its own: what a browser allows is settled before the page is opened.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Browser, Page, expect

from tests.browser.people import signed_in

from .stage import Stage

FAILS = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', '{name}'));"
NOBODY_CALLS = "delete window.RTCPeerConnection;"


@dataclass(frozen=True)
class Visit:
    """`before`: a script that runs before the page's own."""

    name: str
    role: str
    before: str
    play: Callable[[Stage, Page], Awaitable[None]]


async def _panel(page: Page, phase: str) -> None:
    await expect(page.locator(f".line-pill[data-phase={phase}]")).to_be_visible(timeout=20_000)
    await page.locator(".line-pill").click()
    await expect(page.locator("#line-panel")).to_be_visible()


async def _ready(stage: Stage, page: Page) -> None:
    await _panel(page, "ready")


async def _fault(stage: Stage, page: Page) -> None:
    await _panel(page, "fault")


async def _elsewhere(stage: Stage, page: Page) -> None:
    """The newest page of a person has the line."""
    await expect(page.locator(".line-pill[data-phase=ready]")).to_be_visible(timeout=20_000)
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(other.locator(".line-pill[data-phase=ready]")).to_be_visible(timeout=20_000)
    await _panel(page, "elsewhere")


async def _unreachable(stage: Stage, page: Page) -> None:
    await expect(page.locator("#main h1")).to_be_visible()
    await expect(page.locator(".line-pill[data-phase=ready]")).to_be_visible(timeout=20_000)
    await stage.house.children["web"].stop()
    await expect(page.locator(".offline")).to_be_visible(timeout=20_000)
    await expect(page.locator("#main h1")).to_be_visible()


async def _account(stage: Stage, page: Page) -> None:
    await page.goto(stage.house.url + "/account")
    await expect(page.locator("#main h1")).to_be_visible()
    await page.wait_for_timeout(400)


VISITS = [
    Visit("line-ready", "operator", "", _ready),
    Visit("line-refused", "operator", FAILS.format(name="NotAllowedError"), _fault),
    Visit("line-no-microphone", "manager", FAILS.format(name="NotFoundError"), _fault),
    Visit("line-microphone-taken", "operator", FAILS.format(name="NotReadableError"), _fault),
    Visit("line-browser-cannot-call", "operator", NOBODY_CALLS, _fault),
    Visit("line-elsewhere", "operator", "", _elsewhere),
    Visit("account-of-an-operator", "operator", "", _account),
    Visit("account-of-a-manager", "manager", "", _account),
    Visit("exchange-not-there", "operator", "", _unreachable),
]


async def opened(stage: Stage, browser: Browser, visit: Visit) -> Page:
    return await signed_in(stage.house, browser, visit.role, before=visit.before)
