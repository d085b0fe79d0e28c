"""What providers say: only their own word counts, however often and in whatever order it comes."""

import itertools
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import stripe
from sqlmodel import select
from starlette.applications import Starlette

from exchange_app import payments as web_payments
from exchange_app.payments import ProviderAway, provider
from exchange_app.payments.sandbox import HEADER, signature, signed
from exchange_domain import books, customers, database, ledger, payments
from exchange_domain.tables import Payment, PaymentNotice
from exchange_domain.words import PaymentProvider, PaymentState

AMOUNT = 150_050
SECRET = "whsec_test"


@dataclass
class TheirServer:
    """A provider's API as its library asks it: what it answers by path, and what it was asked."""

    url: str
    answers: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)


@pytest.fixture
def theirs() -> Iterator[TheirServer]:
    made = TheirServer("")

    class Answering(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            made.asked.append((f"{self.command} {self.path}", dict(self.headers.items()), body))
            status, answer = made.answers.get(f"{self.command} {self.path}", (404, {}))
            said = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _answer

        def log_message(self, *_: object) -> None:
            """Nothing on the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    made.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
async def customer(database_url: str, settings_env) -> AsyncIterator[int]:
    settings_env(
        database_url=database_url, payments="sandbox", sandbox_secret="s3cret", stripe_secret_key="sk_test_1",
        stripe_webhook_secret=SECRET, yookassa_shop_id="100500", yookassa_secret_key="test_key",
    )  # fmt: skip
    async with database.session() as s:
        made = await customers.create(s, name="Мебель")
    yield made.id or 0
    await database.dispose()


@pytest.fixture
async def web(customer: int) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=web_payments.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://exchange.example") as client:
        yield client


async def pending(customer: int, name: PaymentProvider, provider_id: str) -> Payment:
    async with database.session() as s:
        made = await payments.begin(s, uuid4(), customer, None, AMOUNT, name)
        return await payments.sent(s, made.id, provider_id, "https://pay.example")


async def available(customer: int) -> int:
    async with database.session() as s:
        assert await books.check(s) == []
        return (await ledger.balance(s, customer)).available


async def results() -> list[str]:
    async with database.session() as s:
        return [one.result for one in await s.exec(select(PaymentNotice).order_by(PaymentNotice.id))]  # pyright: ignore[reportArgumentType]


# --- the sandbox: the rules of every provider ---


@pytest.mark.parametrize("order", list(itertools.permutations(("paid", "cancelled", "pending"))))
async def test_each_notice_three_times_in_any_order_is_booked_once(
    customer: int, web: httpx.AsyncClient, order: tuple[str, ...]
):
    payment = await pending(customer, PaymentProvider.SANDBOX, "sandbox_1")
    told = {state: signed(payment, PaymentState(state)) for state in order}
    for state in (*order, *reversed(order), *order):
        headers, body = told[state]
        assert (await web.post("/webhooks/payments/sandbox", headers=headers, content=body)).status_code == 200
    assert await available(customer) == AMOUNT
    assert sorted(await results()) in (["cancelled", "ignored", "paid"], ["ignored", "ignored", "paid"])


async def test_forged_old_and_changed_notices_are_none(customer: int, web: httpx.AsyncClient):
    payment = await pending(customer, PaymentProvider.SANDBOX, "sandbox_1")
    headers, body = signed(payment, PaymentState.PAID)
    old = signature(body, int(time.time()) - 301)
    for given, content in (
        ({}, body), ({HEADER: "t=1,v1=00"}, body), ({HEADER: "t=x"}, body), ({HEADER: old}, body),
        (headers, body.replace(b"150050", b"950050")),
    ):  # fmt: skip
        answer = await web.post("/webhooks/payments/sandbox", headers=given, content=content)
        assert (answer.status_code, answer.json()["error"]) == (400, "not_verified")
    assert await available(customer) == 0 and await results() == []
    assert (await web.post("/webhooks/payments/sandbox", headers=headers, content=b"x" * 300_000)).status_code == 413


async def test_a_provider_that_is_not_used_is_not_there(customer: int, web: httpx.AsyncClient, settings_env):
    settings_env(payments="stripe", yookassa_shop_id="")
    for name in ("sandbox", "yookassa", "nobody"):
        assert (await web.post(f"/webhooks/payments/{name}", content=b"{}")).status_code == 404
    assert provider(PaymentProvider.SANDBOX) is None, "never beside a real one: it books what it is told"


# --- Stripe ---


def stripe_event(kind: str, event_id: str = "evt_1", **session: Any) -> bytes:
    found = {
        "id": "cs_1", "object": "checkout.session", "amount_total": AMOUNT, "currency": "rub", "payment_status": "paid",
    } | session  # fmt: skip
    return json.dumps(
        {"id": event_id, "object": "event", "type": kind, "api_version": stripe.api_version, "data": {"object": found}}
    ).encode()


def stripe_headers(body: bytes, at: int | None = None) -> dict[str, str]:
    moment = int(time.time()) if at is None else at
    mark = stripe.WebhookSignature._compute_signature(f"{moment}.{body.decode()}", SECRET)
    return {"stripe-signature": f"t={moment},v1={mark}"}


async def test_a_payment_by_stripe(customer: int, web: httpx.AsyncClient, theirs: TheirServer, settings_env):
    settings_env(payments="stripe", stripe_api=theirs.url)
    theirs.answers["POST /v1/checkout/sessions"] = (
        200, {"id": "cs_1", "object": "checkout.session", "url": "https://checkout.stripe.example/cs_1"},
    )  # fmt: skip
    used = provider()
    assert used is not None
    async with database.session() as s:
        payment = await payments.begin(s, uuid4(), customer, None, AMOUNT, PaymentProvider.STRIPE)
    assert await used.begin(payment, "https://exchange.example/customer/money") == (
        "cs_1", "https://checkout.stripe.example/cs_1",
    )  # fmt: skip
    ((_, headers, body),) = theirs.asked
    assert {name.lower(): value for name, value in headers.items()}["idempotency-key"] == str(payment.id)
    assert f"unit_amount]={AMOUNT}" in body.replace("%5B", "[").replace("%5D", "]")
    async with database.session() as s:
        await payments.sent(s, payment.id, "cs_1", "x")
    promised = stripe_event("checkout.session.completed", "evt_0", payment_status="unpaid")
    paid = stripe_event("checkout.session.async_payment_succeeded")
    for body in (paid, promised, paid, stripe_event("checkout.session.expired", "evt_2"), promised):
        assert (
            await web.post("/webhooks/payments/stripe", headers=stripe_headers(body), content=body)
        ).status_code == 200
    assert await available(customer) == AMOUNT
    other = stripe_event("invoice.paid", "evt_3")
    assert (await web.post("/webhooks/payments/stripe", headers=stripe_headers(other), content=other)).json() == {
        "result": "ignored"
    }


async def test_stripes_signature_is_checked_and_its_age(customer: int, web: httpx.AsyncClient):
    await pending(customer, PaymentProvider.STRIPE, "cs_1")
    body = stripe_event("checkout.session.completed")
    for headers in ({}, {"stripe-signature": "t=1,v1=0"}, stripe_headers(body, int(time.time()) - 301)):
        assert (await web.post("/webhooks/payments/stripe", headers=headers, content=body)).status_code == 400
    changed = body.replace(b"150050", b"150051")
    assert (
        await web.post("/webhooks/payments/stripe", headers=stripe_headers(body), content=changed)
    ).status_code == 400
    assert await available(customer) == 0


async def test_stripe_that_is_away_begins_nothing(customer: int, theirs: TheirServer, settings_env):
    settings_env(payments="stripe", stripe_api=theirs.url)
    theirs.answers["POST /v1/checkout/sessions"] = (400, {"error": {"message": "no", "type": "invalid_request_error"}})
    used = provider()
    async with database.session() as s:
        payment = await payments.begin(s, uuid4(), customer, None, AMOUNT, PaymentProvider.STRIPE)
    assert used is not None
    with pytest.raises(ProviderAway):
        await used.begin(payment, "https://exchange.example")


# --- YooKassa ---

PAID_ID = "2d9b1b2e-000f-5000-8000-18db351245c7"


def yookassa_payment(status: str, value: str = "1500.50") -> dict[str, Any]:
    return {
        "id": PAID_ID, "status": status, "paid": status == "succeeded", "test": True, "refundable": False,
        "amount": {"value": value, "currency": "RUB"}, "created_at": "2026-11-26T10:00:00.000Z",
        "confirmation": {"type": "redirect", "confirmation_url": "https://yookassa.example/pay"},
    }  # fmt: skip


def yookassa_notice(event: str) -> bytes:
    return json.dumps(
        {"type": "notification", "event": event, "object": {"id": PAID_ID, "status": "succeeded"}}
    ).encode()


async def test_a_payment_by_yookassa(customer: int, web: httpx.AsyncClient, theirs: TheirServer, settings_env):
    settings_env(payments="yookassa", yookassa_api=theirs.url, yookassa_vat_code=6)
    theirs.answers["POST /payments"] = (200, yookassa_payment("pending"))
    used = provider()
    assert used is not None
    async with database.session() as s:
        payment = await payments.begin(s, uuid4(), customer, None, AMOUNT, PaymentProvider.YOOKASSA)
    provider_id, pay_at = await used.begin(payment, "https://exchange.example/customer/money", "owner@mail.example")
    assert (provider_id, pay_at) == (PAID_ID, "https://yookassa.example/pay")
    ((_, headers, body),) = theirs.asked
    assert UUID({name.lower(): value for name, value in headers.items()}["idempotence-key"]) == payment.id
    asked = json.loads(body)
    assert asked["amount"] == {"value": "1500.50", "currency": "RUB"}
    assert asked["receipt"]["customer"] == {"email": "owner@mail.example"}
    (item,) = asked["receipt"]["items"]
    assert (item["amount"], item["vat_code"], item["payment_mode"]) == (asked["amount"], 6, "advance")
    async with database.session() as s:
        await payments.sent(s, payment.id, provider_id, pay_at)
    address = "/webhooks/payments/yookassa"
    # Whoever says "succeeded" is not believed: YooKassa itself says that it waits.
    theirs.answers[f"GET /payments/{PAID_ID}"] = (200, yookassa_payment("pending"))
    assert (await web.post(address, content=yookassa_notice("payment.succeeded"))).json() == {"result": "ignored"}
    assert await available(customer) == 0
    theirs.answers[f"GET /payments/{PAID_ID}"] = (200, yookassa_payment("succeeded"))
    said = [(await web.post(address, content=yookassa_notice("payment.succeeded"))).json()["result"] for _ in range(3)]
    assert said == ["paid", "repeated", "repeated"]
    assert (await web.post(address, content=yookassa_notice("payment.canceled"))).json()["result"] == "repeated"
    assert await available(customer) == AMOUNT


async def test_yookassas_notices_are_nothing_without_it(
    customer: int, web: httpx.AsyncClient, theirs: TheirServer, settings_env
):
    settings_env(payments="yookassa", yookassa_api=theirs.url)
    await pending(customer, PaymentProvider.YOOKASSA, PAID_ID)
    theirs.answers[f"GET /payments/{PAID_ID}"] = (500, {})
    address = "/webhooks/payments/yookassa"
    assert (await web.post(address, content=yookassa_notice("payment.succeeded"))).status_code == 503
    for body in (b"", b"[]", b'{"event": "payment.succeeded"}', b'{"event": "refund.succeeded", "object": {"id": "x"}}',
                 b'{"event": "payment.succeeded", "object": {"id": "../payouts"}}'):  # fmt: skip
        assert (await web.post(address, content=body)).status_code == 400
    theirs.answers[f"GET /payments/{PAID_ID}"] = (200, yookassa_payment("succeeded", "1500.49"))
    assert (await web.post(address, content=yookassa_notice("payment.succeeded"))).json()["result"] == "mismatch"
    assert await available(customer) == 0
