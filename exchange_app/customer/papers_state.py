"""Invoices and acts of the customer whose money is shown, and how it is called on them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import BadArgument, fields, line
from exchange_app.security import current_account, roles
from exchange_app.sums import sum_of
from exchange_domain import database, papers
from exchange_domain.call_rows import epoch_ms
from exchange_domain.papers import PaperError
from exchange_domain.settings import settings
from exchange_domain.tables import Customer

from .money_state import Money
from .rights import field_of, gone

LEGAL = {"legal_name": 300, "tax_id": 40, "legal_address": 500}


@dataclass(frozen=True)
class PaperLine:
    id: int
    kind: str
    number: str
    at_ms: int
    month_ms: int
    """Of an act; 0 for an invoice."""
    total: int


@dataclass(frozen=True)
class Month:
    """A month that is over and has no act yet."""

    value: str
    at_ms: int


def noon_ms(day: date) -> int:
    """A date as a moment that is that date in every zone people live in, near enough."""
    return epoch_ms(datetime.combine(day, time(12), UTC)) or 0


class Papers(rx.State):
    there: bool = False
    """Whether a seller is set, without whom there are no papers."""
    legal_name: str = ""
    tax_id: str = ""
    legal_address: str = ""
    lines: rx.Field[list[PaperLine]] = rx.field(default_factory=list)
    months: rx.Field[list[Month]] = rx.field(default_factory=list)
    amount: str = ""
    fault: str = ""
    """not_a_sum, or a code of PaperError."""

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load, after Money's own."""
        self.reset()
        account, money = current_account(self), await self.get_state(Money)
        self.there = bool(settings().seller_name)
        if money.customer not in account.customers or not self.there:
            return
        async with database.session() as s:
            await self._read(s, money.customer)

    async def _read(self, s: AsyncSession, customer_id: int) -> None:
        customer = await s.get_one(Customer, customer_id)
        found = await papers.of_customer(s, customer_id)
        months = await papers.months_with_work(s, customer_id, datetime.now(UTC))
        self.legal_name, self.tax_id, self.legal_address = customer.legal_name, customer.tax_id, customer.legal_address
        self.lines = [
            PaperLine(
                one.id or 0, one.kind.value, f"{one.year}-{one.number:06}", noon_ms(one.day),
                noon_ms(one.month) if one.month else 0, one.total,
            )
            for one in found
        ]  # fmt: skip
        acts = {one.month for one in found if one.month}
        self.months = [Month(month.isoformat(), noon_ms(month)) for month in months if month not in acts]

    @rx.event
    @roles("customer")
    async def type_legal(self, field: str, value: str):
        """Saves the name, tax id or address of the papers while it is typed."""
        customer_id, name = field_of(field)
        if customer_id not in current_account(self).customers or name not in LEGAL:
            return gone()
        async with database.session() as s:
            customer = await s.get_one(Customer, customer_id)
            setattr(customer, name, line(value, LEGAL[name]))
            s.add(customer)
        setattr(self, name, str(value)[: LEGAL[name]])
        return None

    @rx.event
    @roles("customer")
    async def ask_invoice(self, form: dict):
        """A new invoice over a sum."""
        account, money = current_account(self), await self.get_state(Money)
        if money.customer not in account.customers:
            return gone()
        given = fields(form).get("sum", "")
        self.amount, self.fault = str(given)[:30], ""
        try:
            minor = sum_of(given, money.currency)
        except BadArgument:
            minor = None
        if minor is None:
            self.fault = "not_a_sum"
            return rx.set_focus("sum")
        try:
            async with database.session() as s:
                made = await papers.invoice(s, money.customer, minor, datetime.now(UTC))
                await self._read(s, money.customer)
        except PaperError as refused:
            self.fault = refused.code
            return rx.set_focus("sum")
        self.amount = ""
        return rx.download(url=f"/customer/papers/{made.id}.pdf")

    @rx.event
    @roles("customer")
    async def ask_act(self, month: str):
        """The act of a month; there is one, however often it is asked for."""
        account, money = current_account(self), await self.get_state(Money)
        if money.customer not in account.customers:
            return gone()
        try:
            wanted = date.fromisoformat(line(month, 10))
        except ValueError:
            raise BadArgument("a month is expected") from None
        try:
            async with database.session() as s:
                made = await papers.act_of(s, money.customer, wanted, datetime.now(UTC))
                await self._read(s, money.customer)
        except PaperError as refused:
            self.fault = refused.code
            return None
        return rx.download(url=f"/customer/papers/{made.id}.pdf")
