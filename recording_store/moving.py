"""One recording from the switch's disk to the storage. Each step can be repeated; the WAV goes last.

Encode into a temporary file, upload, read back and compare, commit the row, delete the WAV: killed anywhere, the next
mover begins again, and until the row is committed the WAV is there.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from uuid import uuid4

import structlog

from exchange_domain import database, recording_erasures, recording_moves
from exchange_domain.cancelling import cancelled
from exchange_domain.recording_moves import Due, Moved
from object_storage import Storage, StorageAway

from .encoding import EMPTY, MEDIA_TYPE, NO_SPACE, UNREADABLE, Encoded, read

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
GRACE = timedelta(minutes=2)
"""A file that is not there, or is empty, may still come: shared disks show things late."""
QUIET_S = 2.0
"""A file that was written to within this is not complete yet."""
Clock = Callable[[], datetime]


class Postponed(Exception):
    """Not now; the code says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Lost(Exception):
    """Never; the code says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class FileState(NamedTuple):
    size: int
    changed_ns: int


class Moving:
    """Moves what is due, one recording at a time."""

    def __init__(self, storage: Storage, folder: Path, switch_name: str, now: Clock):
        self._storage, self._folder, self._switch_name, self._now = storage, folder, switch_name, now
        self._failures = 0
        self._rests_until: datetime | None = None
        """A storage that is away is asked again after this, for one recording: encoding for nothing costs."""

    async def once(self) -> bool:
        """Whether there was something to move."""
        if self._rests_until is not None and self._now() < self._rests_until:
            return False
        async with database.session() as s:
            due = await recording_moves.take(s, self._switch_name, uuid4(), self._now(), LEASE)
        if due is None:
            return False
        renewing = asyncio.create_task(self._renew(due))
        try:
            await self._move(due)
        except asyncio.CancelledError:
            # An orderly stop: the next mover need not wait for the lease to end.
            async with database.session() as s:
                await recording_moves.release(s, due, self._now())
            raise
        finally:
            await cancelled(renewing)
        return True

    async def _move(self, due: Due) -> None:
        call = str(due.call_id)
        try:
            source = self._source(due)
            with TemporaryDirectory(prefix="exchange-recording-") as temporary:
                target = Path(temporary) / "moving.ogg"
                encoded = await self._encoded(due, source, target)
                await self._upload(due, target, encoded)
        except Lost as lost:
            async with database.session() as s:
                if await recording_moves.lost(s, due, lost.code, self._now()):
                    log.error("recording lost", call_id=call, reason=lost.code)
            return
        except Postponed as postponed:
            async with database.session() as s:
                at = await recording_moves.again(s, due, postponed.code, self._now())
            log.warning("recording waits", call_id=call, reason=postponed.code, until=at and at.isoformat())
            return
        await self._commit(due, source, encoded)

    def _source(self, due: Due) -> Path:
        """The switch's file; around midnight it may lie in the folder of the day beside. Raises Lost, Postponed."""
        if not self._folder.is_dir():
            # Not mounted, or another machine: nothing can be said about any file.
            raise Postponed("folder_missing")
        path = Path(due.switch_path)
        if path.is_relative_to(self._folder) and path.is_file():
            return path
        day = datetime.strptime(due.storage_key[:10], "%Y/%m/%d")
        for beside in (day - timedelta(days=1), day + timedelta(days=1)):
            other = self._folder / f"{beside:%Y/%m/%d}" / path.name
            if other.is_file():
                return other
        if self._now() - due.ended_at < GRACE:
            raise Postponed("file_missing")
        raise Lost("file_missing" if due.started else "not_started")

    async def _encoded(self, due: Due, source: Path, target: Path) -> Encoded:
        before = _file_state(source)
        if self._now().timestamp() - before.changed_ns / 1e9 < QUIET_S:
            raise Postponed("still_written")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "recording_store.encoding", str(source), str(target),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            said, problem = await process.communicate()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        match process.returncode:
            case 0 if _file_state(source) == before:
                encoded = read(said)
                if encoded.repaired:
                    log.warning("recording was cut off and is repaired", call_id=str(due.call_id))
                return encoded
            case 0:
                raise Postponed("still_written")
            case status if status in (EMPTY, UNREADABLE):
                code = "file_empty" if status == EMPTY or before.size == 0 else "file_unreadable"
                if self._now() - due.ended_at < GRACE:
                    raise Postponed(code)
                raise Lost(code)
            case status if status == NO_SPACE:
                raise Postponed("no_space")
            case status:
                log.error("encoding failed", call_id=str(due.call_id), status=status, said=problem[-300:].decode())
                raise Postponed("encoding_failed")

    async def _upload(self, due: Due, path: Path, encoded: Encoded) -> None:
        try:
            await self._storage.put(due.storage_key, path, MEDIA_TYPE)
            there = await self._storage.measured(due.storage_key)
        except StorageAway as away:
            self._failures += 1
            self._rests_until = self._now() + recording_moves.pause_after(self._failures)
            log.warning("storage away", reason=str(away))
            raise Postponed("storage_away") from away
        self._failures, self._rests_until = 0, None
        if there != (encoded.size_bytes, encoded.sha256):
            raise Postponed("verify_failed")

    async def _commit(self, due: Due, source: Path, encoded: Encoded) -> None:
        moved = Moved(
            MEDIA_TYPE, encoded.duration_ms, encoded.size_bytes, encoded.sha256, encoded.channels, encoded.peaks,
            encoded.peak_ms,
        )  # fmt: skip
        async with database.session() as s:
            kept = await recording_moves.stored(s, due, moved, self._now())
            if not kept:
                await recording_erasures.uploaded_in_vain(s, due.call_id, due.storage_key, self._now())
        if not kept:
            log.warning("recording was not ours any more", call_id=str(due.call_id))
            return
        log.info("recording stored", call_id=str(due.call_id), ms=moved.duration_ms, bytes=moved.size_bytes)
        try:
            await asyncio.to_thread(source.unlink)
        except OSError as error:
            # The look through the folder finds it again.
            log.warning("file not deleted", call_id=str(due.call_id), error=type(error).__name__)

    async def _renew(self, due: Due) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            try:
                async with database.session() as s:
                    await recording_moves.renew(s, due, self._now() + LEASE)
            except Exception as error:
                log.warning("lease not renewed", call_id=str(due.call_id), error=type(error).__name__)


def _file_state(path: Path) -> FileState:
    try:
        found = os.stat(path)
    except FileNotFoundError as gone:
        raise Postponed("file_missing") from gone
    return FileState(found.st_size, found.st_mtime_ns)
