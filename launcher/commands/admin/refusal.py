"""What every topic of the command may raise, and how it finds a customer by name."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exchange_domain.database import Session


class AdminRefused(Exception):
    """The command cannot be done; the text says why."""


async def known_customer(session: "Session", name: str) -> int:
    found = await customer_called(session, name.strip())
    if found is None:
        raise AdminRefused(f"no customer is called {name!r}")
    return found


async def customer_called(session: "Session", name: str) -> int | None:
    from sqlmodel import func, select

    from exchange_domain.tables import Customer

    found = list(await session.exec(select(Customer.id).where(func.lower(Customer.name) == name.lower())))
    if len(found) > 1:
        raise AdminRefused(f"{len(found)} customers are called {name!r}")
    return found[0] if found else None


async def known_admin(session: "Session", email: str) -> int:
    """The account of an administrator. Raises AdminRefused."""
    from sqlalchemy import text

    found = await session.execute(
        text(
            "select a.id from account a join account_role r on r.account_id = a.id "
            "where lower(a.email) = lower(:email) and r.role = 'admin'"
        ),
        {"email": email.strip()},
    )
    if (account := found.scalar_one_or_none()) is None:
        raise AdminRefused(f"{email} is no administrator")
    return account
