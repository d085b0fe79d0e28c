"""Live calls as a moderator sees them, state by state; and the sign of it in the operator's page."""

from playwright.async_api import Page, expect

from exchange_domain.words import ListeningMode, OperatorState, TransferState

from .operator_scenes import Scene, to
from .stage import Stage

BEFORE: list[Scene] = []
"""While nobody is on shift."""
SCENES: list[Scene] = []


def scene(play):
    SCENES.append(Scene(play.__name__.replace("_", "-"), play))
    return play


async def _nobody(stage: Stage, page: Page) -> None:
    await to(stage, page, "/moderator/live")
    await expect(page.get_by_text("Nobody is on shift")).to_be_visible()


BEFORE.append(Scene("live-nobody-on-shift", _nobody))


@scene
async def live_operators_on_shift(stage: Stage, page: Page) -> None:
    await stage.take_contact()
    await stage.operator_is(OperatorState.TALKING)
    await to(stage, page, "/moderator/live")
    await expect(page.locator("tbody tr")).to_have_count(1)


@scene
async def live_nobody_like_that(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="With a flag").click()
    await expect(page.locator("tbody tr").first).to_be_visible()
    await page.get_by_role("button", name="New", exact=True).click()


@scene
async def live_the_line_is_called(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="All", exact=True).click()
    await page.locator("tbody tr").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#live-panel")).to_be_visible()


@scene
async def live_listening(stage: Stage, page: Page) -> None:
    await stage.moderator_hears("on")
    await expect(page.locator("#stop-listening")).to_be_visible()


@scene
async def live_whispering(stage: Stage, page: Page) -> None:
    await page.keyboard.press("2")
    await stage.moderator_hears("on", ListeningMode.WHISPER)


@scene
async def live_while_the_manager_is_asked(stage: Stage, page: Page) -> None:
    view = stage.transfer_view(TransferState.CONSULTING)
    await stage.operator_is(OperatorState.TRANSFERRING, transfer=view)


@scene
async def live_stepping_in_is_asked_about(stage: Stage, page: Page) -> None:
    await stage.operator_is(OperatorState.TALKING)
    await page.keyboard.press("3")
    await expect(page.locator("#step-in")).to_be_visible()


@scene
async def live_in_the_call(stage: Stage, page: Page) -> None:
    await page.locator("#step-in").press("Enter")
    await stage.moderator_hears("on", ListeningMode.STEP_IN)
    await expect(page.get_by_role("alertdialog")).to_have_count(0)


@scene
async def live_the_line_ended(stage: Stage, page: Page) -> None:
    await stage.moderator_hears("over", reason="line_over")
    await expect(page.get_by_text("The operator's line has ended")).to_be_visible()


@scene
async def live_the_exchange_does_not_answer(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Listen again").click()
    await expect(page.get_by_text("The exchange does not answer.")).to_be_visible(timeout=15_000)
