"""An operator asks to be paid what is available."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import reflex as rx

from exchange_app.arguments import fields
from exchange_app.ids import read_id
from exchange_app.security import current_account, roles
from exchange_domain import database, ledger, payouts
from exchange_domain.call_rows import epoch_ms
from exchange_domain.payouts import PayoutError
from exchange_domain.settings import settings

from .earnings_state import Earnings

SHOWN = 20


@dataclass(frozen=True)
class Wish:
    """One of her wishes, as the page shows it."""

    id: str
    at_ms: int
    amount: int
    currency: str
    target: str
    state: str
    why: str


def hidden(target: str) -> str:
    """Where the money goes, so that she knows it and nobody over her shoulder does: the last digits."""
    digits = "".join(sign for sign in target if sign.isdecimal())
    return f"•••• {digits[-4:] if len(digits) >= 8 else target[-2:]}"


class Payouts(rx.State):
    least: int = 0
    wishes: rx.Field[list[Wish]] = rx.field(default_factory=list)
    open: bool = False
    fault: str = ""
    """too_little, not_enough, no_target"""
    _wish: str = ""
    """The wish that the next press is: pressed twice, it is one."""

    @rx.event
    @roles("operator")
    async def enter(self):
        """On_load."""
        self.reset()
        self.least = settings().payout_least
        await self._read()

    async def _read(self) -> None:
        async with database.session() as s:
            found = await payouts.of_operator(s, current_account(self).account_id, SHOWN)
        self.wishes = [
            Wish(
                str(one.id), epoch_ms(one.requested_at) or 0, one.amount, one.currency, hidden(one.target),
                one.state.value, one.why,
            )
            for one in found
        ]  # fmt: skip

    @rx.event
    @roles("operator")
    def show(self, wanted: bool):
        self.open, self.fault = bool(wanted), ""
        self._wish = str(uuid4())

    @rx.event
    @roles("operator")
    async def ask(self, form: dict):
        """Asks for all that is available."""
        account_id = current_account(self).account_id
        target = str(fields(form).get("target", ""))[:400].replace("\x00", "")
        if not self._wish:
            return None
        try:
            async with database.session() as s:
                balance = await ledger.earnings(s, account_id)
                await payouts.ask(
                    s, UUID(self._wish), account_id, balance.available, balance.currency, target, datetime.now(UTC)
                )
        except PayoutError as refused:
            self.fault = refused.code
            return rx.set_focus("target")
        self.open = False
        await self._again()
        return None

    @rx.event
    @roles("operator")
    async def cancel(self, payout_id: str):
        """Takes a wish back that is in no batch yet."""
        wanted: Any = read_id(payout_id)
        if wanted is None:
            return
        try:
            async with database.session() as s:
                await payouts.cancel(s, wanted, current_account(self).account_id, datetime.now(UTC))
        except PayoutError:
            # It is on its way by now, or nobody's: the list says which.
            pass
        await self._again()

    async def _again(self) -> None:
        await self._read()
        earnings = await self.get_state(Earnings)
        async with database.session() as s:
            balance = await ledger.earnings(s, current_account(self).account_id)
        earnings.available, earnings.pending = balance.available, balance.held
