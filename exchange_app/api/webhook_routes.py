"""Webhooks: addresses that are told of events, and what became of each try."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import database, webhooks
from exchange_domain.api_tokens import Client
from exchange_domain.settings import settings
from exchange_domain.tables import WebhookDelivery, WebhookEndpoint
from exchange_domain.webhooks import WebhookError
from exchange_domain.words import ApiScope, EventKind

from .access import needs
from .fields import MOST_ID, Id, IdempotencyKey, In, PageSize
from .once import once
from .problems import ApiProblem, documented, not_found

router = APIRouter(tags=["webhooks"])
Writer = Annotated[Client, needs(ApiScope.WEBHOOKS_WRITE)]
REFUSED = {
    "bad_url": "This is no address of a web server.",
    "not_https": "An address begins with https://",
    "no_kind": "Name at least one kind of event.",
    "too_many": f"A customer has {webhooks.MOST} endpoints at most.",
}


class WebhookIn(In):
    url: str = Field(min_length=8, max_length=webhooks.LONGEST_URL, examples=["https://crm.example/hooks/exchange"])
    kinds: list[EventKind] = Field(min_length=1, max_length=len(EventKind))


class StateIn(In):
    state: Literal["working", "stopped"]


class WebhookOut(BaseModel):
    id: int
    url: str
    kinds: list[EventKind]
    state: Literal["working", "failing", "stopped"]
    failures: int
    next_try_at: datetime | None
    created_at: datetime


class WebhookMade(WebhookOut):
    secret: str = Field(description="Checks the signature of what is sent (Standard Webhooks). Shown only now.")


class DeliveryOut(BaseModel):
    id: int
    sequence: int
    kind: EventKind
    call_id: UUID | None
    attempt: int
    status: int | None
    error: str
    took_ms: int
    at: datetime


class DeliveryPage(BaseModel):
    deliveries: list[DeliveryOut]
    more: bool


def _shown(row: WebhookEndpoint) -> WebhookOut:
    assert row.id is not None and row.created_at is not None
    return WebhookOut(
        id=row.id, url=row.url, kinds=[EventKind(kind) for kind in row.kinds], state=webhooks.state_of(row),
        failures=row.failures, next_try_at=row.next_try_at, created_at=row.created_at,
    )  # fmt: skip


def _delivery(row: WebhookDelivery) -> DeliveryOut:
    assert row.id is not None and row.at is not None
    return DeliveryOut(
        id=row.id, sequence=row.seq, kind=row.kind, call_id=row.call_id, attempt=row.attempt, status=row.status,
        error=row.error, took_ms=row.took_ms, at=row.at,
    )  # fmt: skip


@router.get("/webhooks", responses=documented())
async def list_webhooks(client: Writer) -> list[WebhookOut]:
    async with database.session() as s:
        return [_shown(row) for row in await webhooks.of_customer(s, client.customer_id)]


@router.post("/webhooks", status_code=201, response_model=WebhookMade, responses=documented(400, 409, 413))
async def create_webhook(
    request: Request, response: Response, client: Writer, body: WebhookIn, idempotency_key: IdempotencyKey = None
) -> JSONResponse:
    """Tells the address of each event from now on, in order, by POST; a reply of 2xx within 10 s means taken. Else it
    is tried again, ever more seldom, for three days."""

    async def act(s: AsyncSession) -> WebhookMade:
        try:
            row = await webhooks.add(
                s, client.customer_id, body.url, body.kinds, plain_allowed=settings().webhooks_inside
            )
        except WebhookError as refused:
            status = 409 if refused.code == "too_many" else 422
            raise ApiProblem(status, refused.code, REFUSED[refused.code], where="body.url") from None
        await s.refresh(row)
        return WebhookMade(**_shown(row).model_dump(), secret=row.secret)

    return await once(request, client, idempotency_key, body, act, status=201, response=response)


@router.get("/webhooks/{webhook_id}", responses=documented(404))
async def get_webhook(client: Writer, webhook_id: Id) -> WebhookOut:
    async with database.session() as s:
        row = await webhooks.one(s, webhook_id, client.customer_id)
        if row is None:
            raise not_found()
        return _shown(row)


@router.delete("/webhooks/{webhook_id}", status_code=204, responses=documented(404))
async def delete_webhook(client: Writer, webhook_id: Id) -> Response:
    async with database.session() as s:
        if not await webhooks.remove(s, webhook_id, client.customer_id):
            raise not_found()
    return Response(status_code=204)


@router.put("/webhooks/{webhook_id}/state", responses=documented(400, 404, 413))
async def put_webhook_state(client: Writer, webhook_id: Id, body: StateIn) -> WebhookOut:
    """`working` goes on from where it was: what has happened meanwhile is told then."""
    async with database.session() as s:
        if body.state == "stopped":
            row = await webhooks.stop(s, webhook_id, client.customer_id, datetime.now(UTC))
        else:
            row = await webhooks.go_on(s, webhook_id, client.customer_id)
        if row is None:
            raise not_found()
        return _shown(row)


@router.get("/webhooks/{webhook_id}/deliveries", responses=documented(404))
async def list_deliveries(
    client: Writer,
    webhook_id: Id,
    before: Annotated[int | None, Query(ge=1, le=MOST_ID, description="The last id of the page before.")] = None,
    limit: PageSize = 50,
) -> DeliveryPage:
    """Each try, the latest first; kept for 30 days."""
    async with database.session() as s:
        if await webhooks.one(s, webhook_id, client.customer_id) is None:
            raise not_found()
        rows = await webhooks.deliveries(s, webhook_id, before=before, limit=limit + 1)
    return DeliveryPage(deliveries=[_delivery(row) for row in rows[:limit]], more=len(rows) > limit)
