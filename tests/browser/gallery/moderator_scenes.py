"""The moderator's pages, state by state. Each scene goes on from the one before."""

from datetime import UTC, datetime

from playwright.async_api import Page, expect
from sqlalchemy import text

from exchange_domain import appeals, database, disputes, flags, problem_reports
from exchange_domain.words import FlagKind, ProblemKind

from .operator_scenes import Scene, close_dialog, to
from .sounds import record_a_talk
from .stage import Stage

SCENES: list[Scene] = []


def scene(play):
    SCENES.append(Scene(play.__name__.replace("_", "-"), play))
    return play


async def first_call() -> object:
    async with database.session() as s:
        return (await s.execute(text("select id from call order by claimed_at limit 1"))).scalar_one()


@scene
async def review_none(stage: Stage, page: Page) -> None:
    await to(stage, page, "/moderator")
    await expect(page.get_by_text("Nobody waits to be heard")).to_be_visible()


@scene
async def review_queue(stage: Stage, page: Page) -> None:
    await stage.furnish()
    await stage.begin_shift()
    await stage.worked("success", "refused", "no_answer")
    await record_a_talk()
    assert await stage.put_before_moderators() == 3
    await to(stage, page, "/moderator")
    await expect(page.locator("#take-first")).to_be_visible()


@scene
async def review_of_a_call(stage: Stage, page: Page) -> None:
    await page.locator("#take-first").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#player-play")).to_be_focused()
    await expect(page.locator(".waves div div").first).to_be_attached()
    await page.keyboard.press("n")
    await page.locator("#note-words").fill("Хорошо поздоровалась")
    await page.keyboard.press("Enter")
    await expect(page.locator(".pin")).to_have_count(1)


@scene
async def review_heard_and_scored(stage: Stage, page: Page) -> None:
    """By the keyboard alone: play, skip the silence, a second note, points."""
    await page.locator("h1").click()
    await page.keyboard.press("Space")
    await page.wait_for_function("document.querySelector('.wv audio').currentTime > 0.5")
    for _ in range(3):
        await page.keyboard.press("l")
    # The silence from 14 to 30 s is passed over.
    await page.wait_for_function("document.querySelector('.wv audio').currentTime > 28", timeout=5_000)
    await page.keyboard.press("Space")
    await page.keyboard.press("v")
    await expect(page.locator("#player-speed")).to_contain_text("1.25")
    await page.keyboard.press("n")
    await page.locator("#note-words").fill("Контакт говорит «не на этой неделе»")
    await page.keyboard.press("Enter")
    await expect(page.locator(".pin")).to_have_count(2)
    await page.locator("h1").click()
    await page.wait_for_timeout(700)
    for digit in "12345":
        await page.keyboard.press(digit)
    await page.keyboard.press("4")
    await page.keyboard.press("4")
    await expect(page.get_by_text("8 of 10")).to_be_visible()


@scene
async def review_without_a_reason(stage: Stage, page: Page) -> None:
    await page.keyboard.press("x")
    await expect(page.get_by_text("A rejection needs its reason.")).to_be_visible()


@scene
async def review_rejected_and_the_next_one(stage: Stage, page: Page) -> None:
    await page.get_by_text("Result does not match the talk").click()
    await expect(page.locator("input[type=checkbox]:checked")).to_have_count(1)
    before = await page.locator(".queue .qi").count()
    await page.keyboard.press("x")
    await expect(page.locator(".queue .qi")).to_have_count(before - 1)
    await expect(page.locator(".pin")).to_have_count(0)


@scene
async def appeals_none(stage: Stage, page: Page) -> None:
    await to(stage, page, "/moderator/appeals")
    await expect(page.get_by_text("Nobody appeals")).to_be_visible()


@scene
async def appeals_one(stage: Stage, page: Page) -> None:
    now = datetime.now(UTC)
    async with database.session() as s:
        call_id = (await s.execute(text("select call_id from review where verdict = 'rejected'"))).scalar_one()
        # Another moderator judged it: one does not decide about one's own verdict.
        await s.execute(
            text("update hearing set moderator_id = :other where call_id = :call"),
            {"other": stage.house.people["owner"], "call": call_id},
        )
        await appeals.appeal(s, call_id, stage.operator_id, 31_000, "На 31-й секунде она согласилась сама", now)
    await to(stage, page, "/moderator/appeals")
    await expect(page.get_by_role("button", name="Decide")).to_be_visible()


@scene
async def appeal_to_be_decided(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Decide").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


@scene
async def flags_none(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await to(stage, page, "/moderator/flags")
    await expect(page.get_by_text("Nothing to look at")).to_be_visible()


@scene
async def flags_some(stage: Stage, page: Page) -> None:
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
    await to(stage, page, "/moderator/flags")
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


@scene
async def score_cards(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await to(stage, page, "/moderator/cards")
    await expect(page.locator("#main .ear button").first).to_be_visible()


@scene
async def score_card_changed(stage: Stage, page: Page) -> None:
    await page.locator("#main .ear button").first.click()
    await expect(page.locator("#criteria")).to_be_visible()


@scene
async def certificates_none(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await to(stage, page, "/moderator/certificates")
    await expect(page.get_by_text("No certificates yet")).to_be_visible()


@scene
async def certificate_kind_made(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="A new kind").first.press("Enter")
    await page.locator("#name").fill("Замеры")
    await page.locator("#goal").fill("Договаривается о дне и часе, переспрашивает адрес")
    await page.get_by_role("dialog").get_by_role("button", name="Save").press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_text("no certificate").first).to_be_visible()


@scene
async def certificate_without_a_word(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Certify").first.press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Certify").press("Enter")
    await expect(page.get_by_text("Say in a sentence why.")).to_be_visible()


@scene
async def certificate_given(stage: Stage, page: Page) -> None:
    await page.locator("#words").fill("Слышала пять разговоров подряд")
    await page.get_by_role("dialog").get_by_role("button", name="Certify").press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_text("Certified").first).to_be_visible()
