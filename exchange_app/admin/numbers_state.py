"""Numbers that nobody may call, and numbers that are to be erased."""

from dataclasses import dataclass
from datetime import UTC, datetime

import reflex as rx
from redis.exceptions import RedisError

from exchange_app import broker
from exchange_app.arguments import fields, line
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import audit, database, do_not_call, erasing, erasing_messages
from exchange_domain.call_rows import epoch_ms
from exchange_domain.words import DoNotCallSource

PAGE = 50


@dataclass(frozen=True)
class Forbidden:
    id: int
    number: str
    reason: str
    source: str
    at_ms: int


def e164(value: object) -> str:
    """As it was typed, without what people put between digits."""
    return "".join(ch for ch in line(value, 40) if ch.isdigit() or ch == "+")


class Numbers(rx.State):
    loaded: bool = False
    lines: rx.Field[list[Forbidden]] = rx.field(default_factory=list)
    total: int = 0
    more: bool = False
    search: str = ""
    fault: str = ""
    """no_number"""
    forbidden: int = 0
    """Grows with each number that was forbidden: the form is empty again."""
    erasing: str = ""
    """The number that is about to be erased, waiting for a second yes."""
    erase_fault: str = ""
    """no_number, on_the_line, broker"""
    done: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    """What the last erasing took away, by kind."""

    @rx.event
    @roles("admin")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._read()
        self.loaded = True

    async def _read(self, before: int | None = None) -> None:
        digits = "".join(ch for ch in self.search if ch.isdigit())
        async with database.session() as s:
            found = await do_not_call.page(s, None, digits=digits, before=before, limit=PAGE + 1)
            self.total = await do_not_call.count(s, None)
        shown = [
            Forbidden(row.id or 0, row.e164, row.reason, row.source.value, epoch_ms(row.created_at) or 0)
            for row in found[:PAGE]
        ]
        self.lines = shown if before is None else [*self.lines, *shown]
        self.more = len(found) > PAGE

    @rx.event
    @roles("admin")
    async def find(self, form: dict):
        self.search = line(fields(form).get("search", ""), 40)
        await self._read()

    @rx.event
    @roles("admin")
    async def show_more(self):
        if self.more and self.lines:
            await self._read(self.lines[-1].id)

    @rx.event
    @roles("admin")
    async def forbid(self, form: dict):
        """Nobody may call this number any more, whoever's list it comes with."""
        given = fields(form)
        try:
            number = erasing.checked(e164(given.get("number", "")))
        except erasing.NoNumber:
            self.fault = "no_number"
            return rx.set_focus("number")
        me = current_account(self).account_id
        async with database.session() as s:
            added = await do_not_call.add(
                s, [(number, line(given.get("reason") or "", 200))], customer_id=None, source=DoNotCallSource.ADMIN,
                by=me,
            )  # fmt: skip
            if added.added:
                await audit.write(s, me, "number_forbidden", "number", after={"contacts_ended": added.contacts_ended})
        self.fault, self.forbidden = "", self.forbidden + 1
        await self._read()
        return rx.toast.success(later("Nobody calls this number any more."))

    @rx.event
    @roles("admin")
    async def allow(self, entry_id: int):
        """Takes a number off the platform's list."""
        known = next((one for one in self.lines if one.id == entry_id), None)
        if known is None:
            return
        me = current_account(self).account_id
        async with database.session() as s:
            gone = await do_not_call.remove(s, [known.number], customer_id=None, at=datetime.now(UTC))
            if gone:
                await audit.write(s, me, "number_allowed", "number", before={"source": known.source})
        await self._read()

    @rx.event
    @roles("admin")
    def ask_to_erase(self, form: dict):
        """A number is erased only after a second yes."""
        try:
            self.erasing = erasing.checked(e164(fields(form).get("number", "")))
        except erasing.NoNumber:
            self.erase_fault = "no_number"
            return rx.set_focus("erase-number")
        self.erase_fault, self.done = "", {}
        return None

    @rx.event
    @roles("admin")
    def show_question(self, wanted: bool):
        if not wanted:
            self.erasing = ""

    @rx.event
    @roles("admin")
    async def erase(self, forbid: bool):
        """Erases the number that was asked about; with `forbid` nobody may call it again."""
        number, me = self.erasing, current_account(self).account_id
        self.erasing = ""
        if not number:
            return
        try:
            async with database.session() as s:
                erased = await erasing.erase_number(s, number, by=f"account:{me}", account_id=me, forbid=forbid is True)
                await audit.write(s, me, "number_erased", "number", after=erased.counts())
                # In the same transaction: what was erased must be erased there too, or all of it is done again.
                await erasing_messages.forget(broker.redis(), number, erased)
        except erasing.StillOnTheLine:
            self.erase_fault = "on_the_line"
            return
        except (RedisError, OSError):
            self.erase_fault = "broker"
            return
        self.done, self.erase_fault = erased.counts(), ""
        await self._read()
