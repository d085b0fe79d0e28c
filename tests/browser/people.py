"""How a test sits at a page: signs in as a person does, presses keys, reads what is there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Browser, Page, expect
from sqlalchemy import text

from exchange_domain import campaigns, database

from .house import PASSWORD, House

SLOW = 15_000
"""Milliseconds after which something that should have come is missing."""


async def signed_in(house: House, browser: Browser, name: str, *, before: str = "", **options: Any) -> Page:
    """A page of its own browser session, at the start page of the person's role. `before`: a script that runs before
    each page's own."""
    context = await browser.new_context(
        **({"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", "accept_downloads": True} | options)
    )
    if before:
        await context.add_init_script(before)
    page = await context.new_page()
    page.set_default_timeout(SLOW)
    await page.goto(f"{house.url}/sign-in")
    await page.get_by_label("E-mail").fill(f"{name}@example.org")
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


async def state(page: Page, word: str) -> None:
    """Waits until the call strip shows this state."""
    await expect(page.locator(".strip .st b")).to_have_text(word, timeout=SLOW)


async def until(condition: Callable[[], Awaitable[Any]], what: str, seconds: float = 20) -> Any:
    """Waits until the database, or whatever is asked, says so."""
    try:
        async with asyncio.timeout(seconds):
            while not (found := await condition()):  # noqa: ASYNC110 - the database does not call back
                await asyncio.sleep(0.1)
            return found
    except TimeoutError:
        raise AssertionError(f"never came: {what}") from None


async def one(query: str, **values: object) -> Any:
    """The first row that the database answers with."""
    async with database.session() as s:
        return (await s.execute(text(query), values)).first()


async def close_with(page: Page, campaign: int, outcome: str, then: str = "ready") -> None:
    """Wrap-up by keyboard: the digit of the disposition, then save."""
    call = await until(lambda: one("select id from call where state = 'wrap_up'"), "a call to write down", 30)
    await state(page, "Wrap-up")
    async with database.session() as s:
        position = next(d.position for d in await campaigns.dispositions(s, campaign) if d.outcome == outcome)
    chosen = page.locator(f"#disposition-{position}[aria-checked=true]")

    async def pressed() -> bool:
        # A digit is ignored just after the state changed, so that a late press does nothing: press again.
        await page.keyboard.press(f"Digit{position}")
        await page.wait_for_timeout(300)
        return await chosen.count() == 1

    await until(pressed, f"disposition {outcome}")
    await page.keyboard.press("Control+Enter" if then == "next" else "KeyP")
    await until(lambda: one("select 1 from call where id = :id and state = 'closed'", id=call.id), "the closed call")
