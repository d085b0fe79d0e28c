"""Customers: what they have and may spend."""

from dataclasses import dataclass

import reflex as rx

from exchange_app.arguments import BadArgument, fields, line, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_app.sums import sum_of, typed
from exchange_domain import audit, database, spend_caps, system_view


@dataclass(frozen=True)
class CustomerRow:
    """Money in minor units; `cap` as its field shows it."""

    id: int
    name: str
    currency: str
    owners: str
    funds: int
    held: int
    campaigns: int
    running: int
    cap: str


class Customers(rx.State):
    loaded: bool = False
    lines: rx.Field[list[CustomerRow]] = rx.field(default_factory=list)
    search: str = ""
    wrong: int = 0
    """The customer whose cap was not taken."""

    @rx.event
    @roles("admin")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._read()
        self.loaded = True

    async def _read(self) -> None:
        async with database.session() as s:
            found = await system_view.customer_lines(s, search=self.search)
        self.lines = [
            CustomerRow(
                c.id, c.name, c.currency, c.owners, c.funds, c.held, c.campaigns, c.running, typed(c.cap, c.currency)
            )
            for c in found
        ]

    @rx.event
    @roles("admin")
    async def find(self, form: dict):
        self.search = line(fields(form).get("search", ""), 100)
        await self._read()

    @rx.event
    @roles("admin")
    async def change_cap(self, customer_id: int, value: str):
        """The most a customer may spend in a day; empty: as much as it has."""
        wanted = whole(customer_id)
        known = next((one for one in self.lines if one.id == wanted), None)
        if known is None or line(value, 30) == known.cap:
            return None
        try:
            amount = sum_of(value, known.currency)
        except BadArgument:
            self.wrong = wanted
            return None
        async with database.session() as s:
            before = (await spend_caps.caps_of(s, wanted)).customer
            await spend_caps.set_cap(s, wanted, None, amount)
            await audit.write(
                s, current_account(self).account_id, "cap_changed", f"customer:{wanted}", before=before, after=amount
            )
        self.wrong = 0
        await self._read()
        return rx.toast.success(later("Saved."))
