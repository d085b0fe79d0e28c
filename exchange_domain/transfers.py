"""Warm transfers: whom to ask, and what became of each try."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .sip_users import sip_user
from .tables import Account, Call, Campaign, CampaignManager, CustomerMember, Transfer
from .words import EndpointKind, MemberRole, Role, TransferState


@dataclass(frozen=True)
class ManagerEndpoint:
    """A manager who can be rung: a SIP user, or an E.164 number when the kind is `number`."""

    account_id: int
    name: str
    kind: EndpointKind
    dial_name: str


async def managers(s: AsyncSession, campaign_id: int) -> list[ManagerEndpoint]:
    """Managers of a campaign in the order in which they are asked; suspended ones are left out."""
    rows = await s.exec(
        select(Account, CustomerMember)
        .join(CampaignManager, col(CampaignManager.account_id) == Account.id)
        .join(Campaign, col(Campaign.id) == CampaignManager.campaign_id)
        .join(
            CustomerMember,
            (col(CustomerMember.account_id) == Account.id)
            & (col(CustomerMember.customer_id) == Campaign.customer_id)
            & (col(CustomerMember.role) == MemberRole.MANAGER),
        )
        .where(CampaignManager.campaign_id == campaign_id, col(Account.suspended_at).is_(None))
        .order_by(col(CampaignManager.position))
    )
    return [
        ManagerEndpoint(
            a.id, a.display_name, m.endpoint_kind, m.endpoint or sip_user(Role.MANAGER, a.id, m.endpoint_kind)
        )
        for a, m in rows
        if a.id is not None
    ]


async def start(s: AsyncSession, transfer_id: UUID, call_id: UUID, manager_id: int, at: datetime) -> None:
    """A manager's leg begins to ring. The same id again changes nothing."""
    if await s.get(Transfer, transfer_id) is None:
        s.add(Transfer(id=transfer_id, call_id=call_id, manager_id=manager_id, started_at=at))
        await s.flush()


async def _change(s: AsyncSession, transfer_id: UUID, wanted: tuple[TransferState, ...], **values: object) -> None:
    transfer = await s.get(Transfer, transfer_id)
    if transfer is not None and transfer.state in wanted:
        for name, value in values.items():
            setattr(transfer, name, value)
        s.add(transfer)
        await s.flush()


LIVE = (TransferState.RINGING, TransferState.CONSULTING)


async def answered(s: AsyncSession, transfer_id: UUID, at: datetime) -> None:
    await _change(s, transfer_id, (TransferState.RINGING,), state=TransferState.CONSULTING, answered_at=at)


async def completed(s: AsyncSession, transfer_id: UUID, at: datetime) -> None:
    """Contact and manager are joined; the call counts as transferred."""
    await _change(s, transfer_id, LIVE, state=TransferState.COMPLETED, completed_at=at)
    transfer = await s.get(Transfer, transfer_id)
    if transfer is not None and transfer.state == TransferState.COMPLETED:
        call = await s.get_one(Call, transfer.call_id)
        call.transferred = True
        s.add(call)
        await s.flush()


async def failed(s: AsyncSession, transfer_id: UUID, at: datetime, cause: str) -> None:
    await _change(s, transfer_id, LIVE, state=TransferState.FAILED, ended_at=at, cause=cause)


async def returned(s: AsyncSession, transfer_id: UUID, at: datetime) -> None:
    """The operator went back to the contact."""
    await _change(s, transfer_id, LIVE, state=TransferState.RETURNED, ended_at=at)


async def ended(s: AsyncSession, transfer_id: UUID, at: datetime) -> None:
    """The manager's leg of a completed transfer is gone."""
    await _change(s, transfer_id, (TransferState.COMPLETED,), ended_at=at)
