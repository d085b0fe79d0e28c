"""How many calls carrier and customer may have on the line, and how fast they may begin new ones.

Both are kept by the claim's own transaction: it locks the carriers' and the customer's row and counts their calls, so
that any number of engines claiming at once stays under every limit.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from .carriers import Offer
from .tables import Call, CustomerLines

LONGEST_PREVIEW = timedelta(minutes=6)
"""A contact may be shown so long between its claim and its moment to be dialled."""
MOST_WAIT = timedelta(seconds=2)
"""A call whose moment to dial would be later than this is not claimed: its operator would wait without a sound."""
WIDEST_SPACING = timedelta(seconds=10)
"""Between two calls of who may begin 0.1 calls a second, the least that the tables allow."""


class LinesBusy(Exception):
    """Neither carrier nor customer has room for one more call now. Nothing was reserved."""


@dataclass(frozen=True)
class Line:
    """Whom a call goes out through, and when it may be dialled."""

    offer: Offer
    dial_at: datetime


@dataclass(frozen=True)
class Usage:
    """Who has limits, and how far they are used up now."""

    calls_per_second: float | None
    max_concurrent: int | None
    on_the_line: int
    moments: tuple[datetime, ...]
    """When its latest calls are or were dialled."""

    @property
    def full(self) -> bool:
        return self.max_concurrent is not None and self.on_the_line >= self.max_concurrent

    @property
    def spacing(self) -> tuple[timedelta, tuple[datetime, ...]]:
        if self.calls_per_second is None:
            return timedelta(0), ()
        return timedelta(seconds=1 / self.calls_per_second), self.moments


UNLIMITED = Usage(None, None, 0, ())


def free_moment(now: datetime, spacings: Iterable[tuple[timedelta, Sequence[datetime]]]) -> datetime:
    """The first moment from `now` on that keeps each distance to each of its taken moments. Pure."""
    kept = list(spacings)
    at = now
    while ends := [m + apart for apart, taken in kept for m in taken if m - apart < at < m + apart]:
        # Whatever lies before the last of these ends is too near to that one.
        at = max(ends)
    return at


def choose(offers: Sequence[Offer], carriers: dict[int, Usage], customer: Usage, now: datetime) -> Line:
    """The first of the offers in order whose carrier has room, and its moment. Pure. Raises LinesBusy."""
    if customer.full:
        raise LinesBusy
    for offer in offers:
        carrier = UNLIMITED if offer.carrier_id is None else carriers.get(offer.carrier_id, UNLIMITED)
        dial_at = free_moment(now, (carrier.spacing, customer.spacing))
        if not carrier.full and dial_at - now <= MOST_WAIT:
            return Line(offer, dial_at)
    raise LinesBusy


# In the order of their ids, so that two claims never wait for each other crosswise.
LOCK_CARRIERS = text("""
select id, calls_per_second, max_concurrent from carrier
where id = any(:ids) and (calls_per_second is not null or max_concurrent is not null)
order by id for no key update
""")
LOCK_CUSTOMER = text("""
select customer_id as id, calls_per_second, max_concurrent from customer_lines
where customer_id = :id for no key update
""")
# Contacts' legs, managers' by number, seats by telephone.
LIVE = """
select carrier_id from call where carrier_id = any(:ids) and ended_at is null
union all
select l.carrier_id from carried_leg l where l.carrier_id = any(:ids) and l.billed_s is null
  and (exists (select from transfer t where t.id = l.leg and t.ended_at is null)
       or exists (select from shift f where f.seat_leg = l.leg and f.ended_at is null))
