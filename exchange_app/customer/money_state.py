"""A customer's balance, statement and prices."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import reflex as rx
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import uuid, whole
from exchange_app.security import current_account, roles
from exchange_domain import database, ledger, tariffs
from exchange_domain.accounts import Principal
from exchange_domain.call_rows import epoch_ms
from exchange_domain.settings import settings
from exchange_domain.tables import Customer

from .call_lines import shown_number
from .caps_state import Caps

PAGE = 50
MOST = 1000

CALLS = text("""
select k.id, k.claimed_at, k.e164, k.campaign_id, k.outcome, c.name as contact, p.name as campaign, x.billed_s,
  x.settled_at, coalesce(d.state, '') as dispute, d.decision, coalesce(r.state = 'stored', false) as heard
from call k join contact c on c.id = k.contact_id join campaign p on p.id = k.campaign_id
left join settlement x on x.call_id = k.id left join dispute d on d.call_id = k.id
left join recording r on r.call_id = k.id where k.id = any(:ids)
""")


@dataclass(frozen=True)
class Line:
    """A movement of the customer's money in minor units, and the call behind it if there is one."""

    id: int
    at_ms: int
    kind: str
    """bonus, deposit, settle, refund, correct"""
    amount: int
    contact: str = ""
    number: str = ""
    campaign: str = ""
    campaign_id: int = 0
    billed_s: int = 0
    outcome: str = ""
    call_id: str = ""
    dispute: str = ""
    """open, refunded, upheld; empty: none."""
    decision: str = ""
    """In the moderator's words."""
    contestable: bool = False
    heard: bool = False
    """There is a recording to hear."""


@dataclass(frozen=True)
class Prices:
    """The tariff in force, in minor units; `none`: there is none."""

    none: bool = True
    per_answered_call: int = 0
    per_minute: int = 0
    per_success: int = 0
    since_ms: int = 0


@dataclass(frozen=True)
class Choice:
    id: int
    name: str


class Money(rx.State):
    loaded: bool = False
    customers: rx.Field[list[Choice]] = rx.field(default_factory=list)
    customer: int = 0
    name: str = ""
    currency: str = "RUB"
    available: int = 0
    held: int = 0
    bonus: int = 0
    prices: Prices = Prices()
    lines: rx.Field[list[Line]] = rx.field(default_factory=list)
    more: bool = False
    listening: str = ""
    """The call whose recording stands open."""

    @rx.event
    @roles("customer")
    def listen(self, call_id: str):
        """Opens the recording of a line's call; pressed again, it closes."""
        wanted = str(uuid(call_id))
        self.listening = "" if self.listening == wanted else wanted

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load: the customer of the address (`?customer=`), else the first of this account."""
        account = current_account(self)
        self.reset()
        asked = self.router.url.query_parameters.get("customer", "")
        wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0
        await self._show(account, wanted if wanted in account.customers else next(iter(account.customers), 0))

    @rx.event
    @roles("customer")
    async def choose(self, customer: str):
        account, wanted = current_account(self), whole(customer)
        if wanted in account.customers:
            await self._show(account, wanted)

    @rx.event
    @roles("customer")
    async def show_more(self):
        account = current_account(self)
        if self.customer not in account.customers or not self.lines or len(self.lines) >= MOST:
            return
        async with database.session() as db:
            older, self.more = await _lines(db, self.customer, self.lines[-1].id)
        self.lines = [*self.lines, *older]

    async def _show(self, account: Principal, customer_id: int) -> None:
        if not customer_id:
            return
        async with database.session() as db:
            names = [(i, (await db.get_one(Customer, i)).name) for i in account.customers]
            customer = await db.get_one(Customer, customer_id)
            balance = await ledger.balance(db, customer_id)
            tariff = await tariffs.current(db, customer_id, customer.currency)
            self.lines, self.more = await _lines(db, customer_id, None)
            await (await self.get_state(Caps))._show(db, customer)
        self.customers = [Choice(i, name) for i, name in names]
        self.customer, self.name, self.currency = customer_id, customer.name, customer.currency
        self.available, self.held = balance.available, balance.held
        self.prices = Prices()
        if tariff is not None:
            self.prices = Prices(
                False, tariff.per_answered_call, tariff.per_minute, tariff.per_success, epoch_ms(tariff.valid_from) or 0
            )
            self.bonus = tariff.registration_bonus
        self.loaded = True


async def _lines(s: AsyncSession, customer_id: int, before: int | None) -> tuple[list[Line], bool]:
    """A page of the statement, and whether there is more."""
    found = await ledger.statement(s, customer_id, PAGE + 1, before)
    shown = found[:PAGE]
    ids = [line.call_id for line in shown if line.call_id]
    calls = {row.id: row for row in await s.execute(CALLS, {"ids": ids})} if ids else {}
    oldest = datetime.now(UTC) - timedelta(days=settings().dispute_days)
    lines = []
    for one in shown:
        call = calls.get(one.call_id)
        line = Line(one.transaction_id, epoch_ms(one.at) or 0, one.kind, one.amount)
        if call is not None:
            line = Line(
                one.transaction_id,
                epoch_ms(call.claimed_at) or 0,
                one.kind,
                one.amount,
                call.contact,
                shown_number(call.e164),
                call.campaign,
                call.campaign_id,
                call.billed_s or 0,
                call.outcome or "",
                str(call.id),
                call.dispute,
                call.decision or "",
                not call.dispute and one.kind == "settle" and one.amount < 0 and call.settled_at > oldest,
                call.heard and one.kind == "settle",
            )
        lines.append(line)
    return lines, len(found) > PAGE
