"""`./run bench results`: a customer's live page of a short and of a long list, side by side in one run."""

import asyncio
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time as clock
from pathlib import Path
from typing import Any

import psutil
import redis.asyncio as aioredis
from sqlalchemy import text

from exchange_domain import call_rows, campaigns, database
from exchange_domain.hours import every_day
from exchange_domain.messages import campaign_channel
from exchange_domain.settings import settings
from exchange_domain.words import CampaignStatus

from .house import OWNER, PASSWORD, House, open_house
from .page import Page, sign_in

ENTER = "reflex___state____state.exchange_app___customer___results_state____results.enter"
STATE = "results_state____results"
CALLS = 300
CHANGES = 100
EVERY_S = 0.2
AFTER_S = 2.0
OPENED = 15

Family = Callable[[], list[psutil.Process]]

CONTACTS = text("""
insert into contact (campaign_id, name, time_zone, due_at)
select :campaign, 'Contact ' || i, (array['Europe/Moscow', 'Asia/Omsk', 'Asia/Yekaterinburg'])[1 + i % 3],
       now() - interval '1 hour' from generate_series(1, :count) i
""")
NUMBERS = text("""
insert into contact_number (contact_id, campaign_id, e164)
select id, campaign_id, '+7' || (9000000000 + id) from contact where campaign_id = :campaign
""")
# Calls that are over: what the table shows, the same number in both.
SOME_CALLS = text("""
insert into shift (operator_id, campaign_id, switch_name, endpoint_kind, endpoint, ended_at)
values (:operator, :campaign, 'main', 'browser', 'x', now()) returning id
""")
CALL_ROWS = text("""
insert into call (id, campaign_id, customer_id, contact_id, number_id, e164, operator_id, shift_id, switch_name,
                  tariff_id, script_id, attempt, state, claimed_at, answered_at, ended_at, closed_at, outcome,
                  fencing_token, settled, dial_at, transferred, overran)
select gen_random_uuid(), :campaign, :customer, c.id, n.id, n.e164, :operator, :shift, 'main',
       (select min(id) from tariff), :script, 1, 'closed', now() - interval '5 minutes', now() - interval '4 minutes',
       now() - interval '3 minutes', now() - interval '2 minutes', 'refused', 1, true, now() - interval '5 minutes',
       false, false
from (select id from contact where campaign_id = :campaign order by id limit :calls) c
join contact_number n on n.contact_id = c.id
""")


CALLED = text("""
update contact c set status = 'done', last_outcome = 'refused', attempts = 1, last_call_at = k.claimed_at
from call k where k.contact_id = c.id and c.campaign_id = :campaign
""")

TABLE = "reflex___state____state.exchange_app___customer___contacts_state____contact_table"
TABLE_STATE = "contacts_state____contact_table"
LOOKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("contacts, as in the list", "enter", {}),
    ("a search that finds nobody", "find", {"form": {"search": "nobody has this name"}}),
    ("and back to all", "forget_filters", {}),
    ("contacts, added last first", "choose_order", {"order": "newest"}),
    ("contacts, by name", "choose_order", {"order": "name"}),
    ("contacts, called last first", "choose_order", {"order": "latest"}),
    ("contacts that are done", "choose_status", {"status": "done"}),
    ("a contact's whole history", "open_contact", {}),
)
"""What is looked at in the table of contacts, one after the other: a filter stays when the next is pressed."""


@dataclass
class Seen:
    """What one list cost. Milliseconds and bytes."""

    contacts_ms: dict[str, float] = field(default_factory=dict)
    """By what was looked at."""

    opened_ms: float = 0
    patch_bytes: float = 0
    totals_bytes: float = 0
    web_ms: float = 0
    database_ms: float = 0
    frames: list[str] = field(default_factory=list)


async def run(folder: Path, short: int, long: int) -> int:
    """Prints what was measured; 0."""
    async with open_house(folder) as house:
        cookies = await sign_in(house.url, OWNER, PASSWORD)
        seen = {}
        for count in (short, long):
            print(f"making a campaign of {count:,} contacts …", flush=True)
            campaign = await _campaign(house, count)
            seen[count] = await _measure(house, cookies, campaign)
        _print(seen[short], seen[long], short, long)
    return 0


async def _campaign(house: House, count: int) -> int:
    async with database.session() as s:
        made = await campaigns.create(s, house.customer, name=f"{count} contacts", holidays_off=False)
        assert made.id is not None
        await campaigns.set_hours(s, made.id, every_day(clock(0), clock(0)))
        script = await campaigns.save_script(s, made.id, "Hello", [])
        made.status = CampaignStatus.ACTIVE
        s.add(made)
        await s.execute(CONTACTS, {"campaign": made.id, "count": count})
        await s.execute(NUMBERS, {"campaign": made.id})
        values = {"campaign": made.id, "operator": house.operator}
        shift = (await s.execute(SOME_CALLS, values)).scalar_one()
        await s.execute(
            CALL_ROWS, values | {"customer": house.customer, "shift": shift, "script": script.id, "calls": CALLS}
        )
        await s.execute(CALLED, {"campaign": made.id})
    async with database.engine().connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("vacuum analyze"))
        await connection.execute(text("checkpoint"))
    return made.id


