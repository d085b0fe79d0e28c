"""Which numbers may be dialled at all: by how they begin, for the platform and for each customer."""

from dataclasses import dataclass

import phonenumbers
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import DestinationPrefix


@dataclass(frozen=True)
class Destinations:
    """Beginnings of the numbers that one customer's campaign may dial. An empty list says nothing."""

    platform: tuple[str, ...]
    customer: tuple[str, ...]
    calling_code: str
    """Of the campaign's country, such as +7: what may be dialled where no list says anything."""

    def allows(self, e164: str) -> bool:
        """Every list that says something must know the number's beginning: a customer's own only narrows."""
        lists = [said for said in (self.platform, self.customer) if said] or [(self.calling_code,)]
        return all(e164.startswith(said) for said in lists)


def calling_code(country: str) -> str:
    """+7 for RU. A country that is none gives +0, with which no number begins."""
    return f"+{phonenumbers.country_code_for_region(country)}"


async def of_customer(s: AsyncSession, customer_id: int, country: str) -> Destinations:
    rows = await s.exec(
        select(DestinationPrefix.customer_id, DestinationPrefix.prefix)
        .where(or_(col(DestinationPrefix.customer_id).is_(None), DestinationPrefix.customer_id == customer_id))
        .order_by(col(DestinationPrefix.prefix))
    )
    found = rows.all()
    return Destinations(
        platform=tuple(prefix for owner, prefix in found if owner is None),
        customer=tuple(prefix for owner, prefix in found if owner is not None),
        calling_code=calling_code(country),
    )


async def allow(s: AsyncSession, prefix: str, customer_id: int | None = None) -> None:
    """Numbers that begin so may be dialled, by everybody or by one customer. Said twice, it changes nothing."""
    await s.execute(insert(DestinationPrefix).values(customer_id=customer_id, prefix=prefix).on_conflict_do_nothing())


async def disallow(s: AsyncSession, prefix: str, customer_id: int | None = None) -> bool:
    """Takes an allowed beginning away. Whether there was one."""
    gone = await s.execute(
        delete(DestinationPrefix)
        .where(
            col(DestinationPrefix.customer_id).is_not_distinct_from(customer_id),
            col(DestinationPrefix.prefix) == prefix,
        )
        .returning(col(DestinationPrefix.id))
    )
    return gone.first() is not None
