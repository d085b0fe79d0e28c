"""What has changed for a customer, in an order that nobody who reads it can miss a part of.

A number given where a change is made would be no order: a transaction that took 5 may end after one that took 6, and
whoever had read 6 by then would never see 5. So changes are written without, and numbered once they are committed, by
one after the other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .words import EventKind

KEPT = timedelta(days=90)
"""Events older than this are forgotten; what they speak of stays."""

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('customer_event', :customer))")
_NUMBER = text("""
with last as (select coalesce(max(seq), 0) as seq from customer_event
          where customer_id = :customer and seq is not null),
fresh as (select id, row_number() over (order by id) as n from customer_event
          where customer_id = :customer and seq is null order by id limit 5000)
update customer_event e set seq = last.seq + fresh.n from fresh, last where e.id = fresh.id
""")
_NEW = text("select exists (select from customer_event where customer_id = :customer and seq is null)")


@dataclass(frozen=True)
class Event:
    seq: int
    kind: EventKind
    campaign_id: int
    call_id: UUID | None
    at: datetime


async def number(s: AsyncSession, customer_id: int, *, everything: bool = False) -> None:
    """Numbers what is new of a customer's: some thousands, or everything. Commit before you read: only then may others
    count on it."""
    while (await s.execute(_NEW, {"customer": customer_id})).scalar_one():
        await s.execute(_LOCK, {"customer": customer_id})
        await s.execute(_NUMBER, {"customer": customer_id})
        if not everything:
            break


async def after(
    s: AsyncSession, customer_id: int, seq: int, *, campaign_id: int | None = None, calls_only: bool = False,
    limit: int = 100,
) -> list[Event]:  # fmt: skip
    """Numbered events after `seq`, in their order."""
    where = "customer_id = :customer and seq > :seq"
    where += " and campaign_id = :campaign" if campaign_id is not None else ""
    where += " and call_id is not null" if calls_only else ""
    rows = await s.execute(
        text(f"select seq, kind, campaign_id, call_id, at from customer_event where {where} order by seq limit :limit"),
        {"customer": customer_id, "seq": seq, "campaign": campaign_id, "limit": limit},
    )
    return [Event(r.seq, EventKind(r.kind), r.campaign_id, r.call_id, r.at) for r in rows]


async def last(s: AsyncSession, customer_id: int) -> int:
    """The number of the latest event; 0 before the first."""
    found = await s.execute(
        text("select max(seq) from customer_event where customer_id = :customer and seq is not null"),
        {"customer": customer_id},
    )
    return found.scalar_one() or 0


async def forget(s: AsyncSession, before: datetime) -> int:
    """Takes out events of before; the latest numbered one of a customer stays, so that numbers never begin anew."""
    gone = await s.execute(
        text(
            "delete from customer_event e where e.id in (select x.id from customer_event x where x.at < :before "
            "and (x.seq is null or x.seq < (select max(m.seq) from customer_event m "
            "where m.customer_id = x.customer_id and m.seq is not null)) order by x.id limit 5000)"
        ),
        {"before": before},
    )
    return gone.rowcount  # pyright: ignore[reportAttributeAccessIssue]
