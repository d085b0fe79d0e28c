"""Stripe Checkout, through Stripe's own library. https://docs.stripe.com/payments/checkout, …/webhooks"""

from collections.abc import Mapping

import stripe

from exchange_domain.payments import Notice
from exchange_domain.settings import settings
from exchange_domain.tables import Payment
from exchange_domain.words import PaymentProvider, PaymentState

from .providers import NotVerified, ProviderAway

_STATES = {
    "checkout.session.async_payment_succeeded": PaymentState.PAID,
    "checkout.session.async_payment_failed": PaymentState.CANCELLED,
    "checkout.session.expired": PaymentState.CANCELLED,
}
_COMPLETED = "checkout.session.completed"
"""Paid at once, or (bank transfers and the like) only promised."""


class Stripe:
    """Implements `Provider`."""

    def __init__(self) -> None:
        given = settings()
        self._client = stripe.StripeClient(
            given.stripe_secret_key.get_secret_value(), max_network_retries=2,
            base_addresses={"api": given.stripe_api} if given.stripe_api else None,
        )  # fmt: skip

    async def begin(self, payment: Payment, back_to: str, payer: str = "") -> tuple[str, str]:
        line = {
            "quantity": 1,
            "price_data": {
                "currency": payment.currency.lower(), "unit_amount": payment.amount,
                "product_data": {"name": "Calls"},
            },
        }  # fmt: skip
        try:
            made = await self._client.v1.checkout.sessions.create_async(
                {
                    "mode": "payment", "line_items": [line], "success_url": back_to, "cancel_url": back_to,
                    "client_reference_id": str(payment.id),
                },  # pyright: ignore[reportArgumentType]
                {"idempotency_key": str(payment.id)},
            )  # fmt: skip
        except stripe.StripeError as error:
            raise ProviderAway(type(error).__name__) from error
        return made.id, made.url or back_to

    async def notice(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        secret = settings().stripe_webhook_secret.get_secret_value()
        if not secret:
            raise NotVerified("no webhook secret is set")
        try:
            # Checks the signature and its age (five minutes).
            event = self._client.construct_event(body, headers.get("stripe-signature", ""), secret)
        except (stripe.SignatureVerificationError, ValueError) as error:
            raise NotVerified(type(error).__name__) from error
        session = event.data.object
        state = _STATES.get(event.type)
        if event.type == _COMPLETED:
            state = PaymentState.PAID if session["payment_status"] == "paid" else PaymentState.PENDING
        if state is None:
            return None
        return Notice(
            PaymentProvider.STRIPE, event.id, session["id"], state, int(session["amount_total"]),
            str(session["currency"]).upper(),
        )  # fmt: skip
