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
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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
CLAIMS, WORKERS, ROUNDS, READS = 400, 8, 5, 2_000
LEASE = timedelta(seconds=60)

Work = Callable[[AsyncSession], Awaitable[object]]


@asynccontextmanager
async def server() -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        cluster = postgres.Cluster(Path(folder) / "data", free_ports(1)[0])
        cluster.initialise()
        process = subprocess.Popen(
            cluster.command(), cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
            preexec_fn=before_exec(cluster.identity, postgres.STOP_SIGNAL),
        )  # fmt: skip
        try:
            while not await cluster.answers():  # noqa: ASYNC110 - another process, no event to wait for
                await asyncio.sleep(0.05)
            await cluster.ensure_database()
            os.environ["DATABASE_URL"] = cluster.url()
            settings.cache_clear()
            subprocess.run([".venv/bin/alembic", "upgrade", "head"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            yield
        finally:
            await database.dispose()
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


async def rate(works: list[Work], fenced: bool, token: int) -> float:
    """Transactions a second, `WORKERS` at a time."""
    waiting = iter(works)

    async def worker() -> None:
        for work in waiting:
            async with database.session() as s:
                if fenced:
                    await switches.fence(s, "main", token)
                await work(s)

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(WORKERS)))
    return len(works) / (time.perf_counter() - began)


def claim_of(operator_id: int, shift_id: int) -> Work:
    return lambda s: claiming.claim(
        s, call_id=uuid4(), operator_id=operator_id, shift_id=shift_id, now=datetime.now(UTC), lease=LEASE
    )


async def measure() -> None:
    async with server():
        campaign_id, people = await furnish()
        async with database.session() as s:
            token = await switches.take(s, "main", uuid4(), 3600)
        assert token is not None
        figures: dict[tuple[str, bool], list[float]] = {}
        for round_ in range(2 * ROUNDS):
            fenced = round_ % 2 == 1
            await contacts(campaign_id, round_ * CLAIMS)
            claims = [claim_of(*who) for who in people]
            figures.setdefault(("claims", fenced), []).append(await rate(claims, fenced, token))
            async with database.session() as s:
                await s.execute(text("update call set state='closed', outcome='refused', closed_at=now()"))
            reads: list[Work] = [lambda s: switches.heard_at(s, "main")] * READS
            figures.setdefault(("reads", fenced), []).append(await rate(reads, fenced, token))
        for what in ("claims", "reads"):
            without, with_it = (statistics.median(figures[what, fenced]) for fenced in (False, True))
            more = 1_000 * WORKERS * (1 / with_it - 1 / without)
            print(f"{what}/s: {without:.0f} without the fence, {with_it:.0f} with it ({more:+.2f} ms a transaction)")


if __name__ == "__main__":
    asyncio.run(measure())
