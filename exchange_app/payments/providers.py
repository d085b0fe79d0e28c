"""What every provider of payments can do. Which one is used, the settings say (`PAYMENTS`)."""

from collections.abc import Mapping
from typing import Protocol

from exchange_domain.payments import Notice
from exchange_domain.settings import settings
from exchange_domain.tables import Payment
from exchange_domain.words import PaymentProvider

MINOR = 100
"""Minor units in a unit of all currencies that are taken."""


class ProviderAway(Exception):
    """The provider could not be reached, or refused: nothing was begun, the same press may be repeated."""


class NotVerified(Exception):
    """Not a word of the provider's: a wrong signature, too old, or nothing it knows of."""


class Provider(Protocol):
    """One way to pay in."""

    async def begin(self, payment: Payment, back_to: str, payer: str = "") -> tuple[str, str]:
        """The provider's id of the payment, and the address of the page that takes the money.

        `payer` is the e-mail of whoever pays, for the receipt that a provider has to send where the law wants one.
        The payment's own id is the idempotency key: again, it is the same payment there. Raises ProviderAway.
        """
        ...

    async def notice(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        """A verified notice; None: one that is of no interest. Raises NotVerified, ProviderAway."""
        ...


def provider(name: PaymentProvider | None = None) -> Provider | None:
    """The provider of that name, or the one that is used; None: there is none (of that name)."""
    from .sandbox import Sandbox
    from .stripe import Stripe
    from .yookassa import YooKassa

    given = settings()
    used = PaymentProvider(given.payments) if given.payments else None
    match name or used:
        case PaymentProvider.SANDBOX if used is PaymentProvider.SANDBOX:
            # It books what it is told to: only where the settings say so, never beside a real one.
            return Sandbox()
        case PaymentProvider.STRIPE if given.stripe_secret_key.get_secret_value():
            return Stripe()
        case PaymentProvider.YOOKASSA if given.yookassa_shop_id:
            return YooKassa()
    return None
