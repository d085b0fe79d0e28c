"""`./run bench work`: claims, settlements, movements of money a second, beside pgbench on the same statements."""

import asyncio
import os
import time as clock
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import uvloop
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from exchange_domain import accounts, calls, campaigns, claiming, customers, database, ledger, settling, shifts
from exchange_domain.hours import every_day
from exchange_domain.records import store_record
from exchange_domain.settings import settings
from exchange_domain.tables import Tariff
from exchange_domain.words import CampaignStatus, EndpointKind, LedgerKind, Outcome
from fault_trials.servers import ROOT, running_postgres

from .recorded import Recorded, rate, recording
from .report import Measured, Report

NOW = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
"""A Monday: 13:30 in Irkutsk, 8:30 in Moscow, where calling begins at nine."""
OPEN = "Asia/Irkutsk"
CLOSED = ("Europe/Moscow", "Europe/Kaliningrad", "Europe/Istanbul", "Asia/Dubai", "Europe/Paris", "Europe/London",
          "America/New_York", "America/Chicago", "America/Los_Angeles")  # fmt: skip
LEASE = timedelta(seconds=60)
CLIENTS = 8
WARMING = 50

CONTACTS = text("""
insert into contact (campaign_id, name, time_zone, due_at)
select :campaign, 'n', case when i % 10 = 0 then :open else (cast(:closed as text[]))[1 + i % 9] end,
       cast(:now as timestamptz) - i * interval '1 millisecond'
from generate_series(1, :count) i
""")
NUMBERS = text("""
insert into contact_number (contact_id, campaign_id, e164, position)
select id, campaign_id, '+7' || (9000000000 + id), 0 from contact
""")


@dataclass(frozen=True)
class Place:
    customer: int
    campaign: int
    operators: list[tuple[int, int]]
    """(account, shift), both without gaps."""


async def furnish(count: int, operators: int) -> Place:
    """A campaign with so many contacts, of whom one of ten may be called now."""
    made = []
    async with database.session() as s:
        s.add(Tariff(valid_from=NOW - timedelta(days=9), operator_share_bp=6000, per_answered_call=1,
                     registration_bonus=10**12))  # fmt: skip
        await s.flush()
        customer = await customers.create(s, name="Measured")
        assert customer.id is not None
        campaign = await campaigns.create(s, customer.id, name="Measured", min_gap_s=0)
        assert campaign.id is not None
        await campaigns.set_hours(s, campaign.id, every_day(time(9), time(20)))
        await campaigns.save_script(s, campaign.id, "Hello", [])
        campaign.status = CampaignStatus.ACTIVE
        s.add(campaign)
    async with database.session() as s:
        for n in range(operators):
            account = await accounts.create(
                s, email=f"{n}@example.org", display_name="Anna", password_hash="-", roles=("operator",)
            )
            assert account.id is not None
            shift = await shifts.open(
                s, operator_id=account.id, campaign_id=campaign.id, switch_name="main",
                endpoint_kind=EndpointKind.SIP, endpoint="operator",
            )  # fmt: skip
            assert shift.id is not None
            made.append((account.id, shift.id))
    async with database.session() as s:
        await s.execute(
            CONTACTS, {"campaign": campaign.id, "count": count, "open": OPEN, "closed": list(CLOSED), "now": NOW}
        )
        await s.execute(NUMBERS)
    async with database.engine().connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("vacuum analyze"))
    return Place(customer.id, campaign.id, made)


async def at_once(work: Callable[[int], Awaitable[object]], count: int) -> float:
    """How many a second, so many at a time."""
    waiting = iter(range(count))

    async def worker() -> None:
        for number in waiting:
            await work(number)

    began = clock.perf_counter()
    await asyncio.gather(*(worker() for _ in range(CLIENTS)))
    return count / (clock.perf_counter() - began)


async def claim(operator: tuple[int, int]) -> claiming.Claim:
    async with database.session() as s:
        found = await claiming.claim(
            s, call_id=uuid4(), operator_id=operator[0], shift_id=operator[1], now=NOW, lease=LEASE
        )
    assert isinstance(found, claiming.Claim), found
    return found


def numbered(first: tuple[int, int], each: int) -> list[str]:
    """Lines for pgbench: the next operator of this client, and a new call's id."""
    return [
        "\\set k :k + 1",
        f"\\set operator {first[0]} + :client_id * {each} + :k - 1",
        f"\\set shift {first[1]} + :client_id * {each} + :k - 1",
        "select gen_random_uuid() as call \\gset",
    ]


async def claims(folder: Path, place: Place, count: int) -> Measured:
    each = count // CLIENTS
    for operator in place.operators[:WARMING]:
        await claim(operator)
    async with recording() as found:
        made = await claim(place.operators[WARMING])
    ours = place.operators[WARMING + 1 : WARMING + 1 + count]
    got = await at_once(lambda n: claim(ours[n]), count)
    floor = await rate(
        claim_script(found, made, place.operators[WARMING], place.operators[WARMING + 1 + count], each), folder,
        clients=CLIENTS, each=each,
    )  # fmt: skip
    return Measured("claim", got, floor, "claims a second", "the same statements by pgbench")


