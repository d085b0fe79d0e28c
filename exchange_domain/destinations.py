"""Which numbers may be dialled at all: by how they begin, for the platform and for each customer."""

import json
from dataclasses import dataclass

import phonenumbers
from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
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


# A column of a statement in which the customer is `u`; what it holds goes to `read`.
COLUMNS = """
(select coalesce(json_agg(json_build_array(d.customer_id is null, d.prefix) order by d.prefix), '[]')::text
 from destination_prefix d where d.customer_id is null or d.customer_id = u.id) as prefixes
"""
_OF_CUSTOMER = text(f"select {COLUMNS} from (select cast(:customer as bigint) as id) u")


def read(prefixes: str, country: str) -> Destinations:
    """What the column says. Pure."""
    found = json.loads(prefixes)
    return Destinations(
        platform=tuple(prefix for of_all, prefix in found if of_all),
        customer=tuple(prefix for of_all, prefix in found if not of_all),
        calling_code=calling_code(country),
    )


async def of_customer(s: AsyncSession, customer_id: int, country: str) -> Destinations:
    return read((await s.execute(_OF_CUSTOMER, {"customer": customer_id})).scalar_one(), country)


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
