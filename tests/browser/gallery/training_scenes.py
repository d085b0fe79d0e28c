"""Training of an operator, and moderators beside it: the test, its report, the word, a lesson. Scenes go on."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.async_api import Page, expect

from exchange_domain import calls, campaigns, claiming, database, shifts
from exchange_domain.claiming import Claim
from exchange_domain.practice import runs
from exchange_domain.words import EndpointKind, OperatorState, Outcome
from job_worker.practising import measure_practice

from .operator_scenes import Scene, to
from .sounds import record_a_talk
from .stage import Stage

OPERATOR: list[Scene] = []
MODERATOR: list[Scene] = []


def operators(play):
    OPERATOR.append(Scene(play.__name__.replace("_", "-"), play))
    return play


def moderators(play):
    MODERATOR.append(Scene(play.__name__.replace("_", "-"), play))
    return play


async def begun(stage: Stage, lesson: str | None) -> runs.Begun:
    """A run of the operator, on a shift with its robots."""
    operator = stage.house.people["operator"]
    async with database.session() as s:
        made = await runs.begin(s, operator, lesson, "en")
        shift = await shifts.open(
            s, operator_id=operator, campaign_id=made.campaign_id, switch_name="main",
            endpoint_kind=EndpointKind.SIP, endpoint=f"operator-{operator}",
        )  # fmt: skip
    stage.campaign_id, stage.shift_id = made.campaign_id, shift.id or 0
    return made


async def called(stage: Stage, outcome: Outcome) -> None:
    """The next robot, as the engine would write it."""
    now = datetime.now(UTC)
    async with database.session() as s:
        claim = await claiming.claim(
            s, call_id=uuid4(), operator_id=stage.house.people["operator"], shift_id=stage.shift_id, now=now,
            lease=timedelta(seconds=60),
        )  # fmt: skip
        assert isinstance(claim, Claim)
        chosen = next(d for d in await campaigns.dispositions(s, claim.campaign_id) if d.outcome == outcome)
    async with database.session() as s:
        ids = claim.call_id, claim.fencing_token
        await calls.ringing(s, *ids, now)
        await calls.answered(s, *ids, now, None)
        await calls.ended(s, *ids, now + timedelta(seconds=48), cause="NORMAL_CLEARING", ended_by="operator")
        later = {"call_back_at": now + timedelta(days=1)} if outcome == Outcome.CALL_BACK else {}
        await calls.close(s, claim.call_id, disposition_id=chosen.id, at=now + timedelta(seconds=60), **later)


async def measured() -> None:
    await record_a_talk()

    async def nobody(operator_id: int) -> None:
        """The pages are opened anew."""

    assert await measure_practice(nobody) == 1


@operators
async def training_first(stage: Stage, page: Page) -> None:
    await to(stage, page, "/operator/training")
    await expect(page.get_by_role("button", name="Take the test")).to_be_visible()


@operators
async def board_before_the_test(stage: Stage, page: Page) -> None:
    await stage.furnish()
    await to(stage, page, "/operator")
    await expect(page.get_by_text("The aptitude test comes first.").first).to_be_visible()


@operators
async def practice_ready(stage: Stage, page: Page) -> None:
    await begun(stage, None)
    await stage.operator_is(OperatorState.READY)
    await to(stage, page, "/operator/work")
    await expect(page.get_by_text("Robots answer; this time is unpaid.")).to_be_visible()


@operators
async def test_under_way(stage: Stage, page: Page) -> None:
    await called(stage, Outcome.SUCCESS)
    await to(stage, page, "/operator/training")
    await expect(page.get_by_text("1 of 3 calls are made.")).to_be_visible()


@operators
async def test_report(stage: Stage, page: Page) -> None:
    await called(stage, Outcome.CALL_BACK)
    await called(stage, Outcome.REFUSED)
    await measured()
    await to(stage, page, "/operator/training")
    await page.locator(".judged .qi").first.press("Enter")
    await expect(page.locator("[data-report] .sc li")).to_have_count(6)


@operators
async def test_call_heard(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Call 2", exact=True).press("Enter")
    await expect(page.locator("#player-play")).to_be_focused()
    await expect(page.locator(".waves div div").first).to_be_attached()


@moderators
async def training_waits(stage: Stage, page: Page) -> None:
    await to(stage, page, "/moderator/training")
    await expect(page.get_by_text("1 test waits for a word.")).to_be_visible()


@moderators
async def training_of_one(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Look").first.press("Enter")
    await expect(page.get_by_role("button", name="Confirm")).to_be_visible()
    await expect(page.locator(".sc li")).to_have_count(6)


@moderators
async def training_note_without_a_word(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Write a note").press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Write a note").press("Enter")
    await expect(page.get_by_text("Say it in a sentence.")).to_be_visible()


@moderators
async def training_note_written(stage: Stage, page: Page) -> None:
    await page.get_by_role("dialog").locator("select").select_option("objections")
    await page.locator("#words").fill("Хорошо слышно. Теперь попробуйте там, где возражают.")
    await page.get_by_role("dialog").get_by_role("button", name="Write a note").press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_text("Теперь попробуйте там").first).to_be_visible()


@moderators
async def training_confirmed(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Confirm").press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Confirm").press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_text("May call").first).to_be_visible()


@moderators
async def training_nobody_found(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="All who train").press("Enter")
    await page.locator("#search").fill("Нет такого")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nobody of this name")).to_be_visible()


AFTER: list[Scene] = []


def afterwards(play):
    AFTER.append(Scene(play.__name__.replace("_", "-"), play))
    return play


@afterwards
async def training_confirmed_and_advised(stage: Stage, page: Page) -> None:
    await to(stage, page, "/operator/training")
    await expect(page.get_by_text("You may call every campaign.")).to_be_visible()
    await expect(page.get_by_text("Advised to you")).to_be_visible()


@afterwards
async def lesson_ready(stage: Stage, page: Page) -> None:
    await begun(stage, "objections")
    await stage.operator_is(OperatorState.READY)
    await to(stage, page, "/operator/work")
    await expect(page.get_by_text("Somebody who doubts.")).to_be_visible()
