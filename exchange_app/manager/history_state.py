"""Transfers of before: looked through, and what one says of them oneself."""

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app.security import current_account, roles
from exchange_domain import database

from . import desk_rows
from .desk_rows import RecentTransfer
from .own_words_state import OwnWords

log = structlog.get_logger(__name__)
PAGE = 25
LONGEST_SEARCH = 100


class History(rx.State):
    rows: rx.Field[list[RecentTransfer]] = rx.field(default_factory=list)
    query: rx.Field[str] = rx.field("")
    page: rx.Field[int] = rx.field(1)
    more: rx.Field[bool] = rx.field(False)
    loaded: rx.Field[bool] = rx.field(False)
    unread: rx.Field[bool] = rx.field(False)
    opened: rx.Field[bool] = rx.field(False)
    contact: rx.Field[str] = rx.field("")
    """Of the transfer that is open."""

    @rx.event
    @roles("manager")
    async def enter(self):
        self.query, self.page, self.opened = "", 1, False
        await self._read()

    async def _read(self) -> None:
        try:
            async with database.session() as s:
                found = await desk_rows.recent(
                    s, current_account(self).account_id, self.query, past=(self.page - 1) * PAGE, most=PAGE + 1
                )
        except (SQLAlchemyError, OSError) as failed:
            log.warning("history_not_read", error=type(failed).__name__)
            self.unread = self.loaded = True
            return
        self.rows, self.more = found[:PAGE], len(found) > PAGE
        self.loaded, self.unread = True, False

    @rx.event
    @roles("manager")
    async def search(self, query: str):
        if isinstance(query, str):
            self.query, self.page = query[:LONGEST_SEARCH], 1
            await self._read()

    @rx.event
    @roles("manager")
    async def turn(self, by: int):
        """A page on or back."""
        if by == 1 and self.more:
            self.page += 1
        elif by == -1 and self.page > 1:
            self.page -= 1
        else:
            return
        await self._read()

    @rx.event
    @roles("manager")
    async def open(self, transfer_id: str):
        row = next((one for one in self.rows if one.transfer_id == transfer_id), None)
        if row is None:
            return
        self.contact, self.opened = row.contact or row.person, True
        await (await self.get_state(OwnWords))._open(current_account(self).account_id, transfer_id)

    @rx.event
    @roles("manager")
    async def change_opened(self, opened: bool):
        """The dialog's own closing; what was written shows in the list."""
        self.opened = self.opened and opened is True
        if not self.opened:
            await self._read()
