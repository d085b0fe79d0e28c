"""The customer's pages of contacts, figures, the pilot, programs, letters and papers, state by state."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Page, expect
from sqlalchemy import text

from exchange_domain import database, export_files, webhooks
from exchange_domain.customer_events import Event
from exchange_domain.tables import Campaign, Recording
from exchange_domain.words import CampaignStatus, EventKind, PilotState, RecordingState
from job_worker import exports, post

from .operator_scenes import Scene, close_dialog, to
from .sounds import storage
from .stage import Stage

SCENES: list[Scene] = []


def scene(play):
    SCENES.append(Scene(play.__name__.replace("_", "-"), play))
    return play


def content_of(path: Path) -> bytes:
    return Path(path).read_bytes()


async def record_all() -> None:
    """Every answered call has a recording, as if the mover had been there."""
    async with database.session() as s:
        folder = storage()
        sound = b"OggS" + bytes(400)
        for row in (await s.execute(text("select id from call where answered_at is not null"))).all():
            (folder / f"{row.id}.ogg").write_bytes(sound)
            s.add(
                Recording(
                    call_id=row.id, switch_name="main", switch_path="/x.wav", state=RecordingState.STORED,
                    storage_key=f"{row.id}.ogg", format="audio/ogg", duration_ms=61_000, size_bytes=len(sound),
                    sha256=hashlib.sha256(sound).hexdigest(), channels=2, stored_at=datetime.now(UTC),
                    keep_until=datetime.now(UTC) + timedelta(days=30),
                )
            )  # fmt: skip


@scene
async def contacts(stage: Stage, page: Page) -> None:
    await stage.furnish()
    await stage.begin_shift()
    await stage.worked("success", "refused", "no_answer", "call_back")
    await record_all()
    await to(stage, page, f"/customer/campaign/{stage.campaign_id}/contacts")
    await expect(page.locator("tbody tr").first).to_be_visible()


@scene
async def contacts_called_last(stage: Stage, page: Page) -> None:
    await page.locator("#order").select_option("latest")
    await expect(page.locator("tbody tr")).to_have_count(4)


@scene
async def contact_with_its_calls(stage: Stage, page: Page) -> None:
    await page.locator("tbody tr").last.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").locator("audio")).to_be_visible()


@scene
async def contacts_not_found(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await page.locator("#search").fill("такого нет")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("No such contacts")).to_be_visible()


@scene
async def export_which_format(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="As a file").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


@scene
async def figures(stage: Stage, page: Page) -> None:
    await close_dialog(page)
    await to(stage, page, f"/customer/campaign/{stage.campaign_id}/figures")
    await expect(page.locator(".cols li")).to_have_count(24)


@scene
async def pilot(stage: Stage, page: Page) -> None:
    async with database.session() as s:
        campaign = await s.get_one(Campaign, stage.campaign_id)
        campaign.pilot, campaign.status = PilotState.REVIEW, CampaignStatus.PAUSED
        s.add(campaign)
    await to(stage, page, f"/customer/campaign/{stage.campaign_id}")
    await expect(page.get_by_role("button", name="It goes well, go on")).to_be_visible()


@scene
async def start_with_the_pilot_to_be_heard(stage: Stage, page: Page) -> None:
    await to(stage, page, f"/customer/campaign/{stage.campaign_id}/start")
    await expect(page.get_by_role("heading", name="Before the start")).to_be_visible()


@scene
async def pilot_goes_on(stage: Stage, page: Page) -> None:
    await to(stage, page, f"/customer/campaign/{stage.campaign_id}")
    await page.get_by_role("button", name="It goes well, go on").click()
    await expect(page.get_by_text("Running").first).to_be_visible()


@scene
async def programs_none(stage: Stage, page: Page) -> None:
    await to(stage, page, "/customer/programs")
    await expect(page.get_by_text("No tokens yet")).to_be_visible()


@scene
async def programs_token_made(stage: Stage, page: Page) -> None:
    await page.locator("#token-name").fill("CRM магазина")
    await page.get_by_role("button", name="Make a token").click()
    await expect(page.locator("#fresh-token")).to_be_focused()


@scene
async def programs_address_refused(stage: Stage, page: Page) -> None:
    await page.get_by_role("button", name="I have kept it").click()
    await expect(page.locator("#token-name")).to_be_focused()
    await page.locator("#hook-url").fill("http://crm.example/hook")
    await page.get_by_role("button", name="Add the address").click()
    await expect(page.get_by_text("An address begins with https://")).to_be_visible()


@scene
async def programs_tries(stage: Stage, page: Page) -> None:
    await page.locator("#hook-url").fill("https://crm.example/hooks/exchange?from=operator-exchange")
    await page.get_by_role("button", name="Add the address").click()
    await expect(page.locator("#fresh-secret")).to_be_visible()
    async with database.session() as s:
        (hook,) = await webhooks.of_customer(s, stage.house.customer_id)
        assert hook.id is not None
        for seq, (status, error) in enumerate(((200, ""), (500, "status"), (None, "timeout")), 1):
            event = Event(seq, EventKind.CALL_CLOSED, stage.campaign_id, None, datetime.now(UTC))
            await webhooks.tried(s, hook.id, event, datetime.now(UTC), status=status, error=error, took_ms=120)
    await page.get_by_role("button", name="I have kept it").click()
    await expect(page.locator("#hook-url")).to_be_focused()
    await page.get_by_role("button", name="Tries").click()
    await expect(page.get_by_text("no answer in 10 s")).to_be_visible()


@scene
async def papers(stage: Stage, page: Page) -> None:
    await to(stage, page, "/customer/money")
    await page.locator("#sum").fill("25000")
    async with page.expect_download() as fetched:
        await page.get_by_role("button", name="Make the invoice").click()
    download = await fetched.value
    assert content_of(await download.path()).startswith(b"%PDF-")
    await expect(page.get_by_role("link", name="Invoice 20")).to_be_visible()


@scene
async def letters(stage: Stage, page: Page) -> None:
    async with database.session() as s:
        kind, file_format = export_files.ExportKind.RESULTS, export_files.FileFormat.CSV
        owner = stage.house.people["owner"]
        made = await export_files.order(s, stage.campaign_id, owner, kind, file_format, "ru")
    await exports.make(made)
    async with database.session() as s:
        mail = (await s.execute(text("select max(id) from mail"))).scalar_one()
    await post.send(mail)
    await to(stage, page, "/account/letters")
    await expect(page.get_by_text("kept here")).to_be_visible()
