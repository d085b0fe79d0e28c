"""All contacts of a campaign: found, filtered, sorted, live; and one contact with its whole history."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from exchange_app import live
from exchange_app.arguments import fields, line, one_of, whole
from exchange_app.security import roles
from exchange_domain import call_rows, contact_rows, database
from exchange_domain.call_rows import epoch_ms
from exchange_domain.contact_rows import ContactRow, Order
from exchange_domain.messages import CallRow
from exchange_domain.tables import Contact, Recording
from exchange_domain.words import ContactStatus, Outcome, RecordingState

from . import page_room
from .call_lines import answer_of, shown_number, state_code
from .rights import gone, opened

PAGE = 50
MOST = 500
ROOM = "campaign-contacts"


@dataclass(frozen=True)
class Field:
    name: str
    value: str


@dataclass(frozen=True)
class PastCall:
    """A call of the contact's history. `heard`: there is a recording."""

    id: str
    at_ms: int
    state: str
    operator: str
    number: str
    talk_s: int
    answer: str
    charge: int
    settled: bool
    heard: bool


@dataclass(frozen=True)
class OneContact:
    """`due_ms` is 0 for a contact that waits for nothing."""

    id: int = 0
    name: str = ""
    numbers: str = ""
    state: str = ""
    time_zone: str = ""
    attempts: int = 0
    due_ms: int = 0


def state_of(row: ContactRow) -> str:
    """The one word of a contact: how its last call ended, or that it waits, is called, or is done."""
    if row.status is ContactStatus.WORKING or row.last_outcome is None:
        return row.status.value
    return row.last_outcome.value


def line_of_contact(row: ContactRow, place: int) -> dict[str, Any]:
    """A row of the table; `place` keeps the order that was asked for."""
    more = len(row.numbers) - 1
    number = shown_number(row.numbers[0]) if row.numbers else ""
    return {
        "id": row.id,
        "place": -place,
        "name": row.name,
        "number": f"{number} +{more}" if more > 0 else number,
        "state": state_of(row),
        "attempts": row.attempts,
        "last_ms": epoch_ms(row.last_call_at),
        "zone": row.time_zone,
    }


def changed(message: CallRow) -> dict[str, Any] | None:
    """What a call changes of its contact's row."""
    if not message.dialled:
        return None
    return {
        "id": message.contact_id, "state": state_code(message), "attempts": message.attempt,
        "last_ms": message.claimed_ms,
    }  # fmt: skip


class ContactTable(rx.State):
    snapshot: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    patch: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    """Set in the browser by the room; the server never reads it."""
    status: str = ""
    outcome: str = ""
    search: str = ""
    order: str = Order.LIST.value
    limit: int = PAGE
    more: bool = False
    contact: OneContact = OneContact()
    fields: rx.Field[list[Field]] = rx.field(default_factory=list)
    calls: rx.Field[list[PastCall]] = rx.field(default_factory=list)
    open: bool = False
    _room: str = ""

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load: joins the room of the campaign's contacts after the rights were checked."""
        await page_room.leave(self)
        self.reset()
        async with opened(self) as at:
            if at is None:
                return
        self.snapshot = await page_room.enter(self, f"{ROOM}:{at.id}", self._rows(at.id))

    @rx.event
    @roles("customer")
    async def leave(self):
        """The page was left: no more patches."""
        await page_room.leave(self)

    @rx.event
    @roles("customer")
    async def gap(self, _: int):
        """A patch was missed: the rows anew."""
        await self._again()

    @rx.event
    @roles("customer")
    async def choose_status(self, status: str):
        self.status = one_of(ContactStatus, status).value if status else ""
        return await self._from_the_top()

    @rx.event
    @roles("customer")
    async def choose_outcome(self, outcome: str):
        self.outcome = one_of(Outcome, outcome).value if outcome else ""
        return await self._from_the_top()

    @rx.event
    @roles("customer")
    async def choose_order(self, order: str):
        self.order = one_of(Order, order).value
        return await self._from_the_top()

    @rx.event
    @roles("customer")
    async def find(self, form: dict):
        self.search = line(fields(form).get("search", ""), 100)
        return await self._from_the_top()

    @rx.event
    @roles("customer")
    async def forget_filters(self):
        self.search, self.status, self.outcome = "", "", ""
        return await self._from_the_top()

    @rx.event
    @roles("customer")
    async def show_more(self):
        self.limit = min(self.limit + PAGE, MOST)
        return await self._again()

    @rx.event
    @roles("customer")
    async def open_contact(self, contact_id: str):
        """One contact with all its calls."""
        wanted = whole(contact_id)
        async with opened(self) as at:
            contact = await at.db.get(Contact, wanted) if at else None
            if at is None or contact is None or contact.campaign_id != at.id:
                return gone()
            row = await contact_rows.one(at.db, wanted)
            past = await call_rows.of_contact(at.db, wanted)
            heard = set()
            for call in past:
                recording = await at.db.get(Recording, call.call_id)
                if recording is not None and recording.state is RecordingState.STORED:
                    heard.add(call.call_id)
        if row is None:
            return gone()
        self.contact = OneContact(
            id=row.id, name=row.name, numbers=", ".join(shown_number(n) for n in row.numbers), state=state_of(row),
            time_zone=row.time_zone, attempts=row.attempts,
            due_ms=(epoch_ms(row.due_at) or 0) if row.status is ContactStatus.WAITING and row.attempts else 0,
        )  # fmt: skip
        self.fields = [Field(str(name), str(value)) for name, value in row.fields.items()]
        self.calls = [
            PastCall(
                id=str(call.call_id), at_ms=call.claimed_ms, state=state_code(call), operator=call.operator_name,
                number=shown_number(call.number), talk_s=call.talk_s or 0, answer=answer_of(call),
                charge=call.charge or 0, settled=call.settled, heard=call.call_id in heard,
            )
            for call in past
        ]  # fmt: skip
        self.open = True
        return None

    @rx.event
    @roles("customer")
    def show_details(self, wanted: bool):
        self.open = bool(wanted) and self.contact.id > 0

    async def _from_the_top(self) -> rx.event.EventSpec | None:
        self.limit = PAGE
        return await self._again()

    async def _again(self) -> rx.event.EventSpec | None:
        async with opened(self) as at:
            if at is None:
                return gone()
        self.snapshot = await live.again(self, f"{ROOM}:{at.id}", self._rows(at.id))
        return None

    def _rows(self, campaign_id: int) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
        async def load() -> list[dict[str, Any]]:
            async with database.session() as s:
                found = await contact_rows.page(
                    s, campaign_id, status=ContactStatus(self.status) if self.status else None,
                    outcome=Outcome(self.outcome) if self.outcome else None, search=self.search,
                    order=Order(self.order), limit=self.limit + 1,
                )  # fmt: skip
            self.more = len(found) > self.limit
            return [line_of_contact(row, place) for place, row in enumerate(found[: self.limit])]

        return load


live.room(ROOM, ContactTable, patch="patch", row=changed)
