"""Addresses of customers' programs that are told of events: in order, signed, until they answer.

Source: Standard Webhooks 1.0.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import customer_events
from .customer_events import Event
from .tables import WebhookDelivery, WebhookEndpoint
from .words import EventKind

TASK = "tell_webhook"
MOST = 10
"""Endpoints of one customer."""
RESTS = tuple(timedelta(seconds=n) for n in (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600))
"""After each try that failed; the last one again and again."""
GIVEN_UP = timedelta(days=3)
"""An endpoint that has failed for so long is stopped."""
LOG_KEPT = timedelta(days=30)
LONGEST_URL = 2000


class WebhookError(Exception):
    """Why an endpoint is not taken, as a code: bad_url, not_https, no_kind, too_many."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def checked(url: str, *, plain_allowed: bool = False) -> str:
    """The address, if it may be an endpoint. Where it leads is looked at when it is asked. Raises WebhookError."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise WebhookError("bad_url") from None
    printable = url.isascii() and url.isprintable() and not any(c.isspace() for c in url)
    if not host or not printable or len(url) > LONGEST_URL or parts.username is not None or parts.fragment:
        raise WebhookError("bad_url")
    if parts.scheme == "http" and not plain_allowed:
        raise WebhookError("not_https")
    if parts.scheme not in ("https", "http"):
        raise WebhookError("bad_url")
    return url


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def sign(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message: its id, when it was sent, and HMAC-SHA-256 over both and the body, base64.

    Source: Standard Webhooks 1.0, "Signature scheme".
    """
    moment = str(int(at.timestamp()))
    try:
        secret_bytes = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        secret_bytes = secret.encode()
    signed = f"{message_id}.{moment}.".encode() + body
    signature = base64.b64encode(hmac.new(secret_bytes, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": moment, "webhook-signature": f"v1,{signature}"}


async def add(
    s: AsyncSession, customer_id: int, url: str, kinds: Iterable[EventKind], *, plain_allowed: bool = False
) -> WebhookEndpoint:
    """An endpoint that is told of what happens from now on. Raises WebhookError."""
    url, wanted = checked(url, plain_allowed=plain_allowed), sorted({kind.value for kind in kinds})
    if not wanted:
        raise WebhookError("no_kind")
    if len(await of_customer(s, customer_id)) >= MOST:
        raise WebhookError("too_many")
    await customer_events.number(s, customer_id, everything=True)
    row = WebhookEndpoint(
        customer_id=customer_id, url=url, secret=new_secret(), kinds=wanted,
        told_upto=await customer_events.last(s, customer_id),
    )  # fmt: skip
    s.add(row)
    await s.flush()
    return row


def state_of(row: WebhookEndpoint) -> Literal["working", "failing", "stopped"]:
    """How an endpoint stands."""
    return "stopped" if row.stopped_at else "failing" if row.failures else "working"


async def of_customer(s: AsyncSession, customer_id: int) -> list[WebhookEndpoint]:
    mine = select(WebhookEndpoint).where(WebhookEndpoint.customer_id == customer_id)
    return list(await s.exec(mine.order_by(col(WebhookEndpoint.id))))


async def one(s: AsyncSession, endpoint_id: int, customer_id: int, *, lock: bool = False) -> WebhookEndpoint | None:
    """None: the customer has no such endpoint."""
    row = await s.get(WebhookEndpoint, endpoint_id, with_for_update=lock or None)
    return row if row is not None and row.customer_id == customer_id else None


async def remove(s: AsyncSession, endpoint_id: int, customer_id: int) -> bool:
    row = await one(s, endpoint_id, customer_id, lock=True)
    if row is not None:
        await s.delete(row)
    return row is not None


async def stop(s: AsyncSession, endpoint_id: int, customer_id: int, at: datetime) -> WebhookEndpoint | None:
    row = await one(s, endpoint_id, customer_id, lock=True)
    if row is not None:
        row.stopped_at = row.stopped_at or at
        s.add(row)
    return row


async def go_on(s: AsyncSession, endpoint_id: int, customer_id: int) -> WebhookEndpoint | None:
    """Tries again at once, from where it was."""
    row = await one(s, endpoint_id, customer_id, lock=True)
    if row is not None:
        row.stopped_at = row.failing_since = row.next_try_at = None
        row.failures = 0
        s.add(row)
    return row


async def deliveries(
    s: AsyncSession, endpoint_id: int, *, before: int | None = None, limit: int = 50
) -> list[WebhookDelivery]:
    """The tries of an endpoint, the latest first."""
    query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    if before is not None:
        query = query.where(col(WebhookDelivery.id) < before)
    return list(await s.exec(query.order_by(col(WebhookDelivery.id).desc()).limit(limit)))


# --- the worker's side ----------------------------------------------------------------------------------------------

_PENDING = text("""
select w.id from webhook_endpoint w
where w.stopped_at is null and (w.next_try_at is null or w.next_try_at <= :now) and (
  exists (select from customer_event e where e.customer_id = w.customer_id and e.seq is null)
  or exists (select from customer_event e where e.customer_id = w.customer_id and e.seq > w.told_upto))
""")


async def pending(s: AsyncSession, now: datetime) -> list[int]:
    """Endpoints for which there is something, and that may be tried now."""
    return list((await s.execute(_PENDING, {"now": now})).scalars())


async def next_event(s: AsyncSession, endpoint_id: int, now: datetime) -> tuple[WebhookEndpoint, Event] | None:
    """What the endpoint is to be told next; None: nothing, or not now. What is not for it is passed over."""
    row = await s.get(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
    if row is None or row.stopped_at is not None or (row.next_try_at is not None and row.next_try_at > now):
        return None
    while found := await customer_events.after(s, row.customer_id, row.told_upto):
        for event in found:
            if event.kind.value in row.kinds:
                return row, event
            row.told_upto = event.seq
        s.add(row)
    return None


def message_id(endpoint_id: int, event: Event) -> str:
    """The same at each try, so that the other side can tell a repetition."""
    return f"evt_{endpoint_id}_{event.seq}"


async def tried(
    s: AsyncSession, endpoint_id: int, event: Event, now: datetime, *, status: int | None, error: str, took_ms: int
) -> bool:
    """Writes down what became of a try; returns whether it was taken: any 2xx is a yes."""
    row = await s.get(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
    if row is None:
        return False
    taken = status is not None and 200 <= status < 300
    s.add(
        WebhookDelivery(
            endpoint_id=endpoint_id, seq=event.seq, kind=event.kind, call_id=event.call_id, attempt=row.failures + 1,
            status=status, error="" if taken else error or "status", took_ms=took_ms,
        )
    )  # fmt: skip
    if taken:
        row.told_upto = max(row.told_upto, event.seq)
        row.failures, row.failing_since, row.next_try_at = 0, None, None
    else:
        row.failing_since = row.failing_since or now
        row.next_try_at = now + RESTS[min(row.failures, len(RESTS) - 1)]
        row.failures += 1
        if now - row.failing_since >= GIVEN_UP:
            row.stopped_at = now
    s.add(row)
    return taken


async def forget_log(s: AsyncSession, before: datetime) -> int:
    gone = await s.execute(
        text(
            "delete from webhook_delivery where id in (select id from webhook_delivery where at < :before limit 5000)"
        ),
        {"before": before},
    )
    return gone.rowcount  # pyright: ignore[reportAttributeAccessIssue]
