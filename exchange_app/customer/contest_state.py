"""A charge that the customer does not accept: what for, and in which words."""

from datetime import UTC, datetime

import reflex as rx

from exchange_app.arguments import fields, paragraphs, uuid
from exchange_app.security import current_account, roles
from exchange_domain import database, disputes
from exchange_domain.disputes import DisputeError

from .money_state import Money
from .rights import gone


class Contest(rx.State):
    open: bool = False
    call_id: str = ""
    contact: str = ""
    amount: int = 0
    fault: str = ""
    """no_words, too_late, nothing_charged, not_settled"""

    @rx.event
    @roles("customer")
    async def ask(self, call_id: str):
        """Opens the question about a line of the statement."""
        wanted = str(uuid(call_id))
        money = await self.get_state(Money)
        line = next((one for one in money.lines if one.call_id == wanted), None)
        if line is None:
            return gone()
        self.open, self.call_id, self.fault = True, wanted, ""
        self.contact, self.amount = line.contact or line.number, -line.amount
        return None

    @rx.event
    @roles("customer")
    def show(self, wanted: bool):
        self.open = bool(wanted) and bool(self.call_id)

    @rx.event
    @roles("customer")
    async def send(self, form: dict):
        """Contests the charge; a second press finds it contested."""
        account, money = current_account(self), await self.get_state(Money)
        words = paragraphs(fields(form).get("words", ""), 2_000)
        if money.customer not in account.customers or not self.call_id:
            return gone()
        try:
            async with database.session() as s:
                await disputes.contest(
                    s, uuid(self.call_id), money.customer, account.account_id, words, datetime.now(UTC)
                )
        except DisputeError as refused:
            if refused.code == "not_yours":
                return gone()
            self.fault = refused.code
            return rx.set_focus("words")
        self.open = False
        await money._show(account, money.customer)
        return None
