"""The note about a contact whom no manager was free for: prepared by the exchange, the operator's to change."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import texts
from .tables import Account, Call, Contact
from .texts import say, say_date
from .words import CallState

APPEND = text("""
insert into call_draft as d (call_id, note, prepared) values (:call, left(:note, 10000), :note)
on conflict (call_id) do update set
    note = left(case when d.note = '' then :note else d.note || E'\\n' || :note end, 10000),
    prepared = :note, saved_at = clock_timestamp()
""")


async def no_manager_was_free(s: AsyncSession, call_id: UUID, token: int, at: datetime) -> None:
    """Marks the call for a call-back, and adds a line to what its operator has typed. The same moment again: nothing.

    In the operator's language, by the contact's clock. A closed call, or one of another lease, is left alone.
    """
    call = (await s.exec(select(Call).where(Call.id == call_id).with_for_update())).one_or_none()
    if call is None or call.fencing_token != token or call.state == CallState.CLOSED or call.no_manager_at == at:
        return
    call.no_manager_at = at
    s.add(call)
    operator = await s.get_one(Account, call.operator_id)
    contact = await s.get_one(Contact, call.contact_id)
    await s.execute(APPEND, {"call": call_id, "note": note(operator.language, at, contact.time_zone)})


def note(language: str, at: datetime, time_zone: str) -> str:
    """The line itself."""
    with texts.speaking(language):
        time = say_date(at, "HH:mm", ZoneInfo(time_zone))
        return say("No manager was free at {time}; asked to call back.", time=time)
