"""A customer with campaigns, lists that were uploaded, and the worker: as an object, or as a process of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from exchange_domain import campaigns, customers, database
from exchange_domain.importing import orders, uploads
from exchange_domain.importing.orders import Basis, ImportOrder
from exchange_domain.tables import Campaign, Contact, ContactNumber, ListImport
from exchange_domain.words import Elsewhere, LegalBasis
from job_worker.lists import ListImporter
from job_worker.telling import Bus

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 60
MAPPING = [
    {"column": 0, "role": "name", "key": "Имя"},
    {"column": 1, "role": "phone", "key": "Телефон"},
    {"column": 2, "role": "time_zone", "key": "Город"},
]


def rows(count: int, first: int = 0) -> list[tuple[str, str, str]]:
    return [(f"Контакт {n}", f"+7921{1_000_000 + n}", "Омск") for n in range(first, first + count)]


@dataclass
class House:
    """A customer's campaigns and their lists."""

    customer: int
    campaign: int

    async def another_campaign(self, name: str = "Весна") -> int:
        async with database.session() as s:
            made = await campaigns.create(s, self.customer, name=name)
            assert made.id is not None
            return made.id

    async def order(
        self, lines: list[tuple[str, str, str]], *, elsewhere: Elsewhere = Elsewhere.KEEP, campaign: int = 0
    ) -> int:
        """Uploads a list and orders its import."""
        body = "Имя;Телефон;Город\n" + "".join(f"{';'.join(line)}\n" for line in lines)
        return await self.order_file(body.encode(), "list.csv", elsewhere=elsewhere, campaign=campaign)

    async def order_file(self, body: bytes, name: str, *, elsewhere: Elsewhere, campaign: int = 0) -> int:
        async def chunks() -> AsyncIterator[bytes]:
            yield body

        wanted = campaign or self.campaign
        kept = await uploads.keep(
            chunks(), campaign_id=wanted, customer_id=self.customer, account_id=0, file_name=name
        )  # fmt: skip
        async with database.session() as s:
            return await orders.order(
                s, await s.get_one(Campaign, wanted), None, name,
                ImportOrder(kept.id, None, MAPPING, "RU", "", "Europe/Moscow", elsewhere.value),
                Basis(LegalBasis.CONTRACT),
            )  # fmt: skip

    async def entry(self, import_id: int) -> ListImport:
        async with database.session() as s:
            return await s.get_one(ListImport, import_id, populate_existing=True)

    async def until(self, import_id: int, fits: Callable[[ListImport], bool]) -> ListImport:
        async with asyncio.timeout(WAIT_S):
            while not fits(found := await self.entry(import_id)):  # noqa: ASYNC110 - another process works
                await asyncio.sleep(0.03)
        return found

    async def numbers(self, campaign: int = 0) -> list[str]:
        async with database.session() as s:
            found = select(ContactNumber.e164).where(ContactNumber.campaign_id == (campaign or self.campaign))
            return sorted(await s.exec(found))

    async def contacts(self, campaign: int = 0) -> list[Contact]:
        async with database.session() as s:
            return list(await s.exec(select(Contact).where(Contact.campaign_id == (campaign or self.campaign))))


@pytest.fixture
async def house(
    database_url: str, redis_url: str, tmp_path: Path, settings_env: Callable[..., None]
) -> AsyncIterator[House]:
    settings_env(database_url=database_url, redis_url=redis_url, data_dir=tmp_path, job_stalled_s=1)
    async with database.session() as s:
        customer = await customers.create(s, name="Мебель")
        assert customer.id is not None
        campaign = await campaigns.create(s, customer.id, name="Осень")
        assert campaign.id is not None
    yield House(customer.id, campaign.id)
    await database.dispose()


@pytest.fixture
async def importer(house: House) -> AsyncIterator[ListImporter]:
    bus = Bus()
    yield ListImporter(bus)
    await bus.close()


class Worker:
    """`python -m job_worker`."""

    def __init__(self) -> None:
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "job_worker", cwd=ROOT, env=dict(os.environ), stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(WAIT_S):
            assert (await self.process.stdout.readline()).startswith(b"jobs: working")

    async def end(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(WAIT_S):
            return await self.process.wait()


@pytest.fixture
async def worker(house: House) -> AsyncIterator[Worker]:
    made = Worker()
    yield made
    if made.process is not None:
        await made.end(signal.SIGKILL)
