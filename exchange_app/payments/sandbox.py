"""A provider that moves no money, for the demo and for tests: its page is ours, its notices are signed."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from uuid import uuid4

from exchange_domain.payments import Notice
from exchange_domain.settings import settings
from exchange_domain.tables import Payment
from exchange_domain.words import PaymentProvider, PaymentState

from .providers import NotVerified

HEADER = "x-sandbox-signature"
TOLERANCE_S = 300
"""An older signature is none: a notice that somebody has kept is of no use."""


def signature(body: bytes, at_s: int) -> str:
    """`t=SECONDS,v1=HMAC-SHA256` over both, by the sandbox's secret."""
    secret = settings().sandbox_secret.get_secret_value().encode()
    if not secret:
        raise NotVerified("the sandbox has no secret")
    return f"t={at_s},v1={hmac.new(secret, f'{at_s}.'.encode() + body, hashlib.sha256).hexdigest()}"


def signed(payment: Payment, state: PaymentState) -> tuple[dict[str, str], bytes]:
    """The notice that the sandbox's page sends."""
    body = json.dumps(
        {"id": f"evt_{uuid4().hex}", "payment": payment.provider_id, "status": state.value, "amount": payment.amount,
         "currency": payment.currency}
    ).encode()  # fmt: skip
    return {HEADER: signature(body, int(time.time()))}, body


class Sandbox:
    """Implements `Provider`."""

    async def begin(self, payment: Payment, back_to: str, payer: str = "") -> tuple[str, str]:
        return f"sandbox_{payment.id.hex}", f"{settings().public_url.rstrip('/')}/customer/sandbox/{payment.id}"

    async def notice(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        given = headers.get(HEADER, "")
        moment = given.partition(",")[0].removeprefix("t=")
        if not (moment.isascii() and moment.isdigit() and len(moment) < 12):
            raise NotVerified("no signature")
        if not hmac.compare_digest(given.encode(), signature(body, int(moment)).encode()):
            raise NotVerified("wrong signature")
        if abs(time.time() - int(moment)) > TOLERANCE_S:
            raise NotVerified("too old")
        told = json.loads(body)
        return Notice(
            PaymentProvider.SANDBOX, str(told["id"]), str(told["payment"]), PaymentState(told["status"]),
            int(told["amount"]), str(told["currency"]),
        )  # fmt: skip
