"""A contact that an operator enters ("not me, ask her"): stored once, never given to who entered it."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .importing import NumberRules, Reason, normalise
from .tables import Call, Campaign, Contact, ContactNumber


class AddContactError(Exception):
    """Why nothing was added, as a code: no_name, name_too_long, bad_number, already_there, not_yours."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


async def add(s: AsyncSession, call_id: UUID, operator_id: int, name: str, number: str) -> int:
    """A new contact of the call's campaign with its name and number; returns its id. Raises AddContactError.

    The same number said twice in one call returns the contact of the first time.
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
        raise AddContactError("already_there")
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
        raise AddContactError("already_there")
    return contact.id