def claim_script(found: Recorded, made: claiming.Claim, who: tuple[int, int], first: tuple[int, int], each: int) -> str:
    variables = {
        "call": made.call_id, "operator": who[0], "shift": who[1], "c_id": made.contact_id, "c_e164": made.e164,
        "l_fencing_token": made.fencing_token,
    }  # fmt: skip
    number = next(v for s, values in found.statements if "insert into call" in s.lower() for v in values[4:5])
    return found.script(
        variables | {"c_number_id": number},
        {"for update of c skip locked": "c_", "insert into number_lock": "l_"},
        numbered(first, each),
    )


async def settle_one() -> list[settling.Settled]:
    async with database.session() as s:
        return await settling.settle_due(s, NOW + timedelta(hours=1), timedelta(seconds=60), 1)


async def closed_call(operator: tuple[int, int], number: int) -> UUID:
    """A call that waits to be settled, with the switch's record."""
    made = await claim(operator)
    async with database.session() as s:
        await calls.answered(s, made.call_id, made.fencing_token, NOW, None)
        await calls.ended(
            s,
            made.call_id,
            made.fencing_token,
            NOW + timedelta(seconds=30),
            cause="NORMAL_CLEARING",
            ended_by="contact",
        )
        await calls.close(s, made.call_id, outcome=Outcome.REFUSED, at=NOW + timedelta(seconds=40))
        begin = round(NOW.timestamp() * 1_000_000)
        record = {"variables": {
            "uuid": str(made.call_id), "exchange_call": str(made.call_id), "billsec": "30", "duration": "30",
            "start_uepoch": str(begin), "answer_uepoch": str(begin), "end_uepoch": str(begin + 30_000_000),
            "hangup_cause": "NORMAL_CLEARING",
        }}  # fmt: skip
        await store_record(s, record)
    return made.call_id


async def settlements(folder: Path, place: Place, count: int) -> Measured:
    operator = place.operators[0]
    async with database.session() as s:
        await s.execute(text("update call set state = 'closed', ended_at = :now, closed_at = :now, settled = true, "
                             "outcome = 'refused'"), {"now": NOW})  # fmt: skip
    for number in range(2 * count + WARMING + 1):
        await closed_call(operator, number)
    for _ in range(WARMING):
        await settle_one()
    async with recording() as found:
        [done] = await settle_one()
    got = await at_once(lambda n: settle_one(), count)
    script = found.script({"due_id": done.call_id, "made_id": _transaction_of(found)},
                          {"for update of c skip locked": "due_", "with made as": "made_"})  # fmt: skip
    floor = await rate(script, folder, clients=CLIENTS, each=count // CLIENTS)
    return Measured("settle", got, floor, "settlements a second", "the same statements by pgbench")


def _transaction_of(found: Recorded) -> int:
    """The id of the ledger's transaction, as the settlement has it."""
    for statement, values in found.statements:
        if statement.startswith("INSERT INTO settlement"):
            columns = statement.split("(", 1)[1].split(")", 1)[0].replace(" ", "").split(",")
            return values[columns.index("transaction_id")]
    raise RuntimeError("no settlement was written")


async def movements(folder: Path, place: Place, count: int) -> Measured:
    async with database.session() as s:
        cash = await ledger.account(s, LedgerKind.CASH_IN, "RUB")
        funds = await ledger.account(s, LedgerKind.CUSTOMER_FUNDS, "RUB", customer_id=place.customer)

    async def move(number: int) -> UUID:
        key = uuid4()
        async with database.session() as s:
            await ledger.move(s, "deposit", f"deposit:{key}", {cash: -1, funds: 1})
        return key

    for number in range(WARMING):
        await move(number)
    async with recording() as found:
        key = await move(0)
    got = await at_once(move, count)
    script = found.script({"call": key}, {}, ["select gen_random_uuid() as call \\gset"])
    floor = await rate(script, folder, clients=CLIENTS, each=count // CLIENTS)
    return Measured("ledger", got, floor, "movements a second", "the same statements by pgbench")


async def _run(folder: Path, contacts: int, count: int, report: Report) -> None:
    async with running_postgres(folder) as cluster:
        # Who may call at all is not what is measured.
        os.environ |= {"DATABASE_URL": cluster.url(), "APTITUDE_REQUIRED": "false"}
        settings.cache_clear()
        await asyncio.to_thread(command.upgrade, Config(ROOT / "alembic.ini"), "head")
        print(f"a list of {contacts:,}, of whom nine of ten are asleep …", flush=True)
        place = await furnish(contacts, WARMING + 2 * count + 2)
        try:
            for measure in (claims, settlements, movements):
                report.add(await measure(folder, place, count))
        finally:
            await database.dispose()


def run(folder: Path, contacts: int, count: int, report: Report) -> None:
    uvloop.run(_run(folder, contacts, count, report))
