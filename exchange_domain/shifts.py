"""Operators' shifts: from the first seat to the end of work."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import sip_credentials, sound_checks
from .tables import Shift
from .words import EndpointKind, Role, SipUserKind


async def open(
    s: AsyncSession,
    *,
    operator_id: int,
    campaign_id: int,
    switch_name: str,
    endpoint_kind: EndpointKind,
    endpoint: str,
    fallback_number: str | None = None,
) -> Shift:
    """The operator's open shift with this campaign; one is begun when there is none."""
    shift = await current(s, operator_id)
    if shift is None:
        checked = await sound_checks.latest(s, operator_id)
        shift = Shift(
            operator_id=operator_id, campaign_id=campaign_id, switch_name=switch_name,
            endpoint_kind=endpoint_kind, endpoint=endpoint,
            fallback_number=fallback_number, sound_check_id=checked.id if checked else None,
        )  # fmt: skip
    shift.campaign_id = campaign_id
    s.add(shift)
    await s.flush()
    await s.refresh(shift)
    return shift


async def current(s: AsyncSession, operator_id: int) -> Shift | None:
    found = await s.exec(select(Shift).where(Shift.operator_id == operator_id, col(Shift.ended_at).is_(None)))
    return found.one_or_none()


async def open_on(s: AsyncSession, switch_name: str) -> list[Shift]:
    """Shifts to take up again when an engine starts."""
    found = await s.exec(select(Shift).where(Shift.switch_name == switch_name, col(Shift.ended_at).is_(None)))
    return list(found)


async def elsewhere(s: AsyncSession, switch_name: str, operator_ids: set[int]) -> set[int]:
    """Those of these operators who sit on another switch by now."""
    found = await s.exec(
        select(Shift.operator_id).where(
            col(Shift.operator_id).in_(operator_ids), Shift.switch_name != switch_name, col(Shift.ended_at).is_(None)
        )
    )
    return set(found)


async def end(s: AsyncSession, shift_id: int, at: datetime) -> None:
    """Ends a shift, once; the password of the operator's page ends with it."""
    shift = await s.get_one(Shift, shift_id)
    if shift.ended_at is None:
        shift.ended_at, shift.seat_leg = at, None
        s.add(shift)
        await s.flush()
        await sip_credentials.revoke(s, shift.operator_id, SipUserKind.BROWSER, at, Role.OPERATOR)
