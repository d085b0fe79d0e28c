"""What the owners of a customer are written about: little money, and the week that was."""

import reflex as rx

from exchange_app.arguments import BadArgument, flag
from exchange_app.security import current_account, roles
from exchange_app.sums import sum_of, typed
from exchange_domain import database
from exchange_domain.tables import Account, Customer

from .money_state import Money
from .rights import field_of, gone


class Letters(rx.State):
    least: str = ""
    """In units, as typed; empty: no letter."""
    fault: str = ""
    """not_a_sum"""
    weekly: bool = True

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load, after Money's own."""
        self.reset()
        account, money = current_account(self), await self.get_state(Money)
        if money.customer not in account.customers:
            return
        async with database.session() as s:
            customer = await s.get_one(Customer, money.customer)
            self.weekly = (await s.get_one(Account, account.account_id)).weekly_mail
        self.least = typed(customer.low_balance, customer.currency)

    @rx.event
    @roles("customer")
    async def change_least(self, field: str, value: str):
        """Saves while it is typed; what is no sum is not saved."""
        customer_id, _ = field_of(field)
        if customer_id not in current_account(self).customers:
            return gone()
        self.least, self.fault = str(value)[:30], ""
        async with database.session() as s:
            customer = await s.get_one(Customer, customer_id, with_for_update=True)
            try:
                customer.low_balance, customer.low_told_at = sum_of(value, customer.currency), None
            except BadArgument:
                self.fault = "not_a_sum"
            s.add(customer)
        return None

    @rx.event
    @roles("customer")
    async def switch_weekly(self, on: bool):
        self.weekly = flag(on)
        async with database.session() as s:
            account = await s.get_one(Account, current_account(self).account_id)
            account.weekly_mail = self.weekly
            s.add(account)
