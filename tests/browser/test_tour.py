"""The tour in the browser: by itself on the first visit, by keyboard to its end, once; and again when asked for."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import text

from exchange_domain import database, tours

from .conftest import chromium
from .gallery.looking import violations
from .house import House, open_house
from .people import signed_in, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
POPOVER = ".driver-popover.exchange-tour"


@pytest.fixture
async def house(
    built_pages: None, database_url: str, redis_url: str, tmp_path: Path, settings_env: Callable[..., None]
) -> AsyncIterator[House]:
    async with open_house(database_url, redis_url, tmp_path, settings_env, engine=False) as made:
        async with database.session() as s:
            await s.execute(text("delete from tour_seen"))
        yield made


async def through(page: Page) -> int:
    """Every stop by keyboard; how many there were."""
    popover = page.locator(POPOVER)
    await expect(popover).to_be_visible(timeout=15_000)
    stops, most = 0, 20
    while await popover.count() and stops < most:
        stops += 1
        await expect(popover.locator(".driver-popover-title")).not_to_have_text("")
        await expect(popover.locator(".driver-popover-next-btn")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.wait_for_timeout(150)
    assert stops < most
    return stops


@pytest.mark.parametrize(("name", "least"), [("operator", 6), ("manager", 5), ("owner", 3)])
async def test_it_comes_once_by_itself_and_again_when_asked_for(house: House, name: str, least: int) -> None:
    async with chromium() as browser:
        page = await signed_in(house, browser, name)
        await expect(page.locator(POPOVER)).to_be_visible(timeout=15_000)
        assert await violations(page) == []
        assert await through(page) >= least

        async def seen() -> bool:
            async with database.session() as s:
                return bool(await tours.seen(s, house.people[name]))

        await until(seen, "the tour is known as seen")
        await page.reload()
        await page.wait_for_timeout(2_000)
        await expect(page.locator(POPOVER)).to_have_count(0)
        await page.locator("[popovertarget=account-menu]").press("Enter")
        await page.locator("#tour-button").press("Enter")
        await expect(page.locator(POPOVER)).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator(POPOVER)).to_have_count(0)


async def test_it_speaks_russian_on_a_phone_and_fits(house: House) -> None:
    async with chromium() as browser:
        page = await signed_in(house, browser, "operator", viewport={"width": 360, "height": 780})
        await expect(page.locator(POPOVER)).to_be_visible(timeout=15_000)
        await page.evaluate("window.i18n.set('ru')")
        await page.keyboard.press("Escape")
        await expect(page.locator(POPOVER)).to_have_count(0)
        await page.locator("[popovertarget=account-menu]").click()
        await page.locator("#tour-button").click()
        title = page.locator(f"{POPOVER} .driver-popover-title")
        await expect(title).to_have_text("Кампании для вас")
        box = await page.locator(POPOVER).bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 360
