"""The main job in Chromium: a messy list, five contacts by keyboard, a warm transfer, results live, the money right."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import time
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import text

from exchange_domain import books, campaigns, database, ledger
from exchange_domain.hours import every_day
from tests.importing.messy_list import DEFAULT_PREFIX, messy_xlsx

from .collector import Collector, collecting, told
from .house import House, open_house
from .people import SLOW, close_with, one, signed_in, state, until


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """Where the programs of the house send their traces."""
    with collecting() as found:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
        yield found


@pytest.fixture
async def house(
    collector: Collector, built_pages: None, database_url: str, redis_url: str, tmp_path: Path,
    settings_env: Callable[..., None],
) -> AsyncIterator[House]:  # fmt: skip
    async with open_house(database_url, redis_url, tmp_path, settings_env) as made:
        yield made


pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(300)]
TARIFF = {"answered": 1500, "minute": 600, "success": 6000}


async def numbers_in_claim_order(campaign: int, count: int) -> list[str]:
    """First numbers of the contacts as they will be claimed, all due since the same moment: zone by zone."""
    async with database.session() as s:
        rows = await s.execute(
            text(
                "select n.e164 from contact c cross join lateral (select e164 from contact_number n "
                "where n.contact_id = c.id order by n.attempts, n.position, n.id limit 1) n "
                "where c.campaign_id = :campaign order by c.time_zone, c.due_at, c.id limit :count"
            ),
            {"campaign": campaign, "count": count},
        )
        return [row[0] for row in rows]


async def make_campaign(page: Page, house: House, folder: Path) -> int:
    """The customer's part, by the page: campaign, list with its report, script; then it runs."""
    data, expected = messy_xlsx()
    file = folder / "клиенты ноябрь.xlsx"
    file.write_bytes(data)
    await page.get_by_role("button", name="New campaign").first.click()
    await page.locator("#name").fill("Замеры в ноябре")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/list")
    campaign = int(page.url.split("/")[-2])

    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.get_by_role("heading", name="What is where")).to_be_visible(timeout=30_000)
    await page.locator("#prefix").fill(DEFAULT_PREFIX)
    await page.locator("#prefix").blur()
    await page.wait_for_timeout(1500)
    # Without the legal basis nothing is imported, and the page says what is missing.
    await page.get_by_role("button", name="Import").click()
    await expect(page.locator("#basis")).to_be_focused()
    await page.locator("#basis").select_option("contract")
    await page.get_by_role("button", name="Import").click()
    await expect(page.locator("#report")).to_be_visible(timeout=60_000)
    report = (await one("select report from list_import where campaign_id = :c", c=campaign))[0]
    assert {key: report[key] for key in expected.report} == expected.report
    shown = await page.locator("#main").inner_text()
    for name, key in (("New contacts", "added"), ("Not taken", "rejected"), ("Repeated rows", "duplicates")):
        assert f"{report[key]}\n{name}" in shown or f"{name}\n{report[key]}" in shown, (name, shown)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download the rows with remarks").click()
    assert (await (await download.value).path()).stat().st_size > 5000
    # The same file again adds nothing.
    await page.get_by_role("button", name="Add another list").click()
    await page.locator("input[type=file]").set_input_files(file)
    await page.locator("#basis").select_option("contract", timeout=30_000)
    await page.get_by_role("button", name="Import").click()
    await expect(page.locator("#report")).to_be_visible(timeout=60_000)
    again = (await one("select report from list_import order by id desc limit 1"))[0]
    assert (again["added"], again["numbers_added"]) == (0, 0)

    await page.get_by_role("link", name="On to the script").click()
    await page.get_by_role("button", name="A plain one").click()
    await page.get_by_role("button", name="Publish").click()
    await until(lambda: one("select 1 from script where campaign_id = :c", c=campaign), "the published script")
    async with database.session() as s:
        # The day's hour must not decide the test; the form is what the operator will be asked for.
        await campaigns.set_hours(s, campaign, every_day(time(0), time(0)))
        await campaigns.set_managers(s, campaign, [house.people["manager"]])
        script = (await s.execute(text("select markdown from script order by id desc limit 1"))).scalar_one()
        form = [{"key": "wish", "label": "What they wish", "kind": "text", "required": True}]
        await campaigns.save_script(s, campaign, script, form)
    await page.goto(f"{house.url}/customer/campaign/{campaign}/start")
    await page.get_by_role("button", name="Start calling").click()
    await until(lambda: one("select 1 from campaign where status = 'active'"), "the running campaign")
    await page.goto(f"{house.url}/customer/campaign/{campaign}")
    await expect(page.get_by_text("No calls yet")).to_be_visible()
    await page.evaluate("window.never_reloaded = true")
    return campaign


