"""A person's number is erased everywhere: their names, what was said and written about them, their recordings.

Money and counts stay, and so does the wish not to be called. One transaction: all of it or nothing, and doing it again
finds nothing left. Recordings are deleted by the movers, which try until it is done (`recording_erasures`).
"""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import recording_erasures
from .scrubbing import MARK, Scrubber, bare_record
from .tables import (
    Appeal,
    Call,
    CallDraft,
    Contact,
    ContactNumber,
    Erasure,
    Hearing,
    HearingNote,
    ListImport,
    ListImportRemark,
    NumberLock,
    ProblemReport,
    SwitchRecord,
    Transfer,
)
from .words import CallState, ContactStatus

SEAT_RECORD_AGE = timedelta(days=1)
SWEEP = 200


class StillOnTheLine(Exception):
    """The number is in a call that is not over; nothing was erased."""


class NoNumber(ValueError):
    """The text is no number in E.164."""


@dataclass
class Erased:
    """What went. `call_ids` and `names` are for whoever cleans what lies outside of the database."""

    contacts: int = 0
    calls: int = 0
    recordings: int = 0
    switch_records: int = 0
    rejected_files: int = 0
    exports: int = 0
    """Exported files of the campaigns where the number was: each is deleted whole, by the worker within the hour."""
    mentions: int = 0
    """Texts about other people that had the number in them."""
    call_ids: list[UUID] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def counts(self) -> dict[str, int]:
        return {name: value for name, value in asdict(self).items() if isinstance(value, int)}


async def erase_number(
    s: AsyncSession, e164: str, *, by: str, account_id: int | None = None, forbid: bool = False
) -> Erased:
    """Erases a number. `forbid`: nobody may call it any more. Raises NoNumber, StillOnTheLine."""
    plain = Scrubber(checked(e164))
    # Contacts first, as claiming does it: a claim under way ends before, a later one finds no number.
    contacts = await _contacts(s, e164)
    lock = await s.get(NumberLock, e164, with_for_update=True)
    calls = list(await s.exec(select(Call).where(Call.e164 == e164).order_by(col(Call.id)).with_for_update()))
    if any(call.state != CallState.CLOSED or call.ended_at is None for call in calls):
        raise StillOnTheLine
    now = datetime.now(UTC)
    erased = Erased(contacts=len(contacts), calls=len(calls), call_ids=[call.id for call in calls])
    for contact in contacts:
        await _erase_contact(s, contact, e164, erased)
    for call in calls:
        await _erase_call(s, call, now, erased)
    if lock is not None:
        await s.delete(lock)
    await s.flush()
    await _mentions(s, Scrubber(e164, erased.names), [contact.id for contact in contacts if contact.id], erased)
    await _texts(s, plain, erased)
    await _records(s, plain, erased.call_ids, erased)
    await _rejected_files(s, plain, erased)
    await _given_out(s, plain, sorted({one.campaign_id for one in contacts}), erased)
    if forbid:
        await s.execute(
            text("insert into do_not_call (e164) values (:e164) on conflict do nothing"), {"e164": e164}
        )  # fmt: skip
    s.add(Erasure(number_hash=hashed(e164), asked_by=by, account_id=account_id, counts=erased.counts()))
    await s.flush()
    return erased


def checked(e164: str) -> str:
    """The number, if it is one. Raises NoNumber."""
    digits = e164.removeprefix("+")
    if not e164.startswith("+") or not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        raise NoNumber("a number is written +, country code, number: +78121234567")
    try:
        Scrubber(e164)
    except Exception as error:
        raise NoNumber("no country has this number") from error
    return e164


def hashed(e164: str, salt: str | None = None) -> str:
    """`salt$hash`. Slow on purpose: all numbers there are could be tried otherwise."""
    salt = salt or secrets.token_hex(16)
    return f"{salt}${hashlib.scrypt(e164.encode(), salt=salt.encode(), n=2**14, r=8, p=1).hex()}"


