"""Businesses that order calls, and their members."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import ledger, tariffs
from .tables import Customer, CustomerMember
from .words import EndpointKind, MemberRole


async def create(
    s: AsyncSession, *, name: str, currency: str = "RUB", time_zone: str = "Europe/Moscow", country: str = "RU"
) -> Customer:
    """A new customer with its ledger accounts and the registration bonus of the present tariff."""
    customer = Customer(name=name.strip(), currency=currency, time_zone=time_zone, country=country)
    s.add(customer)
    await s.flush()
    assert customer.id is not None
    tariff = await tariffs.current(s, customer.id, currency)
    await ledger.open_customer(s, customer.id, currency)
    if tariff is not None and tariff.registration_bonus:
        await ledger.grant_bonus(s, customer.id, tariff.registration_bonus, currency)
    return customer


async def add_member(
    s: AsyncSession,
    customer_id: int,
    account_id: int,
    role: MemberRole,
    endpoint_kind: EndpointKind = EndpointKind.BROWSER,
    endpoint: str | None = None,
) -> None:
    """Gives an account a place at a customer; said twice, it changes the endpoint."""
    member = await s.get(CustomerMember, (customer_id, account_id, role))
    if member is None:
        member = CustomerMember(customer_id=customer_id, account_id=account_id, role=role)
    member.endpoint_kind, member.endpoint = endpoint_kind, endpoint
    s.add(member)
    await s.flush()


async def managers(s: AsyncSession, customer_id: int) -> list[int]:
    """Accounts that take a customer's transfers."""
    return list(
        await s.exec(
            select(CustomerMember.account_id)
            .where(CustomerMember.customer_id == customer_id, CustomerMember.role == MemberRole.MANAGER)
            .order_by(CustomerMember.account_id)  # pyright: ignore[reportArgumentType]
        )
    )
