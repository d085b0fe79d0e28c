"""From an invitation to the aptitude test, a certificate and a paid call, its review, the appeal, and the money.

Five people in their pages; the real engine, mover and worker; the simulated switch with sound.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import text

from exchange_app.security import passwords
from exchange_domain import accounts, books, certificates, database, house_rules, ledger
from exchange_domain.tables import Campaign

from .conftest import chromium
from .house import PASSWORD, House, open_house, running_campaign
from .people import SLOW, close_with, one, signed_in, state, until

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(400)]
NUMBER = "+78125550101"
MICROPHONE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--mute-audio")


@pytest.fixture
async def house(
    built_pages: None, database_url: str, redis_url: str, tmp_path: Path, settings_env: Callable[..., None]
) -> AsyncIterator[House]:
    async with open_house(
        database_url, redis_url, tmp_path, settings_env, sound=True, aptitude_required="true"
    ) as made:
        (tmp_path / "storage").mkdir()
        await made.start_jobs()
        await made.run("mover", "recording_store", "recordings: moving")
        yield made


async def invited(house: House, browser: Browser) -> str:
    """The admin invites an operator; the link."""
    admin = await signed_in(house, browser, "admin")
    await admin.goto(f"{house.url}/admin/invitations")
    await admin.locator("#emails").fill("lena@mail.example")
    await admin.keyboard.press("Tab")
    await admin.get_by_role("button", name="Invite", exact=True).click()
    return await admin.locator("code", has_text="/join/").inner_text()


async def joined(house: House, browser: Browser, link: str) -> Page:
    """Lena accepts, and looks around no longer than she must."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    await context.add_cookies([{"name": "lang", "value": "en", "url": house.url}])
    page = await context.new_page()
    page.set_default_timeout(SLOW)
    await page.goto(link)
    await page.locator("#display_name").fill("Лена Орлова")
    await page.locator("#password").fill("a phrase of her own, long")
    await page.locator("input[name=rules]").check(force=True)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/operator")
    await expect(page.locator(".driver-popover.exchange-tour")).to_be_visible(timeout=SLOW)
    await page.keyboard.press("Escape")
    await expect(page.locator(".driver-popover.exchange-tour")).to_have_count(0)
    return page


async def examined(house: House, lena: Page, account: int, kira: Page) -> None:
    """Three calls with robots, by keyboard; the report comes by itself, she hears it, and the moderator confirms."""
    await lena.goto(f"{house.url}/operator")
    await expect(lena.get_by_text("The aptitude test comes first.")).to_be_visible()
    await lena.get_by_role("link", name="To the test").press("Enter")
    await lena.get_by_role("button", name="Take the test").press("Enter")
    await lena.wait_for_url("**/operator/work")
    await state(lena, "Ready")
    practice = (await one("select id from campaign where practice")).id
    for place, outcome in enumerate(("success", "success", "refused")):
        await expect(lena.get_by_text(f"{place} of 3 calls are made.")).to_be_visible(timeout=SLOW)
        await lena.keyboard.press("KeyC")
        await state(lena, "Talking")
        await lena.wait_for_timeout(4_000)
        await lena.keyboard.press("KeyH")
        await close_with(lena, practice, outcome)
    await expect(lena.get_by_text("These calls are made.")).to_be_visible(timeout=SLOW)
    await lena.get_by_role("link", name="To training").press("Enter")
    await expect(lena.locator(".judged .qi")).to_have_count(1, timeout=60_000)
    await lena.locator(".judged .qi").press("Enter")
    await expect(lena.locator("[data-report] .sc li")).to_have_count(6)
    await lena.get_by_role("button", name="Call 1", exact=True).press("Enter")
    await expect(lena.locator("#player-play")).to_be_focused()
    await lena.keyboard.press("Enter")
    await lena.wait_for_function("document.querySelector('.wv audio').currentTime > 0.3")
    ask = lena.get_by_role("button", name="Ask a person to listen")
    await ask.press("Enter")
    await expect(ask).to_have_count(0)

    await kira.goto(f"{house.url}/moderator/training")
    await kira.get_by_role("row", name="Лена Орлова").get_by_role("button", name="Look").press("Enter")
    await kira.get_by_role("button", name="Call 3", exact=True).press("Enter")
    await expect(kira.locator("#player-play")).to_be_focused()
    await kira.get_by_role("button", name="Confirm").press("Enter")
    await kira.locator("#words").fill("She is heard well, and waits for the end of a sentence")
    await kira.get_by_role("dialog").get_by_role("button", name="Confirm").press("Enter")
    await expect(kira.get_by_role("dialog")).to_have_count(0)
    # Her page, which is open, knows it by itself.
    await expect(lena.get_by_text("You may call every campaign.")).to_be_visible(timeout=SLOW)
    async with database.session() as s:
        earned = await ledger.earnings(s, account)
        assert (earned.held, earned.available) == (0, 0) and await books.check(s) == []
        spoken = await s.execute(text("select report->'operator' from practice_run"))
        assert spoken.scalar_one() > 5, "the microphone was heard in the recordings"


async def certified(house: House, lena: Page, kira: Page, campaign: int) -> None:
    """The campaign asks for a certificate; the moderator gives it by keyboard."""
    async with database.session() as s:
        kind = await certificates.make_kind(s, house.people["lev"], "Kitchens", "Asks about the kitchen first")
        await certificates.ask_for(s, await s.get_one(Campaign, campaign), kind)
    await lena.goto(f"{house.url}/operator")
    await expect(lena.get_by_text("A certificate is asked for.")).to_be_visible()
    await expect(lena.locator("[data-card] [data-main]")).to_have_count(0)
    await kira.goto(f"{house.url}/moderator/certificates")
    await kira.get_by_role("row", name="Лена Орлова").get_by_role("button", name="Certify").press("Enter")
    await kira.locator("#words").fill("She has read three texts aloud to me")
    await kira.get_by_role("dialog").get_by_role("button", name="Certify").press("Enter")
    await expect(kira.get_by_text("She has read three texts aloud to me")).to_be_visible()
    await lena.reload()
    await expect(lena.locator("[data-card] [data-main]")).to_have_count(1)