async def _measure(house: House, cookies: str, campaign: int) -> Seen:
    seen = Seen()
    address = f"/customer/campaign/{campaign}"
    async with Page(house.url, cookies, address, "/customer/campaign/[customer_campaign]") as page:
        opened = [await page.press(ENTER, {}, STATE) for _ in range(OPENED)]
        seen.opened_ms = statistics.median(opened)
        async with database.session() as s:
            rows = await call_rows.page(s, campaign, limit=CALLS)
        web, databases = _family(psutil.Process(house.web)), _family(_server())
        listening = asyncio.create_task(_listen(page, seen))
        # What both need without any change, over the same time: pings, vacuum, the worker's looks.
        idle_web, idle_database = await _rest(web, databases)
        web_before, database_before = _busy(web()), _busy(databases())
        async with aioredis.from_url(settings().redis_url) as bus:
            for n in range(CHANGES):
                row = rows[n % len(rows)].model_copy(update={"note": f"change {n}"})
                await bus.publish(campaign_channel(campaign), row.model_dump_json())
                await asyncio.sleep(EVERY_S)
        await asyncio.sleep(AFTER_S)
        seen.web_ms = (_busy(web()) - web_before - idle_web) / CHANGES
        seen.database_ms = (_busy(databases()) - database_before - idle_database) / CHANGES
        listening.cancel()
    await _look_at_contacts(house, cookies, campaign, seen)
    patches = [len(one.encode()) for one in seen.frames if '"upserts"' in one]
    totals = [len(one.encode()) for one in seen.frames if '"totals_rx_state_"' in one and '"upserts"' not in one]
    seen.patch_bytes = statistics.median(patches)
    seen.totals_bytes = statistics.median(totals)
    return seen


async def _look_at_contacts(house: House, cookies: str, campaign: int, seen: Seen) -> None:
    address = f"/customer/campaign/{campaign}/contacts"
    async with database.session() as s:
        earliest = text("select min(contact_id) from call where campaign_id = :id")
        first = (await s.execute(earliest, {"id": campaign})).scalar_one()
    async with Page(house.url, cookies, address, "/customer/campaign/[customer_campaign]/contacts") as page:
        for name, handler, payload in LOOKS:
            wanted = {"contact_id": str(first)} if handler == "open_contact" else payload
            took = [await page.press(f"{TABLE}.{handler}", wanted, TABLE_STATE) for _ in range(OPENED)]
            seen.contacts_ms[name] = statistics.median(took)


async def _listen(page: Page, seen: Seen) -> None:
    while True:
        seen.frames.append(await page.next_frame())


async def _rest(web: Family, databases: Family) -> tuple[float, float]:
    before = _busy(web()), _busy(databases())
    await asyncio.sleep(CHANGES * EVERY_S + AFTER_S)
    return _busy(web()) - before[0], _busy(databases()) - before[1]


def _server() -> psutil.Process:
    return next(one for one in psutil.Process().children(recursive=True) if "postgres" in one.name())


def _family(first: psutil.Process) -> Family:
    """A process and its children, whichever there are at the moment."""
    return lambda: [first, *first.children(recursive=True)]


def _busy(processes: list[psutil.Process]) -> float:
    """Milliseconds of processor time that they have had."""
    total = 0.0
    for one in processes:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += (times.user + times.system) * 1_000
    return total


def _print(short: Seen, long: Seen, fewer: int, more: int) -> None:
    print(f"\n{'':34}{fewer:>12,}{more:>14,}{'ratio':>9}")
    for name, unit, of in (
        ("time to open the page", "ms", "opened_ms"), ("bytes of a change in the table", "B", "patch_bytes"),
        ("bytes of the sums beside it", "B", "totals_bytes"), ("web's processor time a change", "ms", "web_ms"),
        ("database's processor time a change", "ms", "database_ms"),
    ):  # fmt: skip
        _line(name, unit, getattr(short, of), getattr(long, of))
    for name in short.contacts_ms:
        _line(name, "ms", short.contacts_ms[name], long.contacts_ms[name])


def _line(name: str, unit: str, one: float, other: float) -> None:
    ratio = f"{other / one:.2f}" if one else "-"
    print(f"{name:34}{one:>9.1f} {unit:<2}{other:>11.1f} {unit:<2}{ratio:>9}", flush=True)
