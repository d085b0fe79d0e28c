"""The customer's balance, in view on every page of theirs."""

import reflex as rx

from exchange_app.design import badge
from exchange_app.i18n import money, t
from exchange_app.security import current_account, roles
from exchange_domain import database, ledger

from .rights import campaign_in, owned


class Purse(rx.State):
    """The balance of the customer whose page is open: of the campaign's own, else of the first."""

    shown: bool = False
    available: int = 0
    held: int = 0
    currency: str = "RUB"

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load of every page of the customer."""
        account = current_account(self)
        async with database.session() as db:
            campaign = await owned(db, account, campaign_in(self.router.url.path))
            customer_id = campaign.customer_id if campaign else next(iter(account.customers), None)
            if customer_id is None:
                self.shown = False
                return
            balance = await ledger.balance(db, customer_id)
        self.available, self.held, self.currency = balance.available, balance.held, balance.currency
        self.shown = True


def purse() -> rx.Component:
    """For the top bar."""
    amount = money(Purse.available, Purse.currency)
    return rx.cond(
        Purse.shown,
        rx.link(
            badge(
                t("On account: {amount}", amount=amount),
                tone=rx.cond(Purse.available > 0, "gray", "red"),
                icon="wallet",
            ),
            href="/customer/money",
            underline="none",
            class_name="no-m",
        ),
        rx.fragment(),
    )
