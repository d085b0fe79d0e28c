"""A customer's other programs: their tokens, what they were answered, what they are told of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Integer, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from ..words import EventKind
from .columns import Table, created, document, key, moment, points_at, text, whole, word


class ApiToken(Table, table=True):
    """What a program of a customer shows to be let in. Only the token's SHA-256 is kept."""

    id: int | None = key()
    customer_id: int = points_at("customer.id", index=True, ondelete="CASCADE")
    name: str = text()
    """The customer's word for the program."""
    token_hash: str = text()
    ending: str = text()
    """The token's last four signs, to tell it by."""
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    """Of words.ApiScope."""
    created_by: int | None = points_at("account.id", nullable=True)
    created_at: datetime | None = created()
    last_used_at: datetime | None = moment()
    revoked_at: datetime | None = moment()

    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("length(name) between 1 and 100", name="name_length"),
        CheckConstraint("cardinality(scopes) > 0", name="has_scopes"),
    )


class ApiReply(Table, table=True):
    """What a request with an Idempotency-Key was answered, in the transaction of what it did."""

    customer_id: int = points_at("customer.id", primary_key=True, ondelete="CASCADE")
    idempotency_key: str = Field(sa_column=Column(Text, primary_key=True))
    fingerprint: str = text()
    """Of method, path and body: another request under the same key is refused."""
    status: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    body: dict[str, Any] = document()
    created_at: datetime | None = created()

    __table_args__ = (
        CheckConstraint("length(idempotency_key) between 1 and 255", name="key_length"),
        Index("ix_api_reply_created_at", "created_at"),
    )


class CustomerEvent(Table, table=True):
    """Something of a customer's has changed. The row says what, not how: whoever is told reads it as it is by then.

    The database adds rows by itself. `seq` is given to what is committed (customer_events), so that whoever has read
    up to a number has missed nothing below it.
    """

    id: int | None = key()
    seq: int | None = whole(nullable=True)
    customer_id: int = points_at("customer.id", ondelete="CASCADE")
    campaign_id: int = points_at("campaign.id", ondelete="CASCADE")
    call_id: UUID | None = Field(default=None)
    kind: EventKind = word(EventKind)
    at: datetime | None = created()

    __table_args__ = (
        Index("ix_customer_event_new", "customer_id", "id", postgresql_where=sql("seq is null")),
        Index("uq_customer_event_seq", "customer_id", "seq", unique=True, postgresql_where=sql("seq is not null")),
    )


class WebhookEndpoint(Table, table=True):
    """An address of a customer that is told of events, in their order, until it answers."""

    id: int | None = key()
    customer_id: int = points_at("customer.id", index=True, ondelete="CASCADE")
    url: str = text()
    secret: str = text()
    """Signs what is sent: whsec_… (Standard Webhooks)."""
    kinds: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    """Of words.EventKind."""
    told_upto: int = whole(default=0)
    """The last event that it has taken, or that is not for it."""
    failures: int = whole(default=0)
    """Tries in a row that failed."""
    failing_since: datetime | None = moment()
    next_try_at: datetime | None = moment()
    stopped_at: datetime | None = moment()
    """It failed for too long, or was stopped; from where it was it can be begun again."""
    created_at: datetime | None = created()

    __table_args__ = (
        CheckConstraint("length(url) between 8 and 2000", name="url_length"),
        CheckConstraint("cardinality(kinds) > 0", name="has_kinds"),
    )


class WebhookDelivery(Table, table=True):
    """One try to tell an endpoint of one event; of the content nothing is kept."""

    id: int | None = key()
    endpoint_id: int = points_at("webhook_endpoint.id", ondelete="CASCADE")
    seq: int = whole()
    kind: EventKind = word(EventKind)
    call_id: UUID | None = Field(default=None)
    attempt: int = whole()
    status: int | None = whole(nullable=True)
    """HTTP status of the answer; none: there was none."""
    error: str = text(default="")
    """Code: timeout, refused, no_such_host, not_public, tls, not_http, status"""
    took_ms: int = whole(default=0)
    at: datetime | None = created()

    __table_args__ = (
        Index("ix_webhook_delivery_endpoint", "endpoint_id", "id"),
        Index("ix_webhook_delivery_at", "at"),
    )
