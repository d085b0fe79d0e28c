"""Entering carriers, their rates, and the ceiling of what a minute may cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .carriers import ROBOTS
from .tables import Carrier, CarrierRate, PriceCeiling

CHANGEABLE = frozenset({"enabled", "position", "calls_per_second", "max_concurrent", "currency"})


@dataclass(frozen=True)
class Entry:
    """A carrier with how many calls it has on the line and how many prefixes it has a rate for."""

    carrier: Carrier
    on_the_line: int
    rates: int


async def called(s: AsyncSession, name: str) -> Carrier | None:
    return (await s.exec(select(Carrier).where(Carrier.name == name))).one_or_none()


async def set_carrier(s: AsyncSession, name: str, **changes: Any) -> Carrier:
    """Makes a carrier named like its gateway, or changes what is given (CHANGEABLE)."""
    if unknown := set(changes) - CHANGEABLE:
        raise ValueError(f"a carrier has no {', '.join(sorted(unknown))}")
    if name == ROBOTS:
        raise ValueError(f"{name} is the gateway of the robots, and no carrier's")
    carrier = await called(s, name) or Carrier(name=name)
    for field, value in changes.items():
        setattr(carrier, field, value)
    s.add(carrier)
    await s.flush()
    return carrier


async def set_rates(s: AsyncSession, carrier_id: int, rates: Mapping[str, int]) -> None:
    """Prices of a minute by prefix, in minor units; prefixes that are not named keep theirs."""
    if not rates:
        return
    new = insert(CarrierRate).values(
        [{"carrier_id": carrier_id, "prefix": prefix, "per_minute": cost} for prefix, cost in rates.items()]
    )
    await s.execute(
        new.on_conflict_do_update(index_elements=["carrier_id", "prefix"], set_={"per_minute": new.excluded.per_minute})
    )


async def replace_rates(s: AsyncSession, carrier_id: int, rates: Mapping[str, int]) -> None:
    """These prices, and no others."""
    others = delete(CarrierRate).where(
        col(CarrierRate.carrier_id) == carrier_id, col(CarrierRate.prefix).not_in(list(rates))
    )
    await s.execute(others)
    await set_rates(s, carrier_id, rates)


async def remove_rate(s: AsyncSession, carrier_id: int, prefix: str) -> bool:
    """Whether there was one."""
    gone = await s.execute(
        delete(CarrierRate)
        .where(col(CarrierRate.carrier_id) == carrier_id, col(CarrierRate.prefix) == prefix)
        .returning(col(CarrierRate.prefix))
    )
    return gone.first() is not None


async def entries(s: AsyncSession) -> list[Entry]:
    """All carriers, in the order of their positions."""
    counted = await s.execute(
        text(
            "select c.id, (select count(*) from call k where k.carrier_id = c.id and k.ended_at is null) as live, "
            "(select count(*) from carrier_rate r where r.carrier_id = c.id) as rates from carrier c"
        )
    )
    counts = {row.id: row for row in counted}
    carriers = await s.exec(select(Carrier).order_by(col(Carrier.position), col(Carrier.id)))
    return [Entry(c, counts[c.id].live, counts[c.id].rates) for c in carriers]


async def rates_of(s: AsyncSession, carrier_id: int) -> dict[str, int]:
    rows = await s.exec(select(CarrierRate).where(CarrierRate.carrier_id == carrier_id).order_by(CarrierRate.prefix))
    return {rate.prefix: rate.per_minute for rate in rows}


async def set_ceiling(s: AsyncSession, currency: str, per_minute: int | None, customer_id: int | None = None) -> None:
    """The most a carrier's minute may cost, for everybody with this currency or for one customer; None: no ceiling."""
    if per_minute is None:
        await s.execute(
            delete(PriceCeiling).where(
                col(PriceCeiling.customer_id).is_not_distinct_from(customer_id), col(PriceCeiling.currency) == currency
            )
        )
        return
    new = insert(PriceCeiling).values(customer_id=customer_id, currency=currency, per_minute=per_minute)
    await s.execute(
        new.on_conflict_do_update(index_elements=["customer_id", "currency"], set_={"per_minute": per_minute})
    )
