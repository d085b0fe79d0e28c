"""A look through the switch's folder: files that nobody knows of, files that should be gone, room on the disk."""

import asyncio
import os
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

import structlog

from exchange_domain import database, recording_moves, recording_signals

from .moving import Clock

log = structlog.get_logger()

OLD_S = 600.0
"""Younger files belong to calls that live or have just ended."""
AT_ONCE = 1_000


class Looking:
    def __init__(self, folder: Path, switch_name: str, least_free: int, now: Clock):
        self._folder, self._switch_name, self._least_free, self._now = folder, switch_name, least_free, now

    async def through(self) -> None:
        """What was recorded and has no row gets one; what is stored or erased and still lies here is deleted."""
        files = await asyncio.to_thread(self._files)
        names = iter(files)
        counts: dict[str, int] = {}
        while part := list(islice(names, AT_ONCE)):
            async with database.session() as s:
                asked = await recording_moves.to_look_at(s, {name: str(files[name]) for name in part})
            for call_id in asked:
                what = await self._file(call_id, files[call_id])
                counts[what] = counts.get(what, 0) + 1
        if counts.keys() - {"waits"}:
            log.warning("recordings on the switch looked through", **counts)
        await asyncio.to_thread(self._sweep_folders)

    async def _file(self, call_id: UUID, path: Path) -> str:
        async with database.session() as s:
            what = await recording_moves.found_file(s, call_id, self._switch_name, str(path), self._now())
        if what == "delete":
            with suppress(OSError):
                await asyncio.to_thread(path.unlink)
        return what

    async def space(self) -> None:
        """Little room is reported before the switch runs out of it."""
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            log.warning("folder of recordings cannot be read", error=type(error).__name__)
            return
        async with database.session() as s:
            low = await recording_signals.watch_space(s, self._switch_name, self._now(), free, self._least_free)
        if low:
            log.warning("little room for recordings", free_mb=free // 2**20, least_mb=self._least_free // 2**20)

    def _files(self) -> dict[UUID, Path]:
        found = {}
        limit = time.time() - OLD_S
        for path in self._folder.glob("*/*/*/*.wav"):
            try:
                if path.stat().st_mtime < limit:
                    found[UUID(path.stem)] = path
            except (ValueError, OSError):
                continue
        return found

    def _sweep_folders(self) -> None:
        """Empty folders of days gone by. The last days stay: the switch may be about to write there."""
        last = f"{datetime.now(UTC) - timedelta(days=2):%Y/%m/%d}"
        for folder in self._folder.glob("[0-9]*/[0-9]*/[0-9]*"):
            if folder.relative_to(self._folder).as_posix() < last:
                with suppress(OSError):
                    os.rmdir(folder)
