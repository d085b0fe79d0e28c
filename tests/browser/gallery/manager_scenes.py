"""The manager's pages, state by state. Each scene goes on from the one before."""

from playwright.async_api import Page, expect

from exchange_domain.words import TransferState

from .operator_scenes import Scene, close_dialog, to
from .stage import Stage

SCENES: list[Scene] = []


def scene(play):
    SCENES.append(Scene(play.__name__.replace("_", "-"), play))
    return play


@scene
async def desk_in_no_campaign(stage: Stage, page: Page) -> None:
    await to(stage, page, "/manager")


@scene
async def history_empty(stage: Stage, page: Page) -> None:
    await to(stage, page, "/manager/history")


@scene
async def desk(stage: Stage, page: Page) -> None:
    await stage.furnish()
    await stage.begin_shift()
    await to(stage, page, "/manager")


@scene
async def desk_away(stage: Stage, page: Page) -> None:
    await page.keyboard.press("KeyA")
    await expect(page.get_by_text("You are away")).to_be_visible()


@scene
async def desk_hours(stage: Stage, page: Page) -> None:
    await page.keyboard.press("KeyA")
    await page.keyboard.press("KeyH")
    await expect(page.get_by_role("dialog")).to_be_visible()
    for day in ("Monday", "Tuesday"):
        await page.get_by_role("switch", name=day).click(force=True)
    await expect(page.locator("#opens-0")).to_be_visible()


@scene
async def desk_hours_fault(stage: Stage, page: Page) -> None:
    await page.locator("#closes-0").fill("08:00")
    await page.locator("#closes-0").blur()
    await expect(page.get_by_role("alert")).to_be_visible()


@scene
async def desk_keys(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()


@scene
async def transfer_rings(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await stage.take_contact()
    await stage.was_answered()
    await stage.rings_at_manager()
    await stage.manager_is(TransferState.RINGING)
    await expect(page.get_by_role("alertdialog")).to_be_visible()


@scene
async def transfer_rings_on_the_page(stage: Stage, page: Page) -> None:
    await close_dialog(page)


@scene
async def transfer_consulting(stage: Stage, page: Page) -> None:
    await stage.answered()
    await stage.manager_is(TransferState.CONSULTING)
    await expect(page.locator("#own-note")).to_be_attached()


@scene
async def transfer_talking(stage: Stage, page: Page) -> None:
    await stage.joined()
    await stage.manager_is(TransferState.COMPLETED, with_contact=True)
    await page.wait_for_timeout(700)
    await page.keyboard.press("Digit1")
    await page.keyboard.press("KeyF")
    await page.keyboard.type("Comes on Friday at ten")
    await page.keyboard.press("Escape")
    await expect(page.locator("#result-1")).to_have_attribute("aria-checked", "true")


@scene
async def transfer_ended(stage: Stage, page: Page) -> None:
    await stage.has_ended()
    await stage.manager_is(TransferState.COMPLETED, with_contact=True, ended=True)


@scene
async def desk_after(stage: Stage, page: Page) -> None:
    await stage.was_closed("success")
    await page.keyboard.press("Enter")
    await expect(page.locator("#mg")).to_be_visible()


@scene
async def transfer_missed(stage: Stage, page: Page) -> None:
    await stage.another_transfer()
    await stage.manager_is(TransferState.RINGING)
    await stage.manager_is(TransferState.RINGING, ended=True)


@scene
async def transfer_returned(stage: Stage, page: Page) -> None:
    await stage.another_transfer()
    await stage.answered()
    await stage.manager_is(TransferState.CONSULTING)
    await stage.manager_is(TransferState.CONSULTING, ended=True)


@scene
async def history(stage: Stage, page: Page) -> None:
    await stage.manager_is(None)
    await to(stage, page, "/manager/history")
    await expect(page.locator("tbody tr").first).to_be_visible()


@scene
async def history_found_nothing(stage: Stage, page: Page) -> None:
    await page.keyboard.press("/")
    await page.keyboard.type("nobody of this name")
    await expect(page.get_by_text("Nothing found")).to_be_visible()


@scene
async def history_own_words(stage: Stage, page: Page) -> None:
    await page.locator("#history-search").fill("")
    await page.locator("tbody tr").last.get_by_role("button").click()
    await expect(page.locator("#own-note")).to_have_value("Comes on Friday at ten")
