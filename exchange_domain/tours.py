"""Which tours an account has been shown."""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import TourSeen
from .words import Role


async def seen(s: AsyncSession, account_id: int) -> set[str]:
    """Roles whose tour the account knows."""
    found = await s.exec(select(TourSeen.role).where(TourSeen.account_id == account_id))
    return {str(role) for role in found}


async def saw(s: AsyncSession, account_id: int, role: Role) -> None:
    """Once is enough."""
    await s.execute(insert(TourSeen).values(account_id=account_id, role=role.value).on_conflict_do_nothing())
