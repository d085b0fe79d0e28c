"""A contact that an operator enters ("not me, ask her"): stored once, never given to who entered it.

Never means: by its number, in every campaign, also where that number came with a list (calling_rules).
"""

from datetime import UTC, datetime
from typing import NoReturn
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import do_not_call, flags
from .importing import NumberRules, Reason, normalise
from .tables import Call, Campaign, Contact, ContactNumber
from .words import FlagKind

ENTERED = text("""
select exists (
  select from contact_number n join contact_number known on known.e164 = n.e164
  join contact x on x.id = known.contact_id where n.contact_id = :contact and x.added_by = :operator)
""")

# A call-back promised before she entered the number: she will not be given it, so it must not wait for her.
UNBIND = text("""
update contact set bound_to = null where bound_to = :operator and status = 'waiting'
  and id in (select contact_id from contact_number where e164 = :e164)
""")


class AddContactError(Exception):
    """Why nothing was added, as a code: no_name, name_too_long, bad_number, already_there, do_not_call,
    not_yours."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


async def entered_by(s: AsyncSession, operator_id: int, contact_id: int) -> bool:
    """Whether the operator entered any of the contact's numbers, here or in another campaign."""
    return bool((await s.execute(ENTERED, {"operator": operator_id, "contact": contact_id})).scalar_one())


async def add(
    s: AsyncSession, call_id: UUID, operator_id: int, name: str, number: str, at: datetime | None = None
) -> int:
    """A new contact of the call's campaign with its name and number; returns its id. Raises AddContactError.

    The same number said twice in one call returns the contact of the first time. A number that the campaign has
    otherwise is refused and flagged: commit also then, the flag is in this transaction.
    """
    call = await s.get(Call, call_id)
    if call is None or call.operator_id != operator_id:
        raise AddContactError("not_yours")
    name = " ".join(name.split())
    if not name:
        raise AddContactError("no_name")
    if len(name) > 200:
        raise AddContactError("name_too_long")
    campaign = await s.get_one(Campaign, call.campaign_id)
    e164 = normalise(number, NumberRules(campaign.country, campaign.default_prefix))
    if isinstance(e164, Reason):
        raise AddContactError("bad_number")
    known = (
        await s.exec(
            select(Contact)
            .join(ContactNumber, col(ContactNumber.contact_id) == Contact.id)
            .where(ContactNumber.campaign_id == call.campaign_id, ContactNumber.e164 == e164)
        )
    ).one_or_none()
    if known is not None:
        if known.added_in_call == call_id and known.added_by == operator_id and known.id is not None:
            return known.id
        await _refuse_duplicate(s, call, at)
    if await do_not_call.forbidden(s, call.customer_id, [e164]):
        raise AddContactError("do_not_call")
    origin = await s.get_one(Contact, call.contact_id)
    contact = Contact(
        campaign_id=call.campaign_id, name=name, fields=dict(origin.fields), time_zone=origin.time_zone,
        added_by=operator_id, added_in_call=call_id,
    )  # fmt: skip
    s.add(contact)
    await s.flush()
    assert contact.id is not None
    stored = await s.execute(
        insert(ContactNumber)
        .values(contact_id=contact.id, campaign_id=call.campaign_id, e164=e164, person_name=name)
        .on_conflict_do_nothing()
        .returning(col(ContactNumber.id))
    )
    if stored.scalar_one_or_none() is None:
        await s.delete(contact)
        await s.flush()
        await _refuse_duplicate(s, call, at)
    await s.execute(UNBIND, {"operator": operator_id, "e164": e164})
    return contact.id


async def _refuse_duplicate(s: AsyncSession, call: Call, at: datetime | None) -> NoReturn:
    await flags.raise_flag(
        s, FlagKind.DUPLICATE_CONTACT, f"operator:{call.operator_id}:campaign:{call.campaign_id}",
        at or datetime.now(UTC), customer_id=call.customer_id, campaign_id=call.campaign_id,
        operator_id=call.operator_id, call_id=call.id,
    )  # fmt: skip
    raise AddContactError("already_there")