def is_about(erasure: Erasure, e164: str) -> bool:
    return secrets.compare_digest(hashed(e164, erasure.number_hash.split("$")[0]), erasure.number_hash)


async def _contacts(s: AsyncSession, e164: str) -> list[Contact]:
    own = select(ContactNumber.contact_id).where(ContactNumber.e164 == e164)
    called = select(Call.contact_id).where(Call.e164 == e164)
    query = select(Contact).where(col(Contact.id).in_(own) | col(Contact.id).in_(called))
    return list(await s.exec(query.order_by(col(Contact.id)).with_for_update()))


async def _erase_contact(s: AsyncSession, contact: Contact, e164: str, erased: Erased) -> None:
    """A contact with no other number is nobody any more; of a firm with others, only this person goes."""
    query = select(ContactNumber).where(ContactNumber.contact_id == contact.id)
    numbers = list(await s.exec(query))
    gone = [number for number in numbers if number.e164 == e164]
    erased.names |= {number.person_name for number in gone if number.person_name}
    for number in gone:
        await s.delete(number)
    if len(gone) == len(numbers):
        erased.names |= {contact.name} if contact.name else set()
        contact.name, contact.fields, contact.status = "", {}, ContactStatus.DONE
        s.add(contact)
    await s.flush()


async def _erase_call(s: AsyncSession, call: Call, now: datetime, erased: Erased) -> None:
    erased.names |= {call.person_name} if call.person_name else set()
    call.e164, call.person_name, call.note, call.result, call.number_id = "", "", "", {}, None
    s.add(call)
    draft = await s.get(CallDraft, call.id)
    if draft is not None:
        await s.delete(draft)
    await s.execute(text("update problem_report set words = '' where call_id = :call"), {"call": call.id})
    await s.execute(text("update transfer set manager_note = '' where call_id = :call"), {"call": call.id})
    for words in (
        "delete from hearing_note where hearing_id in (select id from hearing where call_id = :call)",
        "update hearing set words = '' where call_id = :call",
        "update appeal set words = '–', decision = case decision when '' then '' else '–' end where call_id = :call",
    ):
        await s.execute(text(words), {"call": call.id})
    erased.recordings += await recording_erasures.erase(s, call, now)


async def _mentions(s: AsyncSession, scrubber: Scrubber, contact_ids: Sequence[int], erased: Erased) -> None:
    """What else is written about the same contacts: there the person's name goes too."""
    if not contact_ids:
        return
    contacts = list(await s.exec(select(Contact).where(col(Contact.id).in_(contact_ids))))
    numbers = list(await s.exec(select(ContactNumber).where(col(ContactNumber.contact_id).in_(contact_ids))))
    calls = list(await s.exec(select(Call).where(col(Call.contact_id).in_(contact_ids))))
    ids = [call.id for call in calls]
    drafts = list(await s.exec(select(CallDraft).where(col(CallDraft.call_id).in_(ids))))
    reports = list(await s.exec(select(ProblemReport).where(col(ProblemReport.call_id).in_(ids))))
    transfers = list(await s.exec(select(Transfer).where(col(Transfer.call_id).in_(ids))))
    for row, names in (
        *((row, ("name", "fields")) for row in contacts),
        *((row, ("note",)) for row in numbers),
        *((row, ("note", "result")) for row in (*calls, *drafts)),
        *((row, ("words",)) for row in reports),
        *((row, ("manager_note",)) for row in transfers),
    ):
        erased.mentions += _scrub(s, row, names, scrubber)
    await s.flush()


def _scrub(s: AsyncSession, row: Any, names: Sequence[str], scrubber: Scrubber) -> int:
    changed = 0
    for name in names:
        before = getattr(row, name)
        after = scrubber.document(before)
        if after != before:
            setattr(row, name, after)
            changed = 1
    if changed:
        s.add(row)
    return changed


