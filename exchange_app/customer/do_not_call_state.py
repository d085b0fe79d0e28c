"""The customer's do-not-call list: whom its campaigns never call, and why."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import reflex as rx
import structlog

from exchange_app.arguments import fields, line, paragraphs, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import database, do_not_call, number_lines
from exchange_domain.accounts import Principal
from exchange_domain.call_rows import epoch_ms
from exchange_domain.importing import NumberRules, UnreadableList
from exchange_domain.importing.texts import TEXTS
from exchange_domain.tables import Customer
from exchange_domain.tables import DoNotCall as Row
from exchange_domain.words import DoNotCallSource

from .call_lines import shown_number

log = structlog.get_logger(__name__)
PAGE = 50
MOST = 1_000
LONGEST_PASTE = 400_000
"""Characters; the socket takes no more in one piece. A longer list goes through an administrator."""
MOST_BAD = 50


@dataclass(frozen=True)
class Entry:
    id: int
    number: str
    source: str
    reason: str
    at_ms: int
    own: bool
    """Entered by the customer's people, so theirs to take back."""


@dataclass(frozen=True)
class BadLine:
    """A line that was not taken: the catalogue's sentence and what to fill in."""

    line: int
    content: str
    text: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Choice:
    id: int
    name: str


class DoNotCallList(rx.State):
    loaded: bool = False
    customers: rx.Field[list[Choice]] = rx.field(default_factory=list)
    customer: int = 0
    name: str = ""
    total: int = 0
    entries: rx.Field[list[Entry]] = rx.field(default_factory=list)
    more: bool = False
    search: str = ""
    draft: str = ""
    """What stands in the field after adding: the lines that were not taken."""
    drafted: int = 0
    """Grows when the field is to show `draft`."""
    fault: str = ""
    """Why nothing was added: nothing, too_long."""
    told: bool = False
    added: int = 0
    already_there: int = 0
    ended: int = 0
    """Waiting contacts that are not called any more."""
    bad: rx.Field[list[BadLine]] = rx.field(default_factory=list)
    bad_count: int = 0

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load: the first customer of this account."""
        account = current_account(self)
        self.reset()
        await self._show(account, next(iter(account.customers), 0))

    @rx.event
    @roles("customer")
    async def choose(self, customer: str):
        account, wanted = current_account(self), whole(customer)
        if wanted in account.customers:
            self.reset()
            await self._show(account, wanted)

    async def _show(self, account: Principal, customer_id: int) -> None:
        if not customer_id:
            return
        async with database.session() as db:
            self.customers = [Choice(i, (await db.get_one(Customer, i)).name) for i in account.customers]
        self.customer, self.name = customer_id, next(c.name for c in self.customers if c.id == customer_id)
        await self._read(customer_id)
        self.loaded = True

    async def _read(self, customer_id: int, before: int | None = None) -> None:
        """The first rows, or the next ones after the row `before`."""
        digits = "".join(ch for ch in self.search if ch.isdigit())
        async with database.session() as db:
            found = await do_not_call.page(db, customer_id, digits=digits, before=before, limit=PAGE + 1)
            self.total = await do_not_call.count(db, customer_id)
        shown = [_entry(row) for row in found[:PAGE]]
        self.entries = [*self.entries, *shown] if before is not None else shown
        self.more = len(found) > PAGE and len(self.entries) < MOST

    def _own(self) -> int:
        """The customer whose page is open, if it is this person's still; else 0."""
        return self.customer if self.customer in current_account(self).customers else 0

    @rx.event
    @roles("customer")
    async def find(self, form: dict):
        if customer_id := self._own():
            self.search = line(fields(form).get("search", ""), 40)
            await self._read(customer_id)

    @rx.event
    @roles("customer")
    async def forget_search(self):
        if customer_id := self._own():
            self.search = ""
            await self._read(customer_id)

    @rx.event
    @roles("customer")
    async def show_more(self):
        if (customer_id := self._own()) and self.entries and len(self.entries) < MOST:
            await self._read(customer_id, self.entries[-1].id)

    @rx.event
    @roles("customer")
    async def add(self, form: dict):
        """Adds the pasted numbers; lines that are none stay in the field with their reasons."""
        customer_id, account = self._own(), current_account(self)
        if not customer_id or not isinstance(form, dict):
            return
        typed = form.get("numbers", "")
        self.told, self.fault, self.bad, self.bad_count = False, "", [], 0
        if isinstance(typed, str) and len(typed) > LONGEST_PASTE:
            self.fault = "too_long"
            return
        async with database.session() as db:
            country = (await db.get_one(Customer, customer_id)).country
        read = await _numbers(paragraphs(typed, LONGEST_PASTE), country)
        if read is None or not (read.numbers or read.bad):
            self.fault = "nothing" if read is not None else "too_long"
            return
        async with database.session() as db:
            done = await do_not_call.add(
                db, read.numbers.items(), customer_id=customer_id, source=DoNotCallSource.CUSTOMER,
                by=account.account_id,
            )  # fmt: skip
        log.info("do_not_call_added", customer_id=customer_id, account_id=account.account_id, added=done.added)
        self.added, self.already_there, self.ended = done.added, done.already_there, done.contacts_ended
        self.bad_count, self.draft = len(read.bad), "\n".join(b.content for b in read.bad)
        self.bad = [
            BadLine(b.line, b.content[:60], TEXTS[b.reason.code], dict(b.reason.params)) for b in read.bad[:MOST_BAD]
        ]
        self.drafted, self.told, self.search = self.drafted + 1, True, ""
        await self._read(customer_id)

    @rx.event
    @roles("customer")
    async def remove(self, entry_id: int):
        """Takes back an entry of the customer's own; what a contact asked for stays."""
        wanted = whole(entry_id)
        if not (customer_id := self._own()):
            return
        async with database.session() as db:
            gone = await do_not_call.remove_own(db, wanted, customer_id=customer_id, at=datetime.now(UTC))
        self.told = False
        if not gone:
            await self._read(customer_id)
            return rx.toast.error(later("This entry is not yours to take back, or it is gone already."))
        self.entries = [e for e in self.entries if e.id != wanted]
        self.total = max(0, self.total - 1)


def _entry(row: Row) -> Entry:
    own = row.source == DoNotCallSource.CUSTOMER
    number = shown_number(row.e164)
    return Entry(row.id or 0, number, row.source.value, row.reason, epoch_ms(row.created_at) or 0, own)


async def _numbers(typed: str, country: str) -> number_lines.NumberLines | None:
    """The numbers of a paste; None when it is too long. Thousands of numbers take a while: beside the event loop."""
    try:
        return await asyncio.to_thread(number_lines.read, typed, NumberRules(country))
    except number_lines.TooManyLines:
        return None
    except UnreadableList:
        return await asyncio.to_thread(number_lines.read, typed, NumberRules())
