"""Operator and manager in two browsers, with the keyboard only, wide and on a phone, in both languages.

Both pages are telephones: the manager answers in the page, and the operator tells whom they have on the line.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import text

from exchange_domain import database
from exchange_domain.words import ManagerResult
from tests.thorough import figure

from .conftest import chromium
from .house import House, open_house, running_campaign
from .people import SLOW, one, signed_in, until

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(240)]
NUMBERS = ("+78125550101", "+78125550102", "+78125550103", "+78125550104")
MICROPHONE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--mute-audio")
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
RUSSIAN = {
    "Ready": ("Готовность",), "Ringing": ("Звоним",), "Talking": ("Разговор",), "Transferring": ("Передача",),
    "Wrap-up": ("Итог", "Завершение"),
}  # fmt: skip
LOOKS = [("ru", PHONE), ("en", WIDE), ("ru", WIDE), ("en", PHONE)]
"""The usual run takes the first: the main job itself is done on a wide page, in English, by another test."""


@pytest.fixture
async def house(
    built_pages: None, database_url: str, redis_url: str, tmp_path: Path, settings_env: Callable[..., None]
) -> AsyncIterator[House]:
    async with open_house(database_url, redis_url, tmp_path, settings_env, sound=True) as made:
        yield made


async def is_in(page: Page, state: str) -> None:
    """The strip's colour and icon are the state's in any language; the word is looked at too."""
    words = page.locator(".strip .st b").first
    expected = {state, *RUSSIAN.get(state, ())}

    async def shown() -> bool:
        return (await words.inner_text()) in expected

    await until(shown, f"the state {state}, shown is {await words.inner_text()}")


@pytest.mark.parametrize(
    ("language", "size"), LOOKS[: figure(1, 4)], ids=lambda x: x if isinstance(x, str) else x["width"]
)
async def test_the_main_job_and_a_warm_transfer_by_keyboard(house: House, language: str, size: dict[str, int]) -> None:
    campaign = await running_campaign(house, *NUMBERS)
    for number in NUMBERS:
        house.simulator.set_number_behaviour(number.lstrip("+"), "rings 0.3 s, answers")
    async with database.session() as s:
        await s.execute(text("update account set language = :language"), {"language": language})
    async with chromium(*MICROPHONE) as browser:
        options = {"viewport": size}
        manager = await signed_in(house, browser, "manager", **options)
        operator = await signed_in(house, browser, "operator", **options)
        await expect(manager.locator(".line-pill[data-phase=ready]")).to_be_visible(timeout=SLOW)
        await expect(operator.locator(".line-pill[data-phase=ready]")).to_be_visible(timeout=SLOW)
        # From here both have a keyboard only. The card with the campaign, then Enter.
        await operator.locator("body").press("Tab")
        for _ in range(60):
            if await operator.evaluate("document.activeElement?.matches('[data-card]') ?? false"):
                break
            await operator.keyboard.press("Tab")
        await operator.keyboard.press("Enter")
        await operator.wait_for_url("**/operator/work")
        await is_in(operator, "Ready")
        await operator.keyboard.press("KeyC")
        await is_in(operator, "Talking")
        call = await until(lambda: one("select * from call where state = 'talking'"), "the talk")

        # The note, then the manager: who answers in the page with Enter and reads it.
        await operator.keyboard.press("KeyF")
        await expect(operator.locator("#note")).to_be_focused(timeout=SLOW)
        await operator.keyboard.type("wants a kitchen, measured on Friday")
        await until(lambda: one("select 1 from call_draft where note like '%on Friday'"), "the saved note")
        await operator.keyboard.press("Escape")
        await operator.keyboard.press("KeyT")
        await is_in(operator, "Transferring")
        dialog = manager.get_by_role("alertdialog")
        await expect(dialog).to_contain_text("Workshop", timeout=SLOW)
        await expect(dialog).to_contain_text("wants a kitchen, measured on Friday")
        await expect(dialog.locator(".btn.solid")).to_be_focused(timeout=SLOW)
        await manager.keyboard.press("Enter")
        await until(lambda: one("select 1 from transfer where state = 'consulting'"), "the consultation")

        # What the operator goes on writing is on the manager's page by itself.
        await operator.keyboard.press("KeyF")
        await expect(operator.locator("#note")).to_be_focused(timeout=SLOW)
        await operator.keyboard.press("Control+End")
        await operator.keyboard.type("; asks for oak")
        await expect(manager.locator(".note").first).to_contain_text("asks for oak", timeout=SLOW)
        await operator.keyboard.press("Escape")

        await expect(operator.locator(".strip")).to_have_class("strip st-blue", timeout=SLOW)
        connected = lambda: one("select 1 from transfer where state = 'completed'")  # noqa: E731

        async def pressed() -> bool:
            await operator.keyboard.press("KeyY")
            await operator.wait_for_timeout(300)
            return bool(await connected())

        await until(pressed, "contact and manager together")
        await is_in(operator, "Wrap-up")
        await expect(manager.locator("#own-note")).to_be_attached(timeout=SLOW)

        async def chosen() -> bool:
            if await one("select 1 from transfer where manager_result = :r", r=ManagerResult.AGREED.value):
                return True
            await manager.keyboard.press("Digit1")
            await manager.wait_for_timeout(400)
            return False

        await until(chosen, "the manager's result")
        await manager.keyboard.press("KeyF")
        await expect(manager.locator("#own-note")).to_be_focused(timeout=SLOW)
        await manager.keyboard.type("comes on Friday at ten")
        await until(lambda: one("select 1 from transfer where manager_note like '%at ten'"), "the manager's note")
        house.simulator.peer_hangs_up(str(call.id))

        # The result, the form's field, save and next: the next contact is shown, waits, is passed over with a reason.
        await operator.locator("#field-wish").focus()
        await operator.keyboard.type("a kitchen")
        await operator.keyboard.press("Escape")
        closed = lambda: one("select 1 from call where id = :id and state = 'closed'", id=call.id)  # noqa: E731

        async def saved() -> bool:
            await operator.keyboard.press("Digit1")
            await operator.wait_for_timeout(200)
            await operator.keyboard.press("Control+Enter")
            await operator.wait_for_timeout(500)
            return bool(await closed())

        await until(saved, "the saved call")
        await is_in(operator, "Ready")
        # The reason stops the countdown while it is thought about.
        await until(lambda: one("select 1 from call where state = 'claimed' and dial_at is null"), "the next contact")
        await operator.keyboard.press("KeyK")
        await expect(operator.get_by_role("dialog")).to_be_visible(timeout=SLOW)
        await operator.keyboard.press("Digit1")
        await until(lambda: one("select 1 from call where hangup_cause = 'SKIPPED'"), "the contact passed over")
        # The one after it is dialled by itself.
        await is_in(operator, "Talking")
        await operator.keyboard.press("KeyH")
        await is_in(operator, "Wrap-up")
        content = await operator.content()
        assert not any(number.lstrip("+") in content for number in NUMBERS), "operators never see full numbers"
    assert (await one("select count(*) from call where campaign_id = :c", c=campaign))[0] == 3