async def called(page: Page, campaign: int) -> str:
    """Her first talk, by keyboard: a few seconds, a success."""
    # She is on shift from the practice on: her line is open already, or rung again just now.
    line = page.locator(".line-pill:is([data-phase=ready], [data-phase=talking])")
    await expect(line).to_be_visible(timeout=SLOW)
    await page.locator("[data-card]").first.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/operator/work")
    await state(page, "Ready")
    await page.keyboard.press("KeyC")
    await state(page, "Talking")
    await page.locator("#field-wish").fill("a wardrobe")
    await until(lambda: one("select 1 from call_draft where result->>'wish' = 'a wardrobe'"), "the saved field")
    await page.wait_for_timeout(4_000)
    await page.keyboard.press("Escape")
    await page.keyboard.press("KeyH")
    await close_with(page, campaign, "success")
    settled = "select id from call where state = 'closed' and settled and campaign_id = :campaign"
    row = await until(lambda: one(settled, campaign=campaign), "the settled call", 40)
    return str(row.id)


async def test_a_new_operator_to_her_first_pay(house: House) -> None:
    campaign = await running_campaign(house, NUMBER)
    house.simulator.set_number_behaviour(NUMBER.lstrip("+"), "rings 0.3 s, answers")
    async with database.session() as s:
        await house_rules.change(s, None, {"review_second_percent": 0})
        lev = await accounts.create(
            s, email="lev@example.org", display_name="Лев Тихий", password_hash=await passwords.hashed(PASSWORD),
            roles=("moderator",), language="en",
        )  # fmt: skip
        house.people["lev"] = lev.id or 0
    async with chromium(*MICROPHONE) as browser:
        lena = await joined(house, browser, await invited(house, browser))
        account = (await one("select id from account where email = 'lena@mail.example'")).id
        kira = await signed_in(house, browser, "moderator")
        await examined(house, lena, account, kira)
        await certified(house, lena, kira, campaign)
        call_id = await called(lena, campaign)
        async with database.session() as s:
            earned = await ledger.earnings(s, account)
        assert earned.held > 0 and earned.available == 0

        # A new operator's call comes before a moderator as soon as its recording is stored.
        await until(lambda: one("select 1 from hearing"), "the call in the queue", 60)
        await until(lambda: one("select 1 from review where figures <> '{}'"), "what was measured in it", 30)
        await kira.goto(f"{house.url}/moderator")
        await kira.locator("#take-first").press("Enter")
        await expect(kira.locator("#player-play")).to_be_focused()
        await expect(kira.get_by_role("heading", name="What was measured")).to_be_visible()
        await kira.keyboard.press("Enter")
        await kira.wait_for_function("document.querySelector('.wv audio').currentTime > 0.3")
        await kira.locator("h1").click()
        await kira.keyboard.press("n")
        await kira.locator("#note-words").fill("The contact has agreed to nothing")
        await kira.keyboard.press("Enter")
        await expect(kira.locator(".pin")).to_have_count(1)
        await kira.locator("h1").click()
        await kira.wait_for_timeout(700)
        for digit in "12345":
            await kira.keyboard.press(digit)
        await expect(kira.get_by_text("10 of 10")).to_be_visible()
        await kira.get_by_text("Result does not match the talk").click()
        await expect(kira.locator("input[type=checkbox]:checked")).to_have_count(1)
        await kira.keyboard.press("x")
        await expect(kira.get_by_text("The operator sees why.")).to_be_visible()
        async with database.session() as s:
            assert (await ledger.earnings(s, account)).held == 0

        # She hears why, and appeals with the moment where one can hear it.
        await lena.goto(f"{house.url}/operator/reviews")
        await lena.locator(".judged .qi").first.press("Enter")
        await expect(lena.get_by_text("The contact has agreed to nothing").first).to_be_visible()
        await lena.get_by_role("button", name="Appeal").click()
        await lena.locator("#appeal-words").fill("She says yes in the third second")
        await lena.get_by_role("dialog").get_by_role("button", name="Appeal").click()
        await expect(lena.get_by_text("Appeal is being heard").first).to_be_visible()

        # Whoever has judged does not decide; another does, and the money follows.
        await kira.goto(f"{house.url}/moderator/appeals")
        await expect(kira.get_by_text("Nobody appeals")).to_be_visible()
        other = await signed_in(house, browser, "lev")
        await other.goto(f"{house.url}/moderator/appeals")
        await expect(other.get_by_text("She says yes in the third second")).to_be_visible()
        await other.get_by_role("button", name="Decide").click()
        await other.locator("#words").fill("One hears it")
        await other.get_by_role("dialog").get_by_role("button", name="Decide").click()
        await expect(other.get_by_text("Nobody appeals")).to_be_visible()

        await lena.reload()
        await expect(lena.get_by_text("Appeal granted").first).to_be_visible()
        async with database.session() as s:
            after = await ledger.earnings(s, account)
            assert (after.held, after.available) == (0, earned.held) and await books.check(s) == []
            heard = (await s.execute(text("select distinct account_id from listening where call_id = :id"),
                                     {"id": call_id})).scalars()  # fmt: skip
            assert {house.people["moderator"], account} <= set(heard), "every listening is written down"