async def latest_call(campaign: int):
    return await one("select * from call where campaign_id = :c order by claimed_at desc limit 1", c=campaign)


async def test_a_messy_list_five_contacts_by_keyboard_and_every_result_live(
    house: House, browser: Browser, tmp_path: Path, collector: Collector
):
    customer = await signed_in(house, browser, "owner")
    await house.start_jobs()
    campaign = await make_campaign(customer, house, tmp_path)
    async with database.session() as s:
        before = await ledger.balance(s, house.customer_id)
    played = await numbers_in_claim_order(campaign, 5)
    for number, does in zip(
        played,
        (
            "rings 1 s, answers",
            "rings 0.3 s, 486",
            "rings, never answers",
            "rings 0.5 s, answers",
            "rings 1 s, answers",
        ),
        strict=True,
    ):
        house.simulator.set_number_behaviour(number.lstrip("+"), does)
    async with database.session() as s:
        await s.execute(text("update campaign set ring_s = 5"))

    manager = await signed_in(house, browser, "manager")
    operator = await signed_in(house, browser, "operator")
    await expect(operator.get_by_role("button", name="Call", exact=False).first).to_be_visible()
    # From here the operator has a keyboard only.
    await operator.keyboard.press("Tab")
    for _ in range(40):
        if await operator.evaluate("document.activeElement?.closest('#cards') !== null"):
            break
        await operator.keyboard.press("Tab")
    await operator.keyboard.press("Enter")
    await operator.wait_for_url("**/operator/work")
    await state(operator, "Ready")

    # 1 answered: the text typed in the talk is kept over a reload; a yes.
    await operator.keyboard.press("KeyC")
    await state(operator, "Talking")
    digits = played[0].lstrip("+")
    assert digits not in (await operator.content()), "operators never see full numbers"
    await operator.keyboard.press("KeyF")
    await operator.keyboard.type("ask for oak; c and h are letters here")
    await until(lambda: one("select 1 from call_draft where note like '%letters here'"), "the saved note")
    await operator.reload()
    await state(operator, "Talking")
    await expect(operator.locator("#note")).to_have_value("ask for oak; c and h are letters here", timeout=SLOW)
    await operator.locator("#field-wish").focus()
    await operator.keyboard.type("a wardrobe")
    await until(lambda: one("select 1 from call_draft where result->>'wish' = 'a wardrobe'"), "the saved field")
    await operator.keyboard.press("Escape")
    await operator.keyboard.press("KeyH")
    await close_with(operator, campaign, "success", then="next")

    # 2 busy, 3 no answer: the switch says so, the page proposes it.
    for outcome in ("busy", "no_answer"):
        await close_with(operator, campaign, outcome, then="next")

    # 4 a wrong number.
    await state(operator, "Talking")
    await operator.keyboard.press("KeyH")
    await close_with(operator, campaign, "wrong_number", then="next")

    # 5 an interested contact goes to the manager, who knows before the first word.
    await state(operator, "Talking")
    await operator.keyboard.press("KeyF")
    await operator.keyboard.type("wants a kitchen, measured on Friday")
    await until(lambda: one("select 1 from call_draft where note like '%on Friday'"), "the saved note")
    await operator.keyboard.press("Escape")
    fifth = await latest_call(campaign)
    name = (await one("select name from contact where id = :id", id=fifth.contact_id))[0]
    await operator.keyboard.press("KeyT")
    await state(operator, "Transferring")
    await expect(manager.get_by_text(name).first).to_be_visible(timeout=SLOW)
    await expect(manager.get_by_text("wants a kitchen, measured on Friday").first).to_be_visible(timeout=SLOW)
    await expect(operator.locator(".strip")).to_contain_text("You talk with the manager", timeout=SLOW)
    await operator.keyboard.press("KeyY")
    await state(operator, "Wrap-up")
    await expect(manager.get_by_text(name).first).to_be_visible()
    house.simulator.peer_hangs_up(str(fifth.id))
    await operator.locator("#field-wish").focus()
    await operator.keyboard.type("a kitchen")
    await operator.keyboard.press("Escape")
    await close_with(operator, campaign, "success")
    await state(operator, "Ready")

    # The customer's page, open all the while, shows each result, and the money is right.
    await until(lambda: one("select 1 where (select count(*) from settlement) = 5"), "five settlements")
    await expect(customer.locator("tbody tr")).to_have_count(5, timeout=SLOW)
    for word, count in (("Success", 2), ("Busy", 1), ("No answer", 1), ("Wrong number", 1)):
        await expect(customer.locator("tbody tr", has_text=word)).to_have_count(count, timeout=SLOW)
    await expect(customer.locator("tbody tr", has_text="…")).to_have_count(0, timeout=SLOW)
    assert await customer.evaluate("window.never_reloaded") is True
    async with database.session() as s:
        after = await ledger.balance(s, house.customer_id)
        rows = (
            await s.execute(
                text(
                    "select k.outcome, x.billed_s, x.charge, x.source, k.answered_at is not null as answered "
                    "from call k join settlement x on x.call_id = k.id"
                )
            )
        ).all()
        assert await books.check(s) == []
    expected = sum(
        TARIFF["answered"] + -(-TARIFF["minute"] * r.billed_s // 60) + (r.outcome == "success") * TARIFF["success"]
        for r in rows
        if r.answered
    )
    assert sum(r.charge for r in rows) == expected
    assert (after.available, after.held) == (before.available - expected, 0)
    assert {r.source for r in rows} == {"record"}
    assert sorted(r.outcome for r in rows) == ["busy", "no_answer", "success", "success", "wrong_number"]

    # One trace from the key press to the screen, and in no trace and no log a name, a number, a note or a token.
    steps = {("exchange-web", "press"), ("exchange-web", "show")}
    steps |= {("exchange-engine", name) for name in ("command", "Claim", "OriginateContact", "publish")}
    async with asyncio.timeout(SLOW / 1_000):
        while not steps <= collector.steps(fifth.id.bytes):  # noqa: ASYNC110 - it comes over HTTP
            await asyncio.sleep(0.1)
    secrets = await everything_private(operator, manager, customer)
    assert len(secrets) > 100
    logs = [line for child in house.children.values() for line in child.said]
    assert any('"event": "command"' in line for line in logs)
    assert told(secrets, *collector.bodies, *logs) == set()


async def everything_private(*pages: Page) -> set[str]:
    """Names, numbers and notes of the list, people's names and addresses, and the sessions of their pages."""
    found = {cookie["value"] for page in pages for cookie in await page.context.cookies() if "value" in cookie}
    found = {value for value in found if len(value) > 20}
    columns = (
        "select name from contact", "select e164 from contact_number", "select substr(e164, 2) from contact_number",
        "select display_name from account", "select email from account", "select note from call",
        "select result::text from call where result <> '{}'",
    )  # fmt: skip
    async with database.session() as s:
        for column in columns:
            found |= {str(row[0]) for row in await s.execute(text(column))}
    return found
