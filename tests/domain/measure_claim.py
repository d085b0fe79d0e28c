"""How long a claim takes on a long list: `python -m tests.domain.measure_claim [--contacts 200000] [--claims 200]`.

Starts an own PostgreSQL in a folder that is removed again. Nine contacts of ten live where it is night at the moment
of the measurement. Printed are the times of the claim's transaction alone, in milliseconds.
"""

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import tempfile
import time as clock
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from exchange_domain import accounts, calls, campaigns, claiming, customers, database, shifts
from exchange_domain.hours import every_day
from exchange_domain.tables import Tariff
from exchange_domain.words import CampaignStatus, EndpointKind
from launcher.embedded import postgres
from launcher.ports import free_ports
from launcher.processes import before_exec

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
"""A Monday: 13:30 in Irkutsk, 8:30 in Moscow, where calling begins at nine."""
OPEN = "Asia/Irkutsk"
CLOSED = ("Europe/Moscow", "Europe/Kaliningrad", "Europe/Istanbul", "Asia/Dubai", "Europe/Paris", "Europe/London",
          "America/New_York", "America/Chicago", "America/Los_Angeles")  # fmt: skip
LEASE = timedelta(seconds=60)

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


@contextmanager
def own_database() -> Iterator[None]:
    """A fresh, migrated PostgreSQL that the settings point at."""
    with tempfile.TemporaryDirectory(prefix="measure-") as folder:
        os.chmod(folder, 0o755)
        cluster = postgres.Cluster(Path(folder) / "postgres" / "data", free_ports(1)[0], durable=False)
        cluster.initialise()
        server = subprocess.Popen(
            cluster.command(), cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=before_exec(cluster.identity, postgres.STOP_SIGNAL),
        )  # fmt: skip
        try:
            for _ in range(100):
                if asyncio.run(cluster.answers()):
                    break
                clock.sleep(0.1)
            asyncio.run(cluster.ensure_database())
            os.environ["DATABASE_URL"] = cluster.url()
            command.upgrade(Config(ROOT / "alembic.ini"), "head")
            yield
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


async def prepare(count: int) -> tuple[int, int, int]:
    """A funded, running campaign with its contacts, and an operator on shift: campaign, operator, shift."""
    async with database.session() as s:
        s.add(Tariff(valid_from=NOW - timedelta(days=9), operator_share_bp=6000, per_answered_call=1,
                     registration_bonus=10**9))  # fmt: skip
        await s.flush()
        customer = await customers.create(s, name="Measured")
        assert customer.id is not None
        campaign = await campaigns.create(s, customer.id, name="Measured")
        assert campaign.id is not None
        await campaigns.set_hours(s, campaign.id, every_day(time(9), time(20)))
        await campaigns.save_script(s, campaign.id, "Hello", [])
        campaign.status = CampaignStatus.ACTIVE
        s.add(campaign)
        account = await accounts.create(
            s, email="a@example.org", display_name="Anna", password_hash="-", roles=("operator",)
        )
        assert account.id is not None
        shift = await shifts.open(
            s, operator_id=account.id, campaign_id=campaign.id, switch_name="main", endpoint_kind=EndpointKind.SIP,
            endpoint="operator",
        )  # fmt: skip
        assert shift.id is not None
        await s.execute(
            CONTACTS,
            {"campaign": campaign.id, "count": count, "open": OPEN, "closed": list(CLOSED), "now": NOW},
        )
        await s.execute(NUMBERS)
    async with database.engine().connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("vacuum analyze"))
    return campaign.id, account.id, shift.id


async def measure(campaign: int, operator: int, shift: int, claims: int) -> list[float]:
    """Milliseconds of each claim; every contact is worked off, so that each claim finds another."""
    async with database.session() as s:
        refused = next(d.id for d in await campaigns.dispositions(s, campaign) if d.outcome == "refused")
    times = []
    for _ in range(claims):
        call_id = uuid4()
        started = clock.perf_counter()
        async with database.session() as s:
            found = await claiming.claim(s, call_id=call_id, operator_id=operator, shift_id=shift, now=NOW, lease=LEASE)
        times.append((clock.perf_counter() - started) * 1000)
        assert isinstance(found, claiming.Claim), found
        async with database.session() as s:
            await calls.answered(s, call_id, found.fencing_token, NOW, None)
            await calls.ended(s, call_id, found.fencing_token, NOW, cause="NORMAL_CLEARING", ended_by="contact")
            await calls.close(s, call_id, disposition_id=refused, at=NOW)
    return times


def line(name: str, times: list[float]) -> str:
    ordered = sorted(times)
    return (
        f"{name}: median {statistics.median(ordered):.1f} ms, 95 % {ordered[int(len(ordered) * 0.95)]:.1f} ms, "
        f"longest {ordered[-1]:.1f} ms ({len(ordered)} claims)"
    )


async def run(count: int, claims: int) -> None:
    campaign, operator, shift = await prepare(count)
    try:
        await measure(campaign, operator, shift, 20)  # the first ones fill caches and plans
        print(line(f"{count} contacts, 90 % closed now", await measure(campaign, operator, shift, claims)))
    finally:
        await database.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=200_000)
    parser.add_argument("--claims", type=int, default=200)
    chosen = parser.parse_args()
    with own_database():
        asyncio.run(run(chosen.contacts, chosen.claims))


if __name__ == "__main__":
    main()
