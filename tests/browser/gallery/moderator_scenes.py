"""The moderator's pages, state by state. Each scene goes on from the one before."""

from datetime import UTC, datetime

from playwright.async_api import Page, expect
from sqlalchemy import text

from exchange_domain import database, disputes, flags, problem_reports
from exchange_domain.words import FlagKind, ProblemKind

from .operator_scenes import Scene, close_dialog, to
from .results_scenes import record_all
from .stage import Stage

SCENES: list[Scene] = []


def scene(play):
    SCENES.append(Scene(play.__name__.replace("_", "-"), play))
    return play


async def first_call() -> object:
    async with database.session() as s:
        return (await s.execute(text("select id from call order by claimed_at limit 1"))).scalar_one()


@scene
async def flags_none(stage: Stage, page: Page) -> None:
    await to(stage, page, "/moderator")
    await expect(page.get_by_text("Nothing to look at")).to_be_visible()


@scene
async def flags_some(stage: Stage, page: Page) -> None:
    await stage.furnish()
    await stage.begin_shift()
    await stage.worked("success", "refused")
    await record_all()
    now, call_id = datetime.now(UTC), await first_call()
    async with database.session() as s:
        await problem_reports.report(s, call_id, stage.operator_id, ProblemKind.SOUND, "Контакт меня не слышал", now)  # type: ignore[arg-type]
        for _ in range(3):
            await flags.raise_flag(
                s, FlagKind.OWN_CONTACT, f"operator:{stage.operator_id}", now, customer_id=stage.house.customer_id,
                campaign_id=stage.campaign_id, operator_id=stage.operator_id,
            )  # fmt: skip
        await flags.raise_flag(
            s, FlagKind.RECORDING_DELAYED, "switch:main", now, waiting=12, oldest=now.isoformat(), reason="no_space"
        )
    await to(stage, page, "/moderator")
    await expect(page.get_by_role("heading", name="An operator reports a problem")).to_be_visible()


@scene
async def flag_taken_and_heard(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Take").first.click()
    await page.get_by_role("button", name="Listen").first.click()
    await expect(page.locator("audio")).to_be_visible()


@scene
async def flag_to_be_resolved(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Resolve").first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()


@scene
async def flag_without_a_word(stage: Stage, page: Page) -> None:
    await page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    await expect(page.get_by_text("Say in a sentence what was found.")).to_be_visible()


@scene
async def disputes_none(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await to(stage, page, "/moderator/disputes")
    await expect(page.get_by_text("No charge is contested")).to_be_visible()


@scene
async def disputes_one(stage: Stage, page: Page) -> None:
    call_id = await first_call()
    async with database.session() as s:
        await disputes.contest(
            s, call_id, stage.house.customer_id, stage.house.people["owner"],  # type: ignore[arg-type]
            "Мы не просили звонить этому человеку", datetime.now(UTC),
        )  # fmt: skip
    await to(stage, page, "/moderator/disputes")
    await expect(page.get_by_role("button", name="Decide")).to_be_visible()


@scene
async def dispute_to_be_decided(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Decide").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
