"""Warm transfers: whom to ask, and what became of each try."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import flags, presence, routing
from .sip_users import sip_user
from .tables import Account, Call, Campaign, CampaignManager, Customer, CustomerMember, Transfer
from .words import EndpointKind, FlagKind, MemberRole, Role, TransferState


@dataclass(frozen=True)
class ManagerEndpoint:
    """A manager who can be rung: a SIP user, or an E.164 number when the kind is `number`."""

    account_id: int
    name: str
    kind: EndpointKind
    dial_name: str


@dataclass(frozen=True)
class Availability:
    """Whether a campaign's transfer would reach anybody now."""

    there: int
    listed: int
    back_at: datetime | None = None
    """When the first of those who are not there comes back by their hours, if nobody is there."""


async def availability(s: AsyncSession, campaign_id: int, now: datetime) -> Availability:
    """How many of a campaign's managers take transfers now."""
    listed = await _listed(s, campaign_id)
    found = await presence.of(s, [m.account_id for m in listed])
    there = sum(one.is_there(now) for one in found.values())
    back = [at for one in found.values() if (at := one.back_at(now)) is not None]
    return Availability(there, len(listed), None if there else min(back, default=None))


async def managers(s: AsyncSession, campaign_id: int, now: datetime | None = None) -> list[ManagerEndpoint]:
    """Managers of a campaign who are there now, in the order in which they are asked.

    Suspended ones are left out, those who are away or out of their hours, and those whose number may not be dialled
    (moderators are told).
    """
    listed = await _listed(s, campaign_id)
    found = await presence.of(s, [m.account_id for m in listed])
    there = [m for m in listed if found[m.account_id].is_there(now or datetime.now(UTC))]
    refused = await _refused(s, campaign_id, [m for m in there if m.kind == EndpointKind.NUMBER])
    return [m for m in there if m.account_id not in refused]


async def _listed(s: AsyncSession, campaign_id: int) -> list[ManagerEndpoint]:
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


async def _refused(s: AsyncSession, campaign_id: int, by_number: list[ManagerEndpoint]) -> set[int]:
    """Managers whose number is outside the allowed destinations, or too dear."""
    if not by_number:
        return set()
    campaign = await s.get_one(Campaign, campaign_id)
    rules = await routing.rules_of(s, campaign, await s.get_one(Customer, campaign.customer_id))
    verdicts = await routing.judge(s, rules, [m.dial_name for m in by_number])
    refused = set()
    for manager in by_number:
        if (reason := verdicts[manager.dial_name].refused) is not None:
            refused.add(manager.account_id)
            await flags.raise_flag(
                s, FlagKind.DESTINATION_REFUSED, f"manager:{manager.account_id}", datetime.now(UTC),
                customer_id=campaign.customer_id, campaign_id=campaign_id, reason=reason,
            )  # fmt: skip
    return refused


async def waiting_after(s: AsyncSession, transfer: Transfer, campaign_id: int) -> list[ManagerEndpoint]:
    """Whom a ringing transfer would still have asked: the campaign's managers who come after its own in the order.

    A manager who is not in the list any more gives no place in it: then those whom the call has not tried.
    """
    listed = await managers(s, campaign_id)
    place = next((n for n, m in enumerate(listed) if m.account_id == transfer.manager_id), None)
    if place is not None:
        return listed[place + 1 :]
    tried = set((await s.exec(select(Transfer.manager_id).where(Transfer.call_id == transfer.call_id))).all())
    return [m for m in listed if m.account_id not in tried]


async def desks_of(s: AsyncSession, call_id: UUID) -> list[int]:
    """Managers at whose desk a transfer of the call rings or talks."""
    at_desk = (*LIVE, TransferState.COMPLETED)
    found = await s.exec(
        select(Transfer.manager_id).where(
            Transfer.call_id == call_id, col(Transfer.state).in_(at_desk), col(Transfer.ended_at).is_(None)
        )
    )
    return list(found)


async def endpoint_of(s: AsyncSession, manager_id: int, customer_id: int) -> tuple[EndpointKind, str] | None:
    """How a manager of a customer is rung; none for somebody who is no manager of it any more."""
    member = (
        await s.exec(
            select(CustomerMember).where(
                CustomerMember.account_id == manager_id,
                CustomerMember.customer_id == customer_id,
                CustomerMember.role == MemberRole.MANAGER,
            )
        )
    ).first()
    return None if member is None else (member.endpoint_kind, member.endpoint or f"manager-{manager_id}")


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