"""
LIVE_OF_CARRIERS = text(f"select carrier_id, count(*) from ({LIVE}) live group by carrier_id")
LIVE_OF_CUSTOMER = text("select count(*) from call where customer_id = :id and ended_at is null")
MOMENTS_OF_CARRIERS = text("""
select carrier_id, dial_at from call
where carrier_id = any(:ids) and claimed_at > :since and dial_at > :near
""")
MOMENTS_OF_CUSTOMER = text(
    "select dial_at from call where customer_id = :id and claimed_at > :since and dial_at > :near"
)
FULL = text(f"""
select c.id from carrier c where c.id = any(:ids) and c.max_concurrent is not null
and (select count(*) from ({LIVE}) live where live.carrier_id = c.id) >= c.max_concurrent
""")
CUSTOMER_FULL = text("""
select exists (select from customer_lines l where l.customer_id = :id and l.max_concurrent is not null
and (select count(*) from call k where k.customer_id = l.customer_id and k.ended_at is null) >= l.max_concurrent)
""")


async def full_carriers(s: AsyncSession, ids: Iterable[int]) -> frozenset[int]:
    """Carriers without room as it looks now, nothing locked: spares a claim numbers it could not dial anyway."""
    wanted = list(ids)
    return frozenset((await s.execute(FULL, {"ids": wanted})).scalars()) if wanted else frozenset()


async def customer_is_full(s: AsyncSession, customer_id: int) -> bool:
    """The same for a customer's own limit."""
    return bool((await s.execute(CUSTOMER_FULL, {"id": customer_id})).scalar_one())


async def reserve(s: AsyncSession, customer_id: int | None, offers: Sequence[Offer], now: datetime) -> Line:
    """Room and a moment for one more call, kept until this transaction ends; the call's row takes it over. No customer:
    it has no limits of its own.

    Raises LinesBusy. Whoever holds these locks must not wait for a contact or a number any more.
    """
    ids = [o.carrier_id for o in offers if o.carrier_id is not None]
    customer = UNLIMITED if customer_id is None else await _customer(s, customer_id, now)
    return choose(offers, await _carriers(s, ids, now), customer, now)


async def moment(s: AsyncSession, call_id: UUID, now: datetime) -> datetime:
    """Reserves the moment to dial a call that was shown first, and has its room since its claim. Once per call."""
    call = (await s.exec(select(Call).where(Call.id == call_id).with_for_update())).one()
    if call.dial_at is None:
        ids = [] if call.carrier_id is None else [call.carrier_id]
        carriers = await _carriers(s, ids, now)
        customer = await _customer(s, call.customer_id, now)
        call.dial_at = free_moment(now, [*(usage.spacing for usage in carriers.values()), customer.spacing])
        s.add(call)
        await s.flush()
    return call.dial_at


def _window(now: datetime) -> dict[str, datetime]:
    return {"since": now - WIDEST_SPACING - MOST_WAIT - LONGEST_PREVIEW, "near": now - WIDEST_SPACING}


async def _carriers(s: AsyncSession, ids: list[int], now: datetime) -> dict[int, Usage]:
    limits = (await s.execute(LOCK_CARRIERS, {"ids": ids})).all() if ids else []
    if not limits:
        return {}
    limited = {"ids": [row.id for row in limits]}
    live = {row[0]: row[1] for row in await s.execute(LIVE_OF_CARRIERS, limited)}
    moments: dict[int, list[datetime]] = defaultdict(list)
    if any(row.calls_per_second for row in limits):
        for carrier_id, dial_at in await s.execute(MOMENTS_OF_CARRIERS, limited | _window(now)):
            moments[carrier_id].append(dial_at)
    return {
        row.id: Usage(row.calls_per_second, row.max_concurrent, live.get(row.id, 0), tuple(moments[row.id]))
        for row in limits
    }


async def _customer(s: AsyncSession, customer_id: int, now: datetime) -> Usage:
    own = {"id": customer_id}
    limits = (await s.execute(LOCK_CUSTOMER, own)).one_or_none()
    if limits is None:
        return UNLIMITED
    live = (await s.execute(LIVE_OF_CUSTOMER, own)).scalar_one()
    moments = ()
    if limits.calls_per_second:
        moments = tuple((await s.execute(MOMENTS_OF_CUSTOMER, own | _window(now))).scalars())
    return Usage(limits.calls_per_second, limits.max_concurrent, live, moments)


async def set_customer(
    s: AsyncSession, customer_id: int, *, calls_per_second: float | None, max_concurrent: int | None
) -> None:
    """A customer's limits of lines; None: no such limit."""
    values = {"calls_per_second": calls_per_second, "max_concurrent": max_concurrent}
    new = insert(CustomerLines).values(customer_id=customer_id, **values)
    await s.execute(new.on_conflict_do_update(index_elements=["customer_id"], set_=values))


async def of_customer(s: AsyncSession, customer_id: int) -> CustomerLines | None:
    return (await s.exec(select(CustomerLines).where(CustomerLines.customer_id == customer_id))).one_or_none()
