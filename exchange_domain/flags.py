"""Signals for moderators. Whoever notices something raises a flag; what is open already is counted on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import Flag
from .words import FlagKind


async def raise_flag(
    s: AsyncSession,
    kind: FlagKind,
    subject: str,
    at: datetime,
    *,
    customer_id: int | None = None,
    campaign_id: int | None = None,
    operator_id: int | None = None,
    call_id: UUID | None = None,
    **details: Any,
) -> None:
    """Opens a flag about `subject`, or counts one more on the open one, whose details become these."""
    new = insert(Flag).values(
        kind=kind, subject=subject, customer_id=customer_id, campaign_id=campaign_id, operator_id=operator_id,
        call_id=call_id, details=details, first_at=at, last_at=at,
    )  # fmt: skip
    await s.execute(
        new.on_conflict_do_update(
            index_elements=["kind", "subject"],
            index_where=text("resolved_at is null"),
            set_={"count": Flag.count + 1, "last_at": new.excluded.last_at, "details": new.excluded.details},
        )
    )


async def open_flags(s: AsyncSession, kind: FlagKind | None = None) -> list[Flag]:
    """Flags nobody has resolved, the latest first."""
    query = select(Flag).where(col(Flag.resolved_at).is_(None)).order_by(col(Flag.last_at).desc(), col(Flag.id).desc())
    return list(await s.exec(query if kind is None else query.where(Flag.kind == kind)))
