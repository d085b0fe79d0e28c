"""Numbers that another campaign of the same customer has: left out, or taken over from there."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import BigInteger, Text

from exchange_domain.importing.reasons import Reason
from exchange_domain.importing.result import ImportedContact, Remark
from exchange_domain.words import Elsewhere, RemarkKind

# `free`: nobody was called yet, no operator has it, and it is no operator's to call back.
_THERE = """
select n.e164, n.id as number_id, p.name as campaign,
  (c.status = 'waiting' and c.attempts = 0 and c.bound_to is null
   and not exists (select from call k where k.contact_id = c.id)) as free
from contact_number n join contact c on c.id = n.contact_id join campaign p on p.id = n.campaign_id
where n.e164 = any(:numbers) and p.id <> :campaign
  and p.customer_id = (select customer_id from campaign where id = :campaign)
"""
_NUMBERS = bindparam("numbers", type_=ARRAY(Text))
_LOOK = text(_THERE + " order by n.e164, p.id").bindparams(_NUMBERS)
# Locked as a claim locks them; whom a claim has just now is not free.
_LOCK = text(
    f"select y.e164, y.number_id, y.campaign, y.free from ({_THERE}) y "
    "join contact c on c.id = (select contact_id from contact_number where id = y.number_id) "
    "where y.free order by c.id for update of c skip locked"
).bindparams(_NUMBERS)
_TAKE = text("""
with gone as (delete from contact_number where id = any(:ids) returning contact_id)
select distinct contact_id from gone
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
_DROP_BARE = text("""
delete from contact c where id = any(:ids) and not exists (select from contact_number n where n.contact_id = c.id)
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger)))


@dataclass(slots=True)
class Sifted:
    """Contacts to store, and what there is to say of the others."""

    contacts: list[ImportedContact] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    skipped: int = 0
    """Contacts none of whose numbers is left."""
    moved: int = 0
    """Numbers taken over."""


async def sift(
    connection: AsyncConnection, campaign_id: int, contacts: Sequence[ImportedContact], choice: Elsewhere
) -> Sifted:
    """Leaves out numbers that other campaigns have, or takes them from there, in the caller's transaction.

    Taken over is only who was not called there yet; who was stays there and is not added here.
    """
    if choice is Elsewhere.KEEP or not contacts:
        return Sifted(list(contacts))
    wanted = [number.e164 for contact in contacts for number in contact.numbers]
    taken = await _take_over(connection, campaign_id, wanted) if choice is Elsewhere.MOVE else 0
    there: dict[str, Reason] = {}
    for row in (await connection.execute(_LOOK, {"campaign": campaign_id, "numbers": wanted})).all():
        code = "elsewhere" if choice is Elsewhere.SKIP else "called_elsewhere"
        there.setdefault(row.e164, Reason(code, {"number": row.e164, "campaign": row.campaign}))
    sifted = Sifted(moved=taken)
    for contact in contacts:
        reasons = tuple(there[number.e164] for number in contact.numbers if number.e164 in there)
        left = [number for number in contact.numbers if number.e164 not in there]
        if not reasons:
            sifted.contacts.append(contact)
            continue
        kind = RemarkKind.WARNING if left else RemarkKind.ELSEWHERE
        sifted.remarks.append(Remark(kind, contact.row, reasons, contact.cells))
        if left:
            sifted.contacts.append(replace(contact, numbers=left))
        else:
            sifted.skipped += 1
    return sifted


async def _take_over(connection: AsyncConnection, campaign_id: int, numbers: list[str]) -> int:
    found = (await connection.execute(_LOCK, {"campaign": campaign_id, "numbers": numbers})).all()
    if not found:
        return 0
    ids = list((await connection.execute(_TAKE, {"ids": [row.number_id for row in found]})).scalars())
    await connection.execute(_DROP_BARE, {"ids": ids})
    return len({row.e164 for row in found})
