"""`./run bench import`: a long list through upload's end, order, worker and database, as on a customer's day."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import openpyxl
import polars as pl

from exchange_domain import campaigns, database
from exchange_domain.importing import NumberRules, orders, uploads
from exchange_domain.importing.list_reader import preview_apart
from exchange_domain.importing.orders import Basis, ImportOrder
from exchange_domain.settings import settings
from exchange_domain.tables import Campaign, ListImport
from exchange_domain.words import Elsewhere, ImportState, LegalBasis

from . import lists
from .house import OPERATOR, PASSWORD, House, open_house
from .memory import peak_of
from .page import Page, sign_in, watched

EARNINGS = "reflex___state____state.exchange_app___operator___earnings_state____earnings.enter"
"""The operator's page that is looked at: each look reads the books."""
IDLE_S = 10
MEGABYTE = 2**20


async def run(folder: Path, count: int, sample: int) -> int:
    """Prints what was measured; 0."""
    print(f"writing the list of {count:,} rows × {len(lists.HEADINGS)} …", flush=True)
    delimited, book = await asyncio.to_thread(lists.write, folder, count)
    async with (
        open_house(folder) as house,
        Page(house.url, await sign_in(house.url, OPERATOR, PASSWORD), "/operator/earnings") as page,
    ):

        async def look() -> float:
            return await page.press(EARNINGS, {"zone": "Europe/Moscow"}, "earnings_state____earnings")

        for _ in range(20):
            await look()
        async with watched(look) as idle:
            await asyncio.sleep(IDLE_S)
        print(f"operator's page, nothing else going on: {idle}", flush=True)
        for path in (book, delimited):
            size = path.stat().st_size / MEGABYTE
            print(f"\n{path.suffix[1:].upper()}, {count:,} rows, {size:.0f} MB", flush=True)
            bare = await _timed(lambda path=path: _bare(path))
            print(f"  bare polars read + COPY into a plain table: {bare:.1f} s", flush=True)
            seen = await _timed(lambda path=path: _preview(path))
            print(f"  preview, all sheets and columns: {seen:.1f} s", flush=True)
            async with watched(look) as busy, peak_of(house.worker) as peak:
                took, report = await _import(house, path)
            print(
                f"  import: {took:.1f} s, {count / took:,.0f} rows/s, {took / bare:.1f} × the bare copy, "
                f"peak {peak.bytes / MEGABYTE:.0f} MB; added {report['added']:,}",
                flush=True,
            )
            print(
                f"  operator's page meanwhile: {busy}; {busy.middle() / idle.middle():.1f} × in the middle, "
                f"{busy.p95() / idle.p95():.1f} × p95",
                flush=True,
            )

        rate = sample / await _timed(lambda: _row_by_row(book, sample))
        print(f"\nrow by row, openpyxl + INSERT, {sample:,} rows: {rate:,.0f} rows/s", flush=True)
    return 0


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _import(house: House, path: Path) -> tuple[float, dict[str, int]]:
    """Seconds from the order to the end, and the report."""
    async with database.session() as s:
        campaign = await campaigns.create(s, house.customer, name=path.name)
    assert campaign.id is not None

    async def chunks() -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while chunk := file.read(MEGABYTE):
                yield chunk

    kept = await uploads.keep(
        chunks(), campaign_id=campaign.id, customer_id=house.customer, account_id=0, file_name=path.name
    )
    found = await preview_apart(uploads.path_of(kept.id), path.name, None, NumberRules())
    mapping = [{"column": c.column, "role": c.role.value, "key": c.key} for c in found.proposed_mapping]
    began = time.perf_counter()
    async with database.session() as s:
        import_id = await orders.order(
            s, await s.get_one(Campaign, campaign.id), None, path.name,
            ImportOrder(kept.id, None, mapping, "RU", "", "Europe/Moscow", Elsewhere.KEEP.value),
            Basis(LegalBasis.CONTRACT),
        )  # fmt: skip
    while True:
        await asyncio.sleep(0.1)
        async with database.session() as s:
            entry = await s.get_one(ListImport, import_id)
        if entry.state not in orders.UNDER_WAY:
            break
    if entry.state is not ImportState.DONE:
        raise RuntimeError(f"the import ended as {entry.state}: {entry.problem}")
    return time.perf_counter() - began, entry.report


async def _preview(path: Path) -> None:
    await preview_apart(path, path.name, None, NumberRules())


async def _bare(path: Path) -> None:
    """What no import can be faster than: the cells as they are, into a table without keys or indexes."""
    frame = await asyncio.to_thread(_read, path)
    connection = await asyncpg.connect(settings().database_url)
    try:
        columns = ", ".join(f"c{n} text" for n in range(frame.width))
        await connection.execute(f"drop table if exists bare; create table bare ({columns})")
        await connection.copy_records_to_table("bare", records=frame.iter_rows())
    finally:
        await connection.close()


def _read(path: Path) -> pl.DataFrame:
    if path.suffix == ".csv":
        return pl.read_csv(path, separator=";", infer_schema=False)
    return pl.read_excel(path, infer_schema_length=0)


async def _row_by_row(path: Path, count: int) -> None:
    """As a first attempt would have it: one library call a cell, one statement a row, in one transaction."""
    connection = await asyncpg.connect(settings().database_url)
    try:
        columns = ", ".join(f"c{n} text" for n in range(len(lists.HEADINGS)))
        await connection.execute(f"drop table if exists slow; create table slow ({columns})")
        values = ", ".join(f"${n}" for n in range(1, len(lists.HEADINGS) + 1))
        page = openpyxl.load_workbook(path, read_only=True).active
        assert page is not None
        async with connection.transaction():
            for row in page.iter_rows(min_row=2, max_row=count + 1, values_only=True):
                await connection.execute(f"insert into slow values ({values})", *row)
    finally:
        await connection.close()
