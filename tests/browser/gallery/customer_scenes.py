"""The customer's pages of lists and money, state by state. Each scene goes on from the one before."""

from playwright.async_api import Page, expect
from sqlalchemy import text

from exchange_domain import database
from exchange_domain.importing import orders
from exchange_domain.messages import ImportMoved, campaign_channel
from exchange_domain.words import ImportPhase, ImportState
from job_worker.lists import ListImporter
from job_worker.telling import Bus

from .operator_scenes import Scene, close_dialog, to
from .stage import Stage

SCENES: list[Scene] = []
LIST = (
    "Имя;Телефон;Город;Заказ\nИрина;+7 921 555-01-01;Казань;кухня\nПётр;не номер;Омск;стол\n"
    "Ольга;8 (343) 355-50-01;Омск;шкаф\nОльга ещё раз;8 343 3555001;Омск;\n"
)


def scene(play):
    SCENES.append(Scene(play.__name__.replace("_", "-"), play))
    return play


async def upload(page: Page, name: str, body: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": body}
    await page.locator("input[type=file]").set_input_files(file)  # pyright: ignore[reportArgumentType]


async def import_id() -> int:
    async with database.session() as s:
        found = await s.execute(text("select max(id) from list_import"))
        return int(found.scalar_one())


async def do_import() -> None:
    bus = Bus()
    await ListImporter(bus).run(await import_id())
    await bus.close()


@scene
async def campaigns(stage: Stage, page: Page) -> None:
    await stage.furnish()
    await stage.begin_shift()
    await stage.worked("success", "refused")
    await to(stage, page, "/customer")


@scene
async def list_choose(stage: Stage, page: Page) -> None:
    await to(stage, page, f"/customer/campaign/{stage.campaign_id}/list")


@scene
async def list_refused(stage: Stage, page: Page) -> None:
    await upload(page, "договор.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    await expect(page.get_by_role("alert")).to_be_visible(timeout=30_000)


@scene
async def list_columns(stage: Stage, page: Page) -> None:
    await upload(page, "клиенты.csv", LIST.encode())
    await expect(page.locator("#basis")).to_be_visible(timeout=30_000)


@scene
async def list_without_a_right(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Import").click()
    await expect(page.locator("#basis")).to_be_focused()


@scene
async def list_right_in_words(stage: Stage, page: Page) -> None:
    await page.locator("#basis").select_option("consent")
    await expect(page.locator("#basis-note")).to_be_visible()


@scene
async def import_waits(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_role("button", name="Call off the import")).to_be_visible()


@scene
async def import_goes_on(stage: Stage, page: Page) -> None:
    message = ImportMoved(
        campaign_id=stage.campaign_id, import_id=await import_id(), state=ImportState.RUNNING,
        phase=ImportPhase.ADDING, done_rows=420_000, total_rows=1_000_000, elapsed_ms=42_000,
    )  # fmt: skip
    await stage.broker.publish(campaign_channel(stage.campaign_id), message.model_dump_json())
    await expect(page.get_by_text("58 seconds left")).to_be_visible()


@scene
async def import_report(stage: Stage, page: Page) -> None:
    await do_import()
    await expect(page.locator("#report")).to_be_visible()


@scene
async def list_known_columns(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Add another list").click()
    await upload(page, "клиенты ещё.csv", LIST.replace("555-01", "555-02").encode())
    await expect(page.get_by_text("as you set them")).to_be_visible(timeout=30_000)


@scene
async def import_called_off(stage: Stage, page: Page) -> None:
    await page.locator("#basis").select_option("public")
    await page.get_by_role("button", name="Import").click()
    await page.get_by_role("button", name="Call off the import").click()
    await expect(page.get_by_text("The import was called off.")).to_be_visible()


@scene
async def list_with_earlier_ones(stage: Stage, page: Page) -> None:
    async with database.session() as s:
        await s.execute(text("update list_import set state = 'failed' where state = 'cancelled'"))
    await page.get_by_role("button", name="Add another list").click()
    await to(stage, page, f"/customer/campaign/{stage.campaign_id}/list")
    assert orders.UNDER_WAY
    await expect(page.get_by_role("heading", name="Lists so far")).to_be_visible()


@scene
async def results(stage: Stage, page: Page) -> None:
    await to(stage, page, f"/customer/campaign/{stage.campaign_id}")
    await expect(page.locator("tbody tr").first).to_be_visible()


@scene
async def money(stage: Stage, page: Page) -> None:
    await to(stage, page, "/customer/money")
    await expect(page.locator("tbody tr").first).to_be_visible()


@scene
async def money_too_little(stage: Stage, page: Page) -> None:
    await page.locator("#amount").fill("5")
    await page.get_by_role("button", name="On to payment").click()
    await expect(page.get_by_text("At least")).to_be_visible()


@scene
async def money_contest(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Not right?").first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()


@scene
async def money_contested(stage: Stage, page: Page) -> None:
    await page.locator("#words").fill("Мы не просили звонить")
    await page.get_by_role("button", name="Contest", exact=True).click()
    await expect(page.get_by_text("contested, being looked into")).to_be_visible()


@scene
async def sandbox_payment(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await page.locator("#amount").fill("5000,50")
    await page.get_by_role("button", name="On to payment").click()
    await page.wait_for_url("**/customer/sandbox/*")
    await expect(page.get_by_role("button", name="Pay", exact=True)).to_be_visible()


@scene
async def money_paid_in(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="Pay", exact=True).click()
    await page.wait_for_url("**/customer/money")
    await expect(page.locator("tbody tr").first).to_contain_text("Paid in")


@scene
async def no_such_payment(stage: Stage, page: Page) -> None:
    await to(stage, page, "/customer/sandbox/6f1c2c1e-0000-4000-8000-000000000000")
