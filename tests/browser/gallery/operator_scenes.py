"""The operator's pages, state by state. Each scene goes on from the one before."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect
from sqlalchemy import text

from exchange_domain import certificates, database, review_desk, review_pay
from exchange_domain.clock import now_ms
from exchange_domain.earnings import release_due
from exchange_domain.score_cards import CRITERIA
from exchange_domain.tables import Campaign
from exchange_domain.words import HearingVerdict, ListeningMode, TransferState
from exchange_domain.words import OperatorState as S

from .sounds import record_a_talk
from .stage import Stage


@dataclass(frozen=True)
class Scene:
    name: str
    play: Callable[[Stage, Page], Awaitable[None]]


SCENES: list[Scene] = []


def scene(play: Callable[[Stage, Page], Awaitable[None]]) -> Callable[[Stage, Page], Awaitable[None]]:
    SCENES.append(Scene(play.__name__.replace("_", "-"), play))
    return play


async def to(stage: Stage, page: Page, path: str) -> None:
    await page.goto(stage.house.url + path)
    await expect(page.locator("#main h1, #main h2, #main .strip").first).to_be_visible()
    await page.wait_for_timeout(200)


async def close_dialog(page: Page) -> None:
    await page.keyboard.press("Escape")
    await expect(page.locator("[role=dialog][data-state=open], [role=alertdialog][data-state=open]")).to_have_count(0)


@scene
async def board_empty(stage: Stage, page: Page) -> None:
    await to(stage, page, "/operator")


@scene
async def board(stage: Stage, page: Page) -> None:
    await stage.furnish()
    await to(stage, page, "/operator")


@scene
async def board_certificate_asked_for(stage: Stage, page: Page) -> None:
    """A campaign that this operator may not call yet; then it asks for nothing again."""
    moderator = stage.house.people["moderator"]
    async with database.session() as s:
        kind = await certificates.make_kind(s, moderator, "Замеры", "Договаривается о дне и часе")
        await certificates.ask_for(s, await s.get_one(Campaign, stage.campaign_id), kind)
    await to(stage, page, "/operator")
    await expect(page.get_by_text("A certificate is asked for.")).to_be_visible()
    async with database.session() as s:
        await certificates.ask_for(s, await s.get_one(Campaign, stage.campaign_id), None)


@scene
async def board_again(stage: Stage, page: Page) -> None:
    await to(stage, page, "/operator")
    await expect(page.locator(".mcard").first).to_contain_text("Call")


@scene
async def board_script(stage: Stage, page: Page) -> None:
    await page.locator(".mcard").first.get_by_role("button").nth(1).click()
    await expect(page.get_by_role("dialog")).to_be_visible()


@scene
async def board_account_menu(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await page.locator("[popovertarget=account-menu]").click()


@scene
async def check_begin(stage: Stage, page: Page) -> None:
    await to(stage, page, "/operator/check")
    await expect(page.get_by_role("button", name="Check the sound")).to_be_enabled()


@scene
async def check_voice(stage: Stage, page: Page) -> None:
    await page.keyboard.press("KeyR")
    await expect(page.get_by_text("Now count aloud")).to_be_visible()


@scene
async def check_asking(stage: Stage, page: Page) -> None:
    await expect(page.get_by_text("Did you hear yourself?")).to_be_visible(timeout=40_000)


@scene
async def check_result(stage: Stage, page: Page) -> None:
    await page.keyboard.press("KeyY")
    await expect(page.locator(".check-head")).to_be_visible()


@scene
async def work_off_shift(stage: Stage, page: Page) -> None:
    await to(stage, page, "/operator/work")


@scene
async def work_connecting(stage: Stage, page: Page) -> None:
    await stage.begin_shift()
    await stage.operator_is(S.CONNECTING)


@scene
async def work_ready(stage: Stage, page: Page) -> None:
    await stage.worked("success", "refused", "call_back")
    await stage.operator_is(S.READY)
    await to(stage, page, "/operator/work")


@scene
async def work_ready_break_due(stage: Stage, page: Page) -> None:
    await stage.operator_is(S.READY, began=timedelta(minutes=56), notice="preview_over")


@scene
async def work_preview(stage: Stage, page: Page) -> None:
    await stage.take_contact()
    await stage.operator_is(S.READY, preview=True, preview_until_ms=now_ms() + 11_000)


@scene
async def work_preview_held(stage: Stage, page: Page) -> None:
    await stage.operator_is(S.READY, preview=True)


@scene
async def work_skip(stage: Stage, page: Page) -> None:
    await page.keyboard.press("KeyK")
    await expect(page.get_by_role("dialog")).to_be_visible()


@scene
async def work_ringing(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await stage.operator_is(S.RINGING)


@scene
async def work_talking(stage: Stage, page: Page) -> None:
    await stage.was_answered()
    await stage.operator_is(S.TALKING)


@scene
async def work_talking_next_step(stage: Stage, page: Page) -> None:
    await page.wait_for_timeout(700)  # a digit is ignored just after the state changed
    await page.keyboard.press("Digit1")
    await expect(page.locator(".steps li.on")).to_contain_text("Повод")


@scene
async def work_keys(stage: Stage, page: Page) -> None:
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()


@scene
async def work_another_person(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await page.keyboard.press("KeyX")
    await page.locator("#person-name").fill("Анна")
    await page.locator("#person-number").fill("12")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".err")).to_be_visible()


@scene
async def work_do_not_call(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await page.keyboard.press("KeyD")
    await expect(page.get_by_role("alertdialog")).to_be_visible()


@scene
async def work_abuse(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await page.keyboard.press("!")
    await expect(page.get_by_role("alertdialog")).to_be_visible()


@scene
async def work_problem(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await page.keyboard.press("KeyG")
    await expect(page.get_by_role("dialog")).to_be_visible()


@scene
async def work_talking_masked(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await stage.operator_is(S.TALKING, masked=True)


@scene
async def work_a_moderator_speaks(stage: Stage, page: Page) -> None:
    await stage.operator_is_heard(ListeningMode.WHISPER)
    await expect(page.get_by_text("A moderator speaks to you")).to_be_visible()
    await stage.operator_is_heard(ListeningMode.LISTEN)
    await expect(page.get_by_text("A moderator listens")).to_be_visible()


@scene
async def work_transfer_rings(stage: Stage, page: Page) -> None:
    await stage.operator_is(S.TRANSFERRING, transfer=stage.transfer_view(TransferState.RINGING))


@scene
async def work_transfer_consulting(stage: Stage, page: Page) -> None:
    await stage.operator_is(S.TRANSFERRING, transfer=stage.transfer_view(TransferState.CONSULTING))


@scene
async def work_no_manager(stage: Stage, page: Page) -> None:
    await stage.operator_is(S.TALKING, notice="managers_unavailable", reason="manager_busy")


@scene
async def work_lost_in_a_call(stage: Stage, page: Page) -> None:
    await stage.operator_is(S.CONNECTION_LOST, notice="seat_lost")


@scene
async def work_wrap_up(stage: Stage, page: Page) -> None:
    await stage.has_ended()
    await stage.operator_is(S.WRAP_UP)


@scene
async def work_wrap_up_errors(stage: Stage, page: Page) -> None:
    await page.wait_for_timeout(700)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".err").first).to_be_attached()


@scene
async def work_wrap_up_call_back(stage: Stage, page: Page) -> None:
    await page.keyboard.press("Escape")
    shown = await page.locator("[id^=disposition-]").all_inner_texts()
    key = 1 + next(n for n, words in enumerate(shown) if "Call back" in words)
    await page.keyboard.press(f"Digit{key}")
    await page.wait_for_timeout(300)


@scene
async def work_lost_between_calls(stage: Stage, page: Page) -> None:
    await stage.was_closed("refused")
    await stage.operator_is(S.CONNECTION_LOST, notice="switch_lost", call=False)


@scene
async def earnings(stage: Stage, page: Page) -> None:
    await stage.operator_is(S.READY, call=False)
    await to(stage, page, "/operator/earnings")


@scene
async def earnings_available(stage: Stage, page: Page) -> None:
    async with database.session() as s:
        await release_due(s, datetime.now(UTC) + timedelta(days=30))
    await to(stage, page, "/operator/earnings")
    await expect(page.get_by_role("button", name="Pay it out")).to_be_visible()


@scene
async def payout_where_to(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Pay it out").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.get_by_role("button", name="Ask to be paid").click()
    await expect(page.get_by_text("Write a card, an account or a telephone.")).to_be_visible()


@scene
async def payout_asked_for(stage: Stage, page: Page) -> None:
    await page.locator("#target").fill("2200 1111 2222 3333, Банк")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Take back")).to_be_visible()


@scene
async def payout_came_back(stage: Stage, page: Page) -> None:
    async with database.session() as s:
        await s.execute(text("update payout set state = 'failed', why = 'Карта закрыта', ended_at = now()"))
    await to(stage, page, "/operator/earnings")
    await expect(page.get_by_text("came back")).to_be_visible()


@scene
async def reviews_none(stage: Stage, page: Page) -> None:
    await to(stage, page, "/operator/reviews")
    await expect(page.get_by_text("No call is judged yet")).to_be_visible()


@scene
async def reviews_some(stage: Stage, page: Page) -> None:
    await record_a_talk()
    await stage.put_before_moderators()
    async with database.session() as s:
        waiting = await review_desk.queue(s, stage.house.people["moderator"], datetime.now(UTC))
    for place, one in enumerate(waiting):
        verdict = HearingVerdict.REJECTED if place == 0 else HearingVerdict.ACCEPTED
        await judge(stage, one.hearing_id, verdict)
    await to(stage, page, "/operator/reviews")
    await expect(page.locator(".judged .qi").first).to_be_visible()


async def judge(stage: Stage, hearing_id: int, verdict: HearingVerdict) -> None:
    """As the moderator does in her page."""
    now, who = datetime.now(UTC), stage.house.people["moderator"]
    async with database.session() as s:
        call_id = await review_desk.take(s, hearing_id, who, now)
        await review_desk.note(s, hearing_id, who, 2_000, "Хорошо поздоровалась", now)
        await review_desk.note(s, hearing_id, who, 31_000, "Контакт говорит «не на этой неделе»", now)
        await review_desk.keep(s, hearing_id, who, dict.fromkeys(CRITERIA, 1), ["R1", "R4"], now)
        await review_desk.give(s, hearing_id, who, verdict, "", now)
    async with database.session() as s:
        await review_pay.carry_out(s, call_id, now)


@scene
async def review_rejected(stage: Stage, page: Page) -> None:
    await page.locator(".judged .qi").filter(has_text="Rejected").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Why it was rejected")).to_be_visible()
    await expect(page.locator(".pin")).to_have_count(2)


@scene
async def review_appeal_without_a_word(stage: Stage, page: Page) -> None:
    await page.locator("#player-on").click()
    await page.get_by_role("button", name="Appeal").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("The moderator will listen from 0:05.")).to_be_visible()
    await dialog.get_by_role("button", name="Appeal").click()
    await expect(dialog.get_by_text("Say in a sentence what is not right.")).to_be_visible()


@scene
async def review_appealed(stage: Stage, page: Page) -> None:
    await page.locator("#appeal-words").fill("На 31-й секунде она согласилась сама")
    await page.get_by_role("dialog").get_by_role("button", name="Appeal").click()
    await expect(page.get_by_text("Appeal is being heard").first).to_be_visible()
