"""The page is the telephone: heard and recorded, and back after a reload."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser

from .conftest import chromium
from .house import House, running_campaign
from .people import signed_in, state
from .sound import channels, freeswitch, heard, line, loud_house, speaking, strength

__all__ = ["freeswitch", "loud_house"]
TONE = 1200
"""Hz: what the operator's microphone hears; a contact of the real switch sounds at 700."""


@pytest.fixture
async def loud_browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with chromium(*speaking(tmp_path / "microphone.wav", TONE)) as started:
        yield started


async def test_heard_recorded_and_back_after_a_reload(loud_house: House, loud_browser: Browser):
    number = "+78125550001"
    loud_house.simulator.set_number_behaviour(number, "rings 0.3 s, answers, says interested")
    await running_campaign(loud_house, number)
    page = await signed_in(loud_house, loud_browser, "operator")
    await line(page, "ready")
    await page.locator("[data-card]").first.focus()
    await page.keyboard.press("Enter")
    pressed = time.monotonic()
    await state(page, "Ready")
    await line(page, "talking")
    print(f"seat up {time.monotonic() - pressed:.2f} s after the shift was started")

    await page.keyboard.press("c")
    await state(page, "Talking")
    await heard(page)
    await page.wait_for_timeout(2500)

    reloaded = time.monotonic()
    await page.reload()
    await line(page, "talking")
    await state(page, "Talking")
    await heard(page)
    print(f"heard again {time.monotonic() - reloaded:.1f} s after the reload began")
    await page.wait_for_timeout(2500)
    await page.keyboard.press("h")
    await state(page, "Wrap-up")

    (file,) = loud_house.recordings.rglob("*.wav")
    contact, operator = channels(file)
    assert strength(operator, TONE) > 0.9, "the operator's tone is in the right channel"
    assert strength(contact, TONE) < 0.5, "and not in the contact's"
    assert np.abs(contact).max() > 1500, "the contact speaks in the left one"
    half = len(operator) // 2
    assert strength(operator[:half], TONE) > 0.9 and strength(operator[half:], TONE) > 0.9, (
        "before the reload and after"
    )
