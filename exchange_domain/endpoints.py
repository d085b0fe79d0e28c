"""Where a person is rung: in her page, at a SIP telephone, or at a number."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import seats
from .tables import CustomerMember
from .words import EndpointKind, MemberRole, Role


async def kind_of(s: AsyncSession, role: Role, account_id: int) -> EndpointKind:
    """Of a line. A manager of several customers is rung in the page if one of them says so; a moderator always is."""
    if role is Role.OPERATOR:
        return (await seats.chosen(s, account_id)).kind
    if role is Role.MODERATOR:
        return EndpointKind.BROWSER
    mine = (col(CustomerMember.account_id) == account_id) & (col(CustomerMember.role) == MemberRole.MANAGER)
    kinds = [EndpointKind(kind) for kind in await s.exec(select(CustomerMember.endpoint_kind).where(mine))]
    return EndpointKind.BROWSER if EndpointKind.BROWSER in kinds or not kinds else kinds[0]