WRITTEN: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (Contact, ("name", "fields")),
    (ContactNumber, ("person_name", "note")),
    (Call, ("person_name", "note", "result")),
    (CallDraft, ("note", "result")),
    (ProblemReport, ("words",)),
    (Transfer, ("manager_note",)),
    (Hearing, ("words",)),
    (HearingNote, ("words",)),
    (Appeal, ("words", "decision")),
)
"""What people write: the number may stand in a note about somebody else."""


async def _texts(s: AsyncSession, scrubber: Scrubber, erased: Erased) -> None:
    """The number in what was written about other contacts. Reads whole tables: it is asked for rarely."""
    for table, names in WRITTEN:
        written = " || ' ' || ".join(f"{name}::text" for name in names)
        digits = text(rf"regexp_replace({written}, '\D', '', 'g') like :digits").bindparams(
            digits=f"%{scrubber.core}%"
        )  # fmt: skip
        for row in list(await s.exec(select(table).where(digits))):
            erased.mentions += _scrub(s, row, names, scrubber)
    await s.flush()


async def _records(s: AsyncSession, scrubber: Scrubber, call_ids: list[UUID], erased: Erased) -> None:
    """The switch's records of these calls, and of any other leg that names the number (a seat names whom it met)."""
    named = text("(switch_record.leg = any(:ids) or switch_record.body::text like :digits)").bindparams(
        ids=call_ids, digits=f"%{scrubber.core}%"
    )
    for record in list(await s.exec(select(SwitchRecord).where(named))):
        if record.leg in call_ids or scrubber.document(record.body) != record.body:
            erased.switch_records += MARK not in record.body
            record.body = bare_record(record.body)
            s.add(record)
    await s.flush()


async def _rejected_files(s: AsyncSession, scrubber: Scrubber, erased: Erased) -> None:
    """Files of rows that were not taken, with the number in them, are removed whole. One is read at a time.

    Of the remarks that stand beside them, those rows go.
    """
    for remark in await s.exec(select(ListImportRemark)):
        if scrubber.has_number("\n".join(remark.cells)):
            await s.delete(remark)
    ids = list(await s.exec(select(ListImport.id).where(col(ListImport.rejected_file).is_not(None))))
    for id_ in ids:
        entry = await s.get_one(ListImport, id_)
        if entry.rejected_file and await asyncio.to_thread(scrubber.in_workbook, entry.rejected_file):
            entry.rejected_file = None
            erased.rejected_files += 1
            s.add(entry)
            await s.flush()
        s.expunge(entry)


async def _given_out(s: AsyncSession, scrubber: Scrubber, campaign_ids: list[int], erased: Erased) -> None:
    """Files that were exported, and answers to programs that are kept to be given again."""
    gone = await s.execute(
        text(
            "update export_file set state = 'failed', created_at = 'epoch' "
            "where campaign_id = any(:ids) and created_at > 'epoch' returning id"
        ),
        {"ids": campaign_ids},
    )
    erased.exports += len(gone.all())
    await s.execute(
        text(r"delete from api_reply where regexp_replace(body::text, '\D', '', 'g') like :digits"),
        {"digits": f"%{scrubber.core}%"},
    )


LATE = text(f"""
select r.leg from switch_record r join call c on c.id = r.leg
where c.e164 = '' and not jsonb_exists(r.body, '{MARK}')
union all
(select leg from switch_record where call_id is null and not jsonb_exists(body, '{MARK}') and received_at < :seats
 limit :most)
""")


async def sweep_late_records(s: AsyncSession, now: datetime | None = None) -> int:
    """Records that came after their number was erased; and those of seats and managers, which name whom they met.

    Of the latter only figures are needed, and nobody looks for them again: after a day they lose the rest.
    """
    before = (now or datetime.now(UTC)) - SEAT_RECORD_AGE
    legs = list((await s.execute(LATE, {"seats": before, "most": SWEEP})).scalars())
    for leg in legs:
        record = await s.get_one(SwitchRecord, leg)
        record.body = bare_record(record.body)
        s.add(record)
    await s.flush()
    return len(legs)
