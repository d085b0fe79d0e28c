"""The manager's own words about a transfer: a result and a note, saved while they are written."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app import live
from exchange_app.ids import read_id
from exchange_app.security import current_account, roles
from exchange_domain import call_rows, database, manager_words
from exchange_domain.call_rows import epoch_ms
from exchange_domain.tables import Transfer
from exchange_domain.words import ManagerResult

log = structlog.get_logger(__name__)
WAIT_S = 3
FAILED = (SQLAlchemyError, OSError, TimeoutError)


class OwnWords(live.OnlyChanges, rx.State):
    """Of the transfer on the desk, or of one of before that was opened."""

    transfer_id: rx.Field[str] = rx.field("")
    result: rx.Field[str] = rx.field("")
    note: rx.Field[str] = rx.field("")
    saved_ms: rx.Field[int] = rx.field(0)
    unsaved: rx.Field[bool] = rx.field(False)
    """The last save did not come through; the words are kept in the page."""

    async def _open(self, manager_id: int, transfer_id: str) -> None:
        """What was said of it before; a transfer that is not this manager's shows nothing."""
        if transfer_id == self.transfer_id and transfer_id:
            return
        found = None
        if (wanted := read_id(transfer_id)) is not None:
            try:
                async with asyncio.timeout(WAIT_S), database.session() as s:
                    found = await s.get(Transfer, wanted)
            except FAILED as failed:
                log.warning("own_words_not_read", error=type(failed).__name__)
        theirs = found is not None and found.manager_id == manager_id
        self.transfer_id = transfer_id if theirs else ""
        self.result = (found.manager_result or "") if found is not None and theirs else ""
        self.note = found.manager_note if found is not None and theirs else ""
        self.saved_ms = (epoch_ms(found.manager_said_at) or 0) if found is not None and theirs else 0
        self.unsaved = False

    @rx.event
    @roles("manager")
    async def choose(self, transfer_id: str, result: str):
        """A result; chosen again it is taken back."""
        wanted = read_id(transfer_id)
        known = next((one for one in ManagerResult if one.value == result), None)
        if wanted is None or known is None:
            return
        again = transfer_id == self.transfer_id and self.result == result
        new = None if again else known
        if await self._save(wanted, result=new) and transfer_id == self.transfer_id:
            self.result = new.value if new else ""

    @rx.event
    @roles("manager")
    async def save(self, name: str, value: Any):
        """The note as the page's autosave sends it: `name` is the transfer's id."""
        wanted = read_id(name)
        if wanted is None or not isinstance(value, str):
            return
        if await self._save(wanted, note=value) and name == self.transfer_id:
            self.note = value[: manager_words.LONGEST_NOTE]

    async def _save(self, transfer_id: UUID, **said: Any) -> bool:
        """Somebody else's transfer, or one that never reached this manager, is answered with nothing."""
        manager_id, now = current_account(self).account_id, datetime.now(UTC)
        here = str(transfer_id) == self.transfer_id
        try:
            async with asyncio.timeout(WAIT_S), database.session() as s:
                if "note" in said:
                    await manager_words.save_note(s, transfer_id, manager_id, said["note"], now)
                else:
                    await manager_words.save_result(s, transfer_id, manager_id, said["result"], now)
                row = await call_rows.one(s, (await s.get_one(Transfer, transfer_id)).call_id)
        except manager_words.NotTheirs:
            return False
        except FAILED as failed:
            log.warning("own_words_not_saved", transfer_id=str(transfer_id), error=type(failed).__name__)
            self.unsaved = self.unsaved or here
            return False
        await live.tell_campaign(row)
        if here:
            self.saved_ms, self.unsaved = epoch_ms(now) or 0, False
        return True
