"""Paying in: a sum, then the provider's page; and the sandbox's page, which only says what a provider would."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import reflex as rx
import structlog

from exchange_app.arguments import BadArgument, fields, one_of, uuid
from exchange_app.payments import ProviderAway, provider
from exchange_app.payments.sandbox import Sandbox, signed
from exchange_app.security import current_account, roles
from exchange_app.sums import sum_of
from exchange_domain import database, payments
from exchange_domain.payments import LEAST, PaymentError
from exchange_domain.settings import settings
from exchange_domain.tables import Customer, Payment
from exchange_domain.words import PaymentProvider, PaymentState

from .money_state import Money
from .rights import gone

log = structlog.get_logger(__name__)


class PayIn(rx.State):
    there: bool = False
    """Whether customers can pay in by themselves here."""
    sandbox: bool = False
    least: int = LEAST
    amount: str = ""
    """In units, as typed."""
    fault: str = ""
    """too_little, too_much, not_a_sum, away"""
    _wish: str = ""
    """The payment that the next press begins: pressed twice, it is one."""

    @rx.event
    @roles("customer")
    def enter(self):
        """On_load."""
        self.reset()
        self.there = provider() is not None
        self.sandbox = settings().payments == PaymentProvider.SANDBOX.value
        self._wish = str(uuid4())

    @rx.event
    @roles("customer")
    async def begin(self, form: dict):
        """On to the provider's page, with this sum."""
        account, money = current_account(self), await self.get_state(Money)
        used = provider()
        if money.customer not in account.customers or used is None:
            return gone()
        given = fields(form).get("amount", "")
        self.amount = str(given)[:20]
        try:
            minor = sum_of(given, money.currency)
        except BadArgument:
            minor = None
        if minor is None:
            self.fault = "not_a_sum"
            return rx.set_focus("amount")
        try:
            async with database.session() as s:
                begun = await payments.begin(
                    s, UUID(self._wish), money.customer, account.account_id, minor, PaymentProvider(settings().payments)
                )
            # Another sum is another payment, also after a provider that was away.
            if begun.amount != minor:
                self._wish = str(uuid4())
                return PayIn.begin({"amount": given})
            back_to = f"{settings().public_url.rstrip('/')}/customer/money"
            provider_id, pay_at = await used.begin(begun, back_to, account.email)
            async with database.session() as s:
                await payments.sent(s, begun.id, provider_id, pay_at)
        except PaymentError as refused:
            self.fault = refused.code
            return rx.set_focus("amount")
        except ProviderAway as error:
            log.warning("payment_not_begun", why=str(error))
            self.fault = "away"
            return None
        self.fault = ""
        return rx.redirect(pay_at)


class SandboxPay(rx.State):
    found: bool = False
    amount: int = 0
    currency: str = "RUB"
    customer: str = ""
    done: bool = False

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load: the payment of the address, if it is one of this person's customers and of the sandbox."""
        self.reset()
        async with database.session() as s:
            payment = await self._payment(s)
            if payment is None:
                return
            self.customer = (await s.get_one(Customer, payment.customer_id)).name
        self.found, self.amount, self.currency = True, payment.amount, payment.currency
        self.done = payment.state in (PaymentState.PAID, PaymentState.CANCELLED)

    async def _payment(self, s: Any) -> Payment | None:
        tail = str(self.router.url.path).rstrip("/").rpartition("/")[2]
        try:
            payment = await s.get(Payment, uuid(tail))
        except ValueError:
            return None
        if payment is None or payment.customer_id not in current_account(self).customers:
            return None
        return payment if payment.provider is PaymentProvider.SANDBOX else None

    @rx.event
    @roles("customer")
    async def say(self, state: str):
        """As the provider would: paid, or cancelled. The notice takes the way of every notice."""
        wanted = one_of(PaymentState, state)
        async with database.session() as s:
            payment = await self._payment(s)
        if payment is None or settings().payments != PaymentProvider.SANDBOX.value:
            return gone()
        told = await Sandbox().notice(*signed(payment, wanted))
        if told is not None:
            async with database.session() as s:
                await payments.notice(s, told, datetime.now(UTC))
        return rx.redirect("/customer/money")
