"""What a moderator should look at."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import Field

from ..words import FlagKind
from .columns import Table, created, document, key, moment, points_at, text, whole, word


class Flag(Table, table=True):
    """One signal, counted while it is open: the same thing again raises its count, not its number."""

    id: int | None = key()
    kind: FlagKind = word(FlagKind)
    subject: str = text()
    """What it is about, such as `call:UUID` or `campaign:3`: with the kind, one open flag."""
    customer_id: int | None = points_at("customer.id", nullable=True, ondelete="CASCADE")
    campaign_id: int | None = points_at("campaign.id", nullable=True, ondelete="CASCADE")
    operator_id: int | None = points_at("account.id", nullable=True)
    call_id: UUID | None = Field(default=None)
    details: dict[str, Any] = document()
    """Figures and ids for who looks into it; never a name, a number or a note."""
    count: int = whole(default=1)
    first_at: datetime | None = created()
    last_at: datetime | None = created()
    assigned_to: int | None = points_at("account.id", nullable=True)
    """The moderator who looks into it."""
    resolved_at: datetime | None = moment()
    resolved_by: int | None = points_at("account.id", nullable=True)
    resolution: str = text(default="")

    __table_args__ = (
        Index("uq_flag_open", "kind", "subject", unique=True, postgresql_where=sql("resolved_at is null")),
        Index("ix_flag_open", "last_at", "id", postgresql_where=sql("resolved_at is null")),
        CheckConstraint("count > 0", name="count_positive"),
    )
