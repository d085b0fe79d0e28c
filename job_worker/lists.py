"""Imports a list: a process of its own judges the rows, here each part is stored in a transaction with its progress.

After a restart the file is judged again from its beginning, which gives the same parts, and those that are stored are
passed over: no row is added or counted twice.
"""

import asyncio
import time

import structlog

from exchange_domain import database
from exchange_domain.importing import orders, uploads
from exchange_domain.importing.list_reader import ReaderDied, read_apart
from exchange_domain.importing.orders import Cancelled, ImportOrder
from exchange_domain.importing.reasons import UnreadableList
from exchange_domain.importing.report_file import KINDS, RemarksFile
from exchange_domain.messages import ImportMoved, campaign_channel
from exchange_domain.tables import ListImport
from exchange_domain.words import ImportState

from .telling import Bus

log = structlog.get_logger(__name__)
TOLD_EVERY_S = 0.4
"""The progress bar moves no oftener."""


class ListImporter:
    """Does what `orders.order` has ordered."""

    def __init__(self, bus: Bus):
        self._bus = bus

    async def run(self, import_id: int, last_try: bool = True) -> None:
        """One import to its end; again, it goes on where it was. `last_try`: a failure is its end."""
        async with database.session() as s:
            entry = await orders.begin(s, import_id)
        if entry is None:
            await self._tell(import_id)
            return
        wanted = ImportOrder(**entry.how)
        log.info("import begun", import_id=import_id, campaign_id=entry.campaign_id, at_row=entry.done_rows)
        await self._tell(import_id)
        try:
            columns = await self._rows(import_id, entry.file_name, wanted)
            async with database.session() as s:
                await orders.added_all(s, import_id)
            await self._tell(import_id)
            file = await self._remarks(import_id, columns, wanted.language)
            async with database.session() as s:
                await orders.finish(s, import_id, file)
        except Cancelled:
            await self._take_back(import_id)
        except UnreadableList as refused:
            await self._refuse(import_id, refused)
        except (ReaderDied, FileNotFoundError):
            # Neither gets better by itself: the file is gone, or more than this machine can read.
            await self._refuse(import_id, None)
        except Exception:
            if last_try:
                await self._refuse(import_id, None)
            raise
        await uploads.remove(wanted.upload_id)
        await self._tell(import_id)
        log.info("import ended", import_id=import_id)

    async def _rows(self, import_id: int, file_name: str, wanted: ImportOrder) -> tuple[str, ...]:
        """Stores all rows; returns the headings. The reading process dies with this one's interest in it."""
        columns: tuple[str, ...] = ()
        upto, told = 0, 0.0
        options = {
            "country": wanted.country, "default_prefix": wanted.default_prefix,
            "default_time_zone": wanted.time_zone,
        }  # fmt: skip
        path = uploads.path_of(wanted.upload_id)
        frames = read_apart(path, file_name, wanted.sheet, wanted.mapping, options)
        try:
            async for kind, *what in frames:
                if kind == "rows":
                    total, columns = what
                    async with database.session() as s:
                        await orders.read_through(s, import_id, total)
                else:
                    (part,) = what
                    upto += part.total_rows
                    async with database.session() as s:
                        await orders.add(s, import_id, part, upto)
                if time.monotonic() - told >= TOLD_EVERY_S:
                    told = time.monotonic()
                    await self._tell(import_id)
        finally:
            await frames.aclose()
        return columns

    async def _remarks(self, import_id: int, columns: tuple[str, ...], language: str) -> bytes | None:
        """The file of remarks; None when there is nothing to remark."""
        file: RemarksFile | None = None
        for kind in KINDS:
            after = 0
            while True:
                async with database.session() as s:
                    found = await orders.remarks(s, import_id, kind, after)
                if not found:
                    break
                file = file or RemarksFile(columns, language)
                await asyncio.to_thread(file.add, [one for _, one in found])
                after = found[-1][0]
        return await asyncio.to_thread(file.content) if file else None

    async def _take_back(self, import_id: int) -> None:
        taken = 0
        while True:
            async with database.session() as s:
                gone = await orders.take_back(s, import_id)
            taken += gone
            if gone < orders.TAKEN_BACK_AT_ONCE:
                break
        async with database.session() as s:
            await orders.cancelled(s, import_id, taken)

    async def _refuse(self, import_id: int, why: UnreadableList | None) -> None:
        async with database.session() as s:
            await orders.refuse(s, import_id, why)
        log.warning("import failed", import_id=import_id, code=why.code if why else orders.BROKE_OFF)

    async def _tell(self, import_id: int) -> None:
        async with database.session() as s:
            entry = await s.get(ListImport, import_id)
            if entry is None:
                return
            now = orders.progress_of(entry)
        message = ImportMoved(
            campaign_id=now.campaign_id, import_id=import_id, state=ImportState(now.state), phase=now.phase,
            done_rows=now.done_rows, total_rows=now.total_rows, elapsed_ms=round(now.elapsed_s * 1_000),
        )  # fmt: skip
        await self._bus.say(campaign_channel(now.campaign_id), message)
