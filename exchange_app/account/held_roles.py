"""Which roles an account has, and at which customers."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.shell.homes import HOMES, homes_of
from exchange_domain.accounts import Principal
from exchange_domain.tables import Customer
from exchange_domain.words import Role


@dataclass(frozen=True)
class HeldRole:
    role: str
    customers: list[str]
    """Names of the customers it is held at; empty for a platform role."""
    has_pages: bool


async def held_roles(s: AsyncSession, account: Principal) -> list[HeldRole]:
    """The account's roles in the order of the pages."""
    ids = {*account.customers, *account.manages}
    rows = await s.exec(select(Customer.id, Customer.name).where(col(Customer.id).in_(ids)))
    names = {customer: name for customer, name in rows.all() if customer is not None}

    def named(customers: Iterable[int]) -> list[str]:
        return sorted(names[customer] for customer in customers if customer in names)

    where = {Role.CUSTOMER.value: named(account.customers), Role.MANAGER.value: named(account.manages)}
    homes = homes_of(account.roles)
    return [HeldRole(role, where.get(role, []), role in homes) for role in HOMES if role in account.roles]
