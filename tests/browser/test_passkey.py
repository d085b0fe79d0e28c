"""An admin who must have a second factor sets up an app and a passkey, and signs in by each; in a real Chromium with a
device of its own making (Chrome DevTools Protocol, domain WebAuthn)."""

from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, expect

from .conftest import chromium
from .house import PASSWORD, open_house

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def first_step(page: Page, url: str) -> None:
    await page.goto(f"{url}/sign-in")
    await page.get_by_label("E-mail").fill("admin@example.org")
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")


async def sign_out(page: Page, url: str) -> None:
    await page.context.clear_cookies()
    await page.goto(f"{url}/sign-in")


async def test_two_factors_are_set_up_and_used(
    built_pages: None, database_url: str, redis_url: str, tmp_path: Path, settings_env: Callable[..., None]
) -> None:
    # Passkeys are bound to a name: no browser takes an address of numbers.
    async with (
        open_house(
            database_url, redis_url, tmp_path, settings_env, engine=False, host="localhost", two_factor_required="true"
        ) as house,
        chromium() as browser,
    ):
        context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        page = await context.new_page()
        device = await context.new_cdp_session(page)
        await device.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                   "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
        await device.send("WebAuthn.addVirtualAuthenticator", {"options": options})

        await first_step(page, house.url)
        await page.wait_for_url("**/account/security")
        await expect(page.get_by_text("One more step before you begin.")).to_be_visible()
        await page.get_by_role("button", name="Set up an app").click()

        secret = await page.locator("code[translate=no]").inner_text()
        await page.locator("#confirm-code").fill(pyotp.TOTP(secret).now())
        await page.keyboard.press("Enter")
        codes = page.get_by_role("status").filter(has_text="Recovery codes").locator("code")
        await expect(codes).to_have_count(10)
        recovery = await codes.first.inner_text()

        await page.locator("#key-name").fill("Ноутбук")
        await page.locator("#add-passkey").click()
        await expect(page.get_by_text("Ноутбук")).to_be_visible()
        await page.goto(f"{house.url}/admin")
        await expect(page.get_by_role("heading", name="System")).to_be_visible()

        await sign_out(page, house.url)
        await first_step(page, house.url)
        await page.wait_for_url("**/sign-in/second**")
        await page.locator("#use-passkey").click()
        await page.wait_for_url("**/admin")

        await sign_out(page, house.url)
        await first_step(page, house.url)
        await page.locator("#code").fill("123456")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("This code is not right")).to_be_visible()
        await page.locator("#code").fill(recovery)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/admin")
