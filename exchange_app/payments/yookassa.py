"""YooKassa, through its own library. https://yookassa.ru/developers/api, …/using-api/webhooks

Its notices bear no signature: what one says is asked again of YooKassa itself, and only that answer counts.
"""

import asyncio
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import requests
from yookassa import Configuration
from yookassa import Payment as TheirPayment
from yookassa.domain.exceptions import ApiError

from exchange_domain.payments import Notice
from exchange_domain.settings import settings
from exchange_domain.tables import Payment
from exchange_domain.words import PaymentProvider, PaymentState

from .providers import MINOR, NotVerified, ProviderAway

_STATES = {"succeeded": PaymentState.PAID, "canceled": PaymentState.CANCELLED, "pending": PaymentState.PENDING}
_LONGEST_ID = 64


class YooKassa:
    """Implements `Provider`."""

    def __init__(self) -> None:
        given = settings()
        more = {"api_url": given.yookassa_api} if given.yookassa_api else {}
        Configuration.configure(
            given.yookassa_shop_id, given.yookassa_secret_key.get_secret_value(), timeout=1_000, max_attempts=2, **more
        )

    async def begin(self, payment: Payment, back_to: str, payer: str = "") -> tuple[str, str]:
        wanted: dict[str, Any] = {
            "amount": {"value": f"{Decimal(payment.amount) / MINOR:.2f}", "currency": payment.currency},
            "capture": True,
            "confirmation": {"type": "redirect", "return_url": back_to},
            "metadata": {"payment": str(payment.id)},
        }
        if settings().yookassa_vat_code:
            wanted["receipt"] = _receipt(wanted["amount"], payer)
        made = await _asked(TheirPayment.create, wanted, str(payment.id))
        return str(made.id), str(made.confirmation.confirmation_url)

    async def notice(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        try:
            told = json.loads(body)
            event, provider_id = str(told["event"]), str(told["object"]["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise NotVerified("not a notice") from error
        if not event.startswith("payment.") or not provider_id.replace("-", "").isalnum():
            raise NotVerified("not a notice of a payment")
        if len(provider_id) > _LONGEST_ID:
            raise NotVerified("not an id")
        true = await _asked(TheirPayment.find_one, provider_id)
        state = _STATES.get(true.status)
        if state is None:
            return None
        try:
            minor = Decimal(true.amount.value) * MINOR
        except InvalidOperation as error:
            raise NotVerified("not an amount") from error
        return Notice(
            PaymentProvider.YOOKASSA, f"{provider_id}:{true.status}", provider_id, state, int(minor),
            str(true.amount.currency),
        )  # fmt: skip


def _receipt(amount: dict[str, str], payer: str) -> dict[str, Any]:
    """The receipt of a prepayment (54-FZ), which YooKassa's cash desk sends to the payer.

    Source: https://yookassa.ru/developers/payment-acceptance/receipts/54fz/parameters-values
    """
    item = {
        "description": "Предоплата за телефонные звонки", "quantity": "1.00", "amount": amount,
        "vat_code": settings().yookassa_vat_code, "payment_mode": "advance", "payment_subject": "payment",
    }  # fmt: skip
    return {"customer": {"email": payer}, "items": [item]}


async def _asked(work: Any, *given: Any) -> Any:
    """The library waits in its own way: in a thread it holds up nobody."""
    try:
        return await asyncio.to_thread(work, *given)
    except (ApiError, requests.RequestException, OSError) as error:
        raise ProviderAway(type(error).__name__) from error
