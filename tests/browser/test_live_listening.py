"""A moderator on a live call: hears both, whispers to the operator, steps in; by keyboard, with real sound.

Which tone is heard where says who hears whom: the operator's microphone and the moderator's have one each.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import text

from exchange_domain import database

from .conftest import chromium
from .house import House, running_campaign
from .people import SLOW, close_with, signed_in, state, until
from .sound import channels, freeswitch, heard, line, loud_house, not_heard, speaking, strength

__all__ = ["freeswitch", "loud_house"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
OPERATOR, MODERATOR = 1200, 1900
"""Hz."""
NUMBERS = ("+78125550001", "+78125550002")


@pytest.fixture
async def two_browsers(tmp_path: Path) -> AsyncIterator[tuple[Browser, Browser]]:
    """The operator's and the moderator's, each with a voice of its own."""
    async with (
        chromium(*speaking(tmp_path / "operator.wav", OPERATOR)) as hers,
        chromium(*speaking(tmp_path / "moderator.wav", MODERATOR)) as moderators,
    ):
        yield hers, moderators


async def speak(page: Page, digit: str, badge: str) -> None:
    await page.keyboard.press(digit)
    await expect(page.locator("#live-panel .row.sb .badge")).to_have_text(badge, timeout=SLOW)


async def acts() -> list[str]:
    async with database.session() as s:
        return list((await s.execute(text("select act from live_listening order by id"))).scalars())


async def test_listen_whisper_and_step_in_by_keyboard(loud_house: House, two_browsers: tuple[Browser, Browser]) -> None:
    for number in NUMBERS:
        loud_house.simulator.set_number_behaviour(number, "rings 0.3 s, answers, says interested")
    campaign = await running_campaign(loud_house, *NUMBERS)
    page = await signed_in(loud_house, two_browsers[0], "operator")
    await line(page, "ready")
    await page.locator("[data-card]").first.focus()
    await page.keyboard.press("Enter")
    await state(page, "Ready")
    await line(page, "talking")
    await page.keyboard.press("c")
    await state(page, "Talking")

    live = await signed_in(loud_house, two_browsers[1], "moderator")
    await expect(live.get_by_text("Nobody waits to be heard")).to_be_visible(timeout=SLOW)
    for letter in "gl":
        await live.keyboard.press(letter)
    await live.wait_for_url("**/moderator/live")
    await line(live, "ready")
    row = live.locator("tbody tr").first
    await expect(row).to_contain_text("Talking")
    await row.focus()
    await live.keyboard.press("Enter")
    await expect(live.locator("#stop-listening")).to_be_visible(timeout=SLOW)
    await heard(live, "moderator", OPERATOR)
    await not_heard(page, "operator", MODERATOR)
    sign = page.locator("header [role=status] .badge").filter(has_text="moderator")
    await expect(sign).to_have_text("A moderator listens")

    await speak(live, "2", "You whisper")
    await heard(page, "operator", MODERATOR)
    await expect(sign).to_have_text("A moderator speaks to you")
    await page.keyboard.press("h")
    await state(page, "Wrap-up")
    (whispered,) = loud_house.recordings.rglob("*.wav")
    contact, operator = channels(whispered)
    assert strength(operator, OPERATOR) > 0.9
    assert strength(operator, MODERATOR) < 0.2, "a whisper is not in the recording"
    assert strength(contact, MODERATOR) < 0.2, "nor did the contact's side send it"

    await close_with(page, campaign, "refused")
    await state(page, "Ready")
    await page.keyboard.press("c")
    await state(page, "Talking")
    await live.keyboard.press("3")
    await expect(live.locator("#step-in")).to_be_visible()
    await live.locator("#step-in").focus()
    await live.keyboard.press("Enter")
    await expect(live.locator("#live-panel .row.sb .badge")).to_have_text("You are in the call", timeout=SLOW)
    await expect(sign).to_have_text("A moderator is in the call")
    await heard(page, "operator", MODERATOR)
    await page.wait_for_timeout(2500)
    await page.keyboard.press("h")
    await state(page, "Wrap-up")
    (stepped_in,) = set(loud_house.recordings.rglob("*.wav")) - {whispered}
    assert strength(channels(stepped_in)[1], MODERATOR) > 0.4, "who steps in is in the recording"

    await live.keyboard.press("Escape")
    await expect(live.locator("#live-panel [role=status]")).to_contain_text("You stopped listening")
    await expect(sign).to_have_count(0)
    await until(lambda: _is(["listen", "whisper", "step_in", "stop"]), "what was done is written down")


async def _is(wanted: list[str]) -> bool:
    return await acts() == wanted
