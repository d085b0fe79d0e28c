"""The admin's pages, state by state. Each scene goes on from the one before."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.async_api import Page, expect

from exchange_domain import carrier_book, database, house_rules, people_desk, switches, tariff_desk
from exchange_domain.tariff_desk import Prices

from .operator_scenes import Scene, close_dialog, to
from .stage import Stage

SCENES: list[Scene] = []


def scene(play):
    SCENES.append(Scene(play.__name__.replace("_", "-"), play))
    return play


@scene
async def system_bare(stage: Stage, page: Page) -> None:
    await to(stage, page, "/admin")
    await expect(page.get_by_text("No carriers are entered")).to_be_visible()


@scene
async def system_at_work(stage: Stage, page: Page) -> None:
    await stage.furnish()
    await stage.begin_shift()
    await stage.worked("success", "refused", "no_answer")
    async with database.session() as s:
        await carrier_book.set_carrier(s, "north")
        await carrier_book.set_carrier(s, "reserve", enabled=False)
        token = await switches.take(s, "main", uuid4())
        await switches.renew(s, "main", token or 0, switches.Health(up=True, silent_ms=10, sessions=4), lease_s=900)
        await switches.take(s, "second", uuid4())
    await to(stage, page, "/admin")
    await expect(page.get_by_text("works", exact=True)).to_be_visible()


@scene
async def carrier_entered(stage: Stage, page: Page) -> None:
    """By the keyboard; the second line is none."""
    await page.locator("#new-carrier").press("Enter")
    await page.locator("#carrier-name").fill("south")
    await page.locator("#max_concurrent").fill("30")
    await page.locator("#rates").fill("+7 0.90\nКазань 1.10")
    await page.locator("#save-carrier").press("Enter")
    await expect(page.get_by_text("Line 2: a beginning and a price are expected")).to_be_visible()


@scene
async def carrier_changed(stage: Stage, page: Page) -> None:
    await page.locator("#rates").fill("+7 0.90\n+7843 1.10")
    await page.locator("#save-carrier").press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    row = page.locator("tr").filter(has_text="south")
    await row.get_by_role("button").first.press("Enter")
    await expect(page.locator("#rates")).to_have_value("+7 0.90\n+7843 1.10")


@scene
async def people(stage: Stage, page: Page) -> None:
    async with database.session() as s:
        await people_desk.suspend(s, None, stage.house.people["second"])
    await to(stage, page, "/admin/people")
    await expect(page.locator("tbody tr")).to_have_count(6)


@scene
async def people_not_found(stage: Stage, page: Page) -> None:
    await page.locator("#search").fill("nobody of this name")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nobody found")).to_be_visible()


@scene
async def person(stage: Stage, page: Page) -> None:
    await to(stage, page, "/admin/people")
    await page.get_by_role("button", name="Кира Нова").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


@scene
async def person_who_is_the_last_admin(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await page.get_by_role("button", name="Нина Ковач").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("label.chk").filter(has_text="Administrator").click()
    await dialog.get_by_role("button", name="Save roles").click()
    await expect(dialog.get_by_text("You cannot take this role from yourself.")).to_be_visible()


@scene
async def invitations_none(stage: Stage, page: Page) -> None:
    await to(stage, page, "/admin/invitations")
    await expect(page.get_by_text("No invitations here")).to_be_visible()


@scene
async def invitations_sent(stage: Stage, page: Page) -> None:
    await page.locator("#emails").fill("lena@mail.example\nnot an address\nivan@mail.example")
    await page.locator("#words").fill("Здравствуйте, мы говорили во вторник.")
    await page.get_by_role("button", name="Invite").click()
    await expect(page.get_by_text("What became of it")).to_be_visible()
    await expect(page.locator("tbody tr")).to_have_count(2)


@scene
async def invitation_of_a_business(stage: Stage, page: Page) -> None:
    await page.locator("#role").select_option("customer")
    await expect(page.locator("#customer")).to_be_visible()
    await page.get_by_role("button", name="Withdraw").first.click()
    await expect(page.get_by_text("Withdrawn").first).to_be_visible()


@scene
async def customers(stage: Stage, page: Page) -> None:
    await to(stage, page, "/admin/customers")
    await page.locator(f"#cap-{stage.house.customer_id}").fill("много")
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("A sum such as 1500 is expected.")).to_be_visible()


@scene
async def tariffs(stage: Stage, page: Page) -> None:
    now = datetime.now(UTC)
    async with database.session() as s:
        prices = Prices(1_600, 650, 6_500, 6_200, 100, 500_000)
        await tariff_desk.add(s, None, prices, currency="RUB", valid_from=now + timedelta(days=30), now=now)
    await to(stage, page, "/admin/tariffs")
    await expect(page.get_by_text("to come")).to_be_visible()


@scene
async def tariff_being_set(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="New prices").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("#per_minute").fill("дорого")
    await dialog.get_by_role("button", name="Set prices").click()
    await expect(dialog.get_by_text("A sum such as 12.50 is expected.")).to_be_visible()


@scene
async def numbers_none(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await to(stage, page, "/admin/numbers")
    await expect(page.get_by_text("No number is forbidden")).to_be_visible()


@scene
async def numbers_forbidden(stage: Stage, page: Page) -> None:
    await page.locator("#number").fill("812 555")
    await page.get_by_role("button", name="Forbid").click()
    await expect(page.get_by_text("A whole number with + and the country's code is expected.")).to_be_visible()
    await page.locator("#number").fill("+7 812 555-99-99")
    await page.locator("#reason").fill("Просила письмом")
    await page.get_by_role("button", name="Forbid").click()
    await expect(page.locator("tbody tr")).to_have_count(1)


@scene
async def number_to_be_erased(stage: Stage, page: Page) -> None:
    await page.locator("#erase-number").fill("+78125550012")
    await page.get_by_role("button", name="Erase").click()
    await expect(page.get_by_role("alertdialog")).to_be_visible()


@scene
async def number_erased(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Erase", exact=True).click()
    await expect(page.get_by_text("The recordings' files follow within a minute.")).to_be_visible()


@scene
async def rules(stage: Stage, page: Page) -> None:
    await to(stage, page, "/admin/rules")
    await page.locator("#appeal_hours").fill("0")
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("A whole number between these is expected.")).to_be_visible()


@scene
async def log(stage: Stage, page: Page) -> None:
    async with database.session() as s:
        await house_rules.change(s, stage.house.people["admin"], {"silence_s": 20})
    await to(stage, page, "/admin/log")
    await expect(page.locator("tbody tr").first).to_be_visible()


@scene
async def second_factor(stage: Stage, page: Page) -> None:
    await to(stage, page, "/account/security")
    await page.get_by_role("button", name="Set up an app").click()
    await expect(page.locator("#confirm-code")).to_be_visible()
    await page.locator("#confirm-code").fill("123456")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("This code is not right").first).to_be_visible()
