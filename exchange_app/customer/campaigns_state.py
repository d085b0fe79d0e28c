"""The list of a customer's campaigns, and making a new one."""

from dataclasses import dataclass

import reflex as rx

from exchange_app.arguments import line, whole
from exchange_app.security import current_account, roles
from exchange_domain import campaigns, database, ledger
from exchange_domain.tables import Customer
from exchange_domain.words import PilotState

from .overview import CampaignLine, campaigns_of


@dataclass(frozen=True)
class Owned:
    """A customer of this account with its money in minor units."""

    id: int
    name: str
    currency: str
    available: int
    held: int


class Campaigns(rx.State):
    loaded: bool = False
    rows: rx.Field[list[CampaignLine]] = rx.field(default_factory=list)
    customers: rx.Field[list[Owned]] = rx.field(default_factory=list)
    making: bool = False
    """Whether the dialog for a new campaign is open."""
    name_error: str = ""
    """no_name"""

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load."""
        account = current_account(self)
        self.making, self.name_error = False, ""
        async with database.session() as db:
            self.rows = await campaigns_of(db, account.customers)
            owned = []
            for customer_id in account.customers:
                customer = await db.get_one(Customer, customer_id)
                balance = await ledger.balance(db, customer_id)
                owned.append(Owned(customer_id, customer.name, balance.currency, balance.available, balance.held))
        self.customers = owned
        self.loaded = True

    @rx.event
    @roles("customer")
    def open_new(self, wanted: bool):
        self.making, self.name_error = bool(wanted), ""

    @rx.event
    @roles("customer")
    async def create(self, form: dict):
        """Makes a draft with the usual hours, retries and dispositions, and leads to its first step."""
        account = current_account(self)
        name = line(form.get("name", ""), 200)
        if not name:
            self.name_error = "no_name"
            return
        wanted = form.get("customer")
        customer_id = whole(wanted) if wanted else next(iter(account.customers), 0)
        if customer_id not in account.customers:
            return
        async with database.session() as db:
            campaign = await campaigns.create(db, customer_id, name=name, pilot=PilotState.DUE)
        self.making = False
        return rx.redirect(f"/customer/campaign/{campaign.id}/list")
