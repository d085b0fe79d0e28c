"""Contacts of a campaign as rows: found, filtered and sorted along indexes, at any size of the list."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .searching import patterns
from .words import ContactStatus, Outcome


class Order(StrEnum):
    """How contacts are sorted."""

    LIST = "list"
    """As they came."""
    NEWEST = "newest"
    """The last that came first."""
    LATEST = "latest"
    """Who was called last first; those never called are left out."""
    NAME = "name"


@dataclass(frozen=True)
class ContactRow:
    """A contact with its numbers and how its last call ended."""

    id: int
    name: str
    numbers: list[str]
    time_zone: str
    status: ContactStatus
    last_outcome: Outcome | None
    attempts: int
    due_at: datetime
    last_call_at: datetime | None
    fields: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None


_COLUMNS = """
select c.id, c.name, c.fields, c.time_zone, c.status, c.last_outcome, c.attempts, c.due_at, c.created_at,
       c.last_call_at,
       (select array_agg(n.e164 order by n.position, n.id) from contact_number n where n.contact_id = c.id) as numbers
from contact c
"""
_ORDERS = {
    Order.LIST: "c.id",
    Order.NEWEST: "c.id desc",
    Order.LATEST: "c.last_call_at desc, c.id desc",
    Order.NAME: "lower(c.name), c.id",
}


async def page(
    s: AsyncSession, campaign_id: int, *, status: ContactStatus | None = None, outcome: Outcome | None = None,
    search: str = "", order: Order = Order.LIST, after: int | None = None, offset: int = 0, limit: int = 50,
) -> list[ContactRow]:  # fmt: skip
    """Contacts of a campaign. `search` looks into names and numbers; `after` is the last id above, in the list's order;
    `offset` is for the other orders."""
    where = ["c.campaign_id = :campaign"]
    params: dict[str, Any] = {"campaign": campaign_id, "limit": limit, "offset": offset}
    if status is not None:
        where.append("c.status = :status")
        params["status"] = status.value
    if outcome is not None:
        where.append("c.last_outcome = :outcome")
        params["outcome"] = outcome.value
    if search.strip():
        where.append(
            "(c.name ilike :like or c.id in "
            "(select n.contact_id from contact_number n where n.campaign_id = :campaign and n.e164 like :digits))"
        )
        params |= patterns(search)
    if after is not None:
        where.append("c.id > :after")
        params["after"] = after
    if order is Order.LATEST:
        where.append("c.last_call_at is not null")
    query = f"{_COLUMNS} where {' and '.join(where)} order by {_ORDERS[order]} limit :limit offset :offset"
    return [_row(r) for r in (await s.execute(text(query), params)).all()]


async def one(s: AsyncSession, contact_id: int) -> ContactRow | None:
    row = (await s.execute(text(f"{_COLUMNS} where c.id = :id"), {"id": contact_id})).one_or_none()
    return None if row is None else _row(row)


def _row(r: Any) -> ContactRow:
    return ContactRow(
        id=r.id, name=r.name, numbers=list(r.numbers or ()), time_zone=r.time_zone, status=ContactStatus(r.status),
        last_outcome=Outcome(r.last_outcome) if r.last_outcome else None, attempts=r.attempts, due_at=r.due_at,
        last_call_at=r.last_call_at, fields=r.fields, created_at=r.created_at,
    )  # fmt: skip
