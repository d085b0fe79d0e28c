"""Deletes what was expired or erased: objects of the storage, files on the switch."""

import asyncio
from pathlib import Path

import structlog

from exchange_domain import database, recording_erasures
from exchange_domain.recording_erasures import Deletion
from object_storage import Storage, StorageAway

from .moving import Clock

log = structlog.get_logger()


class Deleting:
    def __init__(self, storage: Storage, folder: Path, switch_name: str, now: Clock):
        self._storage, self._folder, self._switch_name, self._now = storage, folder, switch_name, now

    async def once(self) -> bool:
        """Whether there was something to delete."""
        async with database.session() as s:
            deletion = await recording_erasures.due(s, self._switch_name, self._now())
        if deletion is None:
            return False
        problem = await self._delete(deletion)
        async with database.session() as s:
            if problem is None:
                await recording_erasures.done(s, deletion, self._now())
            else:
                await recording_erasures.failed(s, deletion, problem, self._now())
        log.info("recording deleted" if problem is None else "recording not deleted yet", call_id=str(deletion.call_id))
        return True

    async def _delete(self, deletion: Deletion) -> str | None:
        """None when it is gone, else the code of what is in the way."""
        if deletion.storage_key is not None:
            try:
                await self._storage.delete(deletion.storage_key)
            except StorageAway as away:
                log.warning("storage away", reason=str(away))
                return "storage_away"
            return None
        path = Path(deletion.switch_path or "")
        if not self._folder.is_dir() or not path.is_relative_to(self._folder):
            return "folder_missing"
        try:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError:
            return "file_not_deleted"
        return None
