"""How long a claim takes on a long list: `python -m tests.domain.measure_claim [--contacts 200000] [--claims 200]`.

Starts an own PostgreSQL in a folder that is removed again. Nine contacts of ten live where it is night at the moment
of the measurement. Every claim is another operator's and nothing else happens between them. Printed are the times of
the claim's transaction, and the processor time that server and client spent on one: on a busy machine the first
depends on the others, the second hardly.
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

import psutil
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from exchange_domain import accounts, campaigns, claiming, customers, database, shifts
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
WARMING = 20
"""Claims that fill caches before those that are measured."""
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
def own_database() -> Iterator[psutil.Process]:
    """A fresh, migrated PostgreSQL that the settings point at; its process."""
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
            yield psutil.Process(server.pid)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


async def prepare(count: int, operators: int) -> list[tuple[int, int]]:
    """A funded, running campaign with its contacts; returns its operators on shift: (account, shift)."""
    made = []
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
        await s.execute(
            CONTACTS, {"campaign": campaign.id, "count": count, "open": OPEN, "closed": list(CLOSED), "now": NOW}
        )
        await s.execute(NUMBERS)
    async with database.engine().connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("vacuum analyze"))
    return made


async def claims_of(operators: list[tuple[int, int]]) -> list[float]:
    """Milliseconds of each one's claim."""
    times = []
    for operator, shift in operators:
        started = clock.perf_counter()
        async with database.session() as s:
            found = await claiming.claim(s, call_id=uuid4(), operator_id=operator, shift_id=shift, now=NOW, lease=LEASE)
        times.append((clock.perf_counter() - started) * 1000)
        assert isinstance(found, claiming.Claim), found
    return times


def server_seconds(server: psutil.Process) -> float:
    """Processor time of the server's processes so far."""
    times = [process.cpu_times() for process in server.children()]
    return sum(t.user + t.system for t in times)


async def run(count: int, claims: int, server: psutil.Process) -> None:
    operators = await prepare(count, claims + WARMING)
    try:
        await claims_of(operators[:WARMING])
        server_before, client_before = server_seconds(server), clock.process_time()
        times = sorted(await claims_of(operators[WARMING:]))
        client = (clock.process_time() - client_before) * 1000 / claims
        spent = (server_seconds(server) - server_before) * 1000 / claims
    finally:
        await database.dispose()
    print(
        f"{count} contacts, 90 % closed now: median {statistics.median(times):.1f} ms, fastest {times[0]:.1f}, "
        f"95 % {times[int(len(times) * 0.95)]:.1f}; "
        f"processor time a claim: server {spent:.1f} ms, client {client:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=200_000)
    parser.add_argument("--claims", type=int, default=200)
    chosen = parser.parse_args()
    with own_database() as server:
        asyncio.run(run(chosen.contacts, chosen.claims, server))


if __name__ == "__main__":
    main()
