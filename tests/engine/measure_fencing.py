"""What the fence of the switch's lease costs: `.venv/bin/python -m tests.engine.measure_fencing` prints it.

Claims (the longest transaction of the engine) and reads of one row, with and without the fence, on a PostgreSQL of its
own that writes through to the disk as in production.
"""

import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import accounts, campaigns, claiming, customers, database, shifts, switches
from exchange_domain.hours import every_day
from exchange_domain.settings import settings
from exchange_domain.tables import Contact, ContactNumber, Tariff
from exchange_domain.words import CampaignStatus, EndpointKind
from launcher.embedded import postgres
from launcher.ports import free_ports
from launcher.processes import before_exec

ROOT = Path(__file__).resolve().parents[2]
CLAIMS, WORKERS, ROUNDS, READS = 400, 4, 5, 2_000
LEASE = timedelta(seconds=60)

Work = Callable[[AsyncSession], Awaitable[object]]


@contextmanager
def server() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        cluster = postgres.Cluster(Path(folder) / "data", free_ports(1)[0])
        cluster.initialise()
        process = subprocess.Popen(
            cluster.command(), cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
            preexec_fn=before_exec(cluster.identity, postgres.STOP_SIGNAL),
        )  # fmt: skip
        try:
            while not asyncio.run(cluster.answers()):
                time.sleep(0.05)
            asyncio.run(cluster.ensure_database())
            os.environ["DATABASE_URL"] = cluster.url()
            settings.cache_clear()
            subprocess.run([".venv/bin/alembic", "upgrade", "head"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            yield
        finally:
            process.send_signal(postgres.STOP_SIGNAL)
            process.wait()


async def furnish() -> tuple[int, list[tuple[int, int]]]:
    """A campaign, and operators with an open shift each: (account, shift)."""
    async with database.session() as s:
        s.add(
            Tariff(
                valid_from=datetime.now(UTC) - timedelta(days=1), per_answered_call=100, per_minute=60,
                per_success=500, operator_share_bp=5000, operator_per_call=10, registration_bonus=10**12,
            )
        )  # fmt: skip
        await s.flush()
        customer = await customers.create(s, name="A")
        assert customer.id is not None
        campaign = await campaigns.create(s, customer.id, name="B", min_gap_s=0)
        assert campaign.id is not None
        await campaigns.set_hours(s, campaign.id, every_day(clock_time(0), clock_time(0)))
        await campaigns.save_script(s, campaign.id, "x", [])
        campaign.status = CampaignStatus.ACTIVE
        s.add(campaign)
        people = []
        for _ in range(CLAIMS):
            account = await accounts.create(
                s, email=f"{uuid4().hex}@example.org", display_name="A B", password_hash="-", roles=("operator",)
            )
            assert account.id is not None
            shift = await shifts.open(
                s, operator_id=account.id, campaign_id=campaign.id, switch_name="main",
                endpoint_kind=EndpointKind.SIP, endpoint="x",
            )  # fmt: skip
            assert shift.id is not None
            people.append((account.id, shift.id))
    return campaign.id, people


async def contacts(campaign_id: int, first: int) -> None:
    async with database.session() as s:
        for n in range(first, first + CLAIMS):
            contact = Contact(campaign_id=campaign_id, name="C", time_zone="Europe/Moscow", due_at=datetime.now(UTC))
            s.add(contact)
            await s.flush()
            assert contact.id is not None
            s.add(ContactNumber(contact_id=contact.id, campaign_id=campaign_id, e164=f"+7812{n:07}"))


async def times(works: list[Work], token: int, found: dict[bool, list[float]]) -> None:
    """Seconds of each transaction, `WORKERS` at a time, every second one with the fence: both meet the same load."""
    waiting = iter(enumerate(works))

    async def worker() -> None:
        for number, work in waiting:
            fenced = number % 2 == 1
            began = time.perf_counter()
            async with database.session() as s:
                if fenced:
                    await switches.fence(s, "main", token)
                await work(s)
            found[fenced].append(time.perf_counter() - began)

    await asyncio.gather(*(worker() for _ in range(WORKERS)))


def claim_of(operator_id: int, shift_id: int) -> Work:
    return lambda s: claiming.claim(
        s, call_id=uuid4(), operator_id=operator_id, shift_id=shift_id, now=datetime.now(UTC), lease=LEASE
    )


async def measure() -> None:
    campaign_id, people = await furnish()
    async with database.session() as s:
        token = await switches.take(s, "main", uuid4(), 3600)
    assert token is not None
    claims: dict[bool, list[float]] = {False: [], True: []}
    reads: dict[bool, list[float]] = {False: [], True: []}
    for round_ in range(ROUNDS):
        await contacts(campaign_id, round_ * CLAIMS)
        await times([claim_of(*who) for who in people], token, claims)
        async with database.session() as s:
            await s.execute(text("update call set state='closed', outcome='refused', closed_at=now()"))
        await times([lambda s: switches.heard_at(s, "main")] * READS, token, reads)
    for what, found in (("claims", claims), ("reads of one row", reads)):
        without, with_it = (1_000 * statistics.median(found[fenced]) for fenced in (False, True))
        print(
            f"{what}: {without:.2f} ms without the fence, {with_it:.2f} ms with it (medians of {len(found[True])}); "
            f"{1_000 * WORKERS / without:.0f} and {1_000 * WORKERS / with_it:.0f} a second, {WORKERS} at a time"
        )
    await database.dispose()


if __name__ == "__main__":
    with server():
        asyncio.run(measure())
