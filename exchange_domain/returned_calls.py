"""Calls that ended with their switch before anybody answered: the contact is given back."""

from datetime import datetime
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import calls, drafts
from .tables import Call, Contact
from .words import CallState, ContactStatus, Outcome

CAUSE = "SWITCH_LOST"


async def returned(s: AsyncSession, call_id: UUID, token: int, *, ended_at: datetime, at: datetime) -> None:
    """Closes the call as unreached; its contact waits again at once, with no attempt used up. Once per call.

    The number keeps the campaign's minimum gap: its telephone may have rung. Raises LeaseLost.
    """
    await calls.ended(s, call_id, token, ended_at, cause=CAUSE, ended_by="switch")
    call = (await s.exec(select(Call).where(Call.id == call_id).with_for_update())).one()
    if call.state == CallState.CLOSED:
        return
    draft = await drafts.of(s, call_id)
    call.state, call.closed_at, call.outcome = CallState.CLOSED, at, Outcome.UNREACHABLE
    call.result, call.note = draft.result, draft.note
    contact = (await s.exec(select(Contact).where(Contact.id == call.contact_id).with_for_update())).one()
    if contact.status == ContactStatus.WORKING:
        contact.status, contact.due_at = ContactStatus.WAITING, at
    s.add_all((call, contact))
    await calls.tally(s, call.campaign_id, Outcome.UNREACHABLE, calls=1)
    await s.flush()
