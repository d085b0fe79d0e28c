"""Writes an import's contacts into a campaign: what is there already is not added again."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import BigInteger, Integer, Text
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import do_not_call
from exchange_domain.importing.cell_text import clean_text
from exchange_domain.importing.elsewhere import sift
from exchange_domain.importing.number_cells import ImportedNumber
from exchange_domain.importing.reasons import Reason
from exchange_domain.importing.report_file import remarks_file
from exchange_domain.importing.result import ImportedContact, ImportResult, Remark
from exchange_domain.tables import ListImport
from exchange_domain.words import Elsewhere, RemarkKind

WRONG_ZONE = frozenset({"unknown_time_zone", "zone_differs"})
_BATCH = 5_000
_FILE_NAME_LENGTH = 255
_COPIED = ("id", "campaign_id", "name", "fields", "time_zone", "import_id")
_BIGINTS, _INTS, _TEXTS = ARRAY(BigInteger), ARRAY(Integer), ARRAY(Text)

# One import of a campaign at a time, until the transaction ends; other campaigns are not held up.
_LOCK = text("""
select customer_id from campaign, pg_advisory_xact_lock(hashtextextended('list_import', :campaign)) where id = :campaign
""")
_KNOWN = text("""
select n.e164, n.contact_id, (select max(p.position) from contact_number p where p.contact_id = n.contact_id) as last
from contact_number n where n.campaign_id = :campaign and n.e164 = any(:numbers)
""").bindparams(bindparam("numbers", type_=_TEXTS))
_NEW_IDS = text("select nextval(pg_get_serial_sequence('contact', 'id')) from generate_series(1, :count)")
# Sorted, so that two transactions which add the same numbers wait for each other and never in a circle.
_ADD_NUMBERS = text("""
insert into contact_number (contact_id, campaign_id, e164, person_name, note, position)
select given.contact_id, :campaign, given.e164, given.person_name, given.note, given.position
from unnest(:contacts, :numbers, :people, :notes, :positions)
  as given (contact_id, e164, person_name, note, position)
order by given.e164
on conflict (campaign_id, e164) do nothing returning contact_id
""").bindparams(
    bindparam("contacts", type_=_BIGINTS), bindparam("numbers", type_=_TEXTS), bindparam("people", type_=_TEXTS),
    bindparam("notes", type_=_TEXTS), bindparam("positions", type_=_INTS),
)  # fmt: skip
_DROP_CONTACTS = text("delete from contact where id = any(:ids)").bindparams(bindparam("ids", type_=_BIGINTS))


@dataclass(slots=True)
class StoredReport:
    """What became of the contacts of an import: each is in one of added, extended, already_there, elsewhere."""

    added: int = 0
    """New contacts."""
    extended: int = 0
    """Contacts of the campaign which got numbers that were not known."""
    already_there: int = 0
    """Contacts all of whose numbers the campaign has; nothing was added."""
    elsewhere: int = 0
    """Contacts left out, because all their numbers are in other campaigns of the customer."""
    moved: int = 0
    """Numbers taken over from other campaigns."""
    numbers_added: int = 0
    """New numbers, those of new contacts included."""
    do_not_call: int = 0
    """Contacts of these who are not called, because all their numbers are on a do-not-call list."""
    remarks: list[Remark] = field(default_factory=list)
    """What the database had to say about the rows."""

    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "remarks"}


@dataclass(frozen=True, slots=True)
class StoredImport:
    """A list_import row as written."""

    import_id: int
    report: dict[str, int]
    """added, extended, already_there, elsewhere, moved, numbers_added, do_not_call, rejected, duplicates, empty,
    warnings, wrong_zone, total."""


@dataclass(slots=True)
class _Batch:
    """Rows to insert, column by column."""

    new: list[ImportedContact] = field(default_factory=list)
    numbers: list[tuple[int, ImportedNumber, int]] = field(default_factory=list)
    """Contact, number, position."""
    extended: list[int] = field(default_factory=list)
    """Contacts that are there and get numbers; once for each row that brings some."""


async def import_list(
    session: AsyncSession,
    campaign_id: int,
    account_id: int | None,
    file_name: str,
    result: ImportResult,
    language: str,
    elsewhere: Elsewhere = Elsewhere.KEEP,
) -> StoredImport:
    """Stores a list that was read whole: contacts, the list_import row with its counts, and the file of remarks.

    Runs in the caller's transaction. `language` is that of the reasons in the file.
    """
    entry = ListImport(
        campaign_id=campaign_id, account_id=account_id, file_name=clean_text(file_name)[:_FILE_NAME_LENGTH], report={}
    )
    session.add(entry)
    await session.flush()
    assert entry.id is not None
    stored = await store(session, campaign_id, result, entry.id, elsewhere)
    report = stored.counts() | counts(result)
    entry.report, entry.total_rows, entry.done_rows = report, result.total_rows, result.total_rows
    if remarks := result.remarks() + stored.remarks:
        entry.rejected_file = await asyncio.to_thread(remarks_file, result.columns, remarks, language)
    session.add(entry)
    await session.flush()
    return StoredImport(entry.id, report)


def counts(result: ImportResult) -> dict[str, int]:
    """The rows of a list that are not contacts, remarks on those that are, and all of them."""
    return {
        "rejected": len(result.rejected),
        "duplicates": len(result.duplicates),
        "empty": result.empty_rows,
        "warnings": len(result.warnings),
        "wrong_zone": len({one.row for one in result.warnings if one.reason.code in WRONG_ZONE}),
        "total": result.total_rows,
    }


async def store(
    session: AsyncSession,
    campaign_id: int,
    result: ImportResult,
    import_id: int | None = None,
    elsewhere: Elsewhere = Elsewhere.KEEP,
) -> StoredReport:
    """Adds the result's contacts to the campaign, in the caller's transaction. Storing the same again adds nothing.

    A contact some of whose numbers the campaign has gives its other numbers to the contact there. Imports of one
    campaign wait for each other; an operator who enters the same number meanwhile wins or loses, never both.
    """
    connection = await session.connection()
    customer_id = (await connection.execute(_LOCK, {"campaign": campaign_id})).scalar_one()
    report = StoredReport()
    for start in range(0, len(result.contacts), _BATCH):
        sifted = await sift(connection, campaign_id, result.contacts[start : start + _BATCH], elsewhere)
        report.elsewhere += sifted.skipped
        report.moved += sifted.moved
        report.remarks += sifted.remarks
        new = await _store_batch(connection, campaign_id, sifted.contacts, import_id, report)
        await _never_called(session, campaign_id, customer_id, sifted.contacts, new, report)
    return report


async def _never_called(
    session: AsyncSession,
    campaign_id: int,
    customer_id: int,
    contacts: Sequence[ImportedContact],
    new: Sequence[ImportedContact],
    report: StoredReport,
) -> None:
    """A list may bring whom nobody may call: such a contact is done before it begins."""
    numbers = [number.e164 for contact in contacts for number in contact.numbers]
    forbidden = await do_not_call.forbidden(session, customer_id, numbers) if numbers else set()
    if not forbidden:
        return
    await do_not_call.retire(session, sorted(forbidden), campaign_id=campaign_id)
    never = [contact for contact in new if all(number.e164 in forbidden for number in contact.numbers)]
    report.do_not_call += len(never)
    report.remarks += [
        Remark(RemarkKind.DO_NOT_CALL, contact.row, (Reason("do_not_call"),), contact.cells) for contact in never
    ]


async def _store_batch(
    connection: AsyncConnection,
    campaign_id: int,
    contacts: Sequence[ImportedContact],
    import_id: int | None,
    report: StoredReport,
) -> list[ImportedContact]:
    """Returns those that are new."""
    batch = await _sorted_out(connection, campaign_id, contacts, report)
    ids = list((await connection.execute(_NEW_IDS, {"count": len(batch.new)})).scalars()) if batch.new else []
    if ids:
        rows = [
            (i, campaign_id, one.name, json.dumps(one.fields, ensure_ascii=False), one.time_zone, import_id)
            for i, one in zip(ids, batch.new, strict=True)
        ]
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.copy_records_to_table("contact", records=rows, columns=_COPIED)
    for contact_id, contact in zip(ids, batch.new, strict=True):
        batch.numbers += [(contact_id, number, place) for place, number in enumerate(contact.numbers)]
    if not batch.numbers:
        return batch.new
    owners = (
        await connection.execute(
            _ADD_NUMBERS,
            {
                "campaign": campaign_id,
                "contacts": [contact_id for contact_id, _, _ in batch.numbers],
                "numbers": [number.e164 for _, number, _ in batch.numbers],
                "people": [number.person_name for _, number, _ in batch.numbers],
                "notes": [number.note for _, number, _ in batch.numbers],
                "positions": [place for _, _, place in batch.numbers],
            },
        )
    ).scalars()
    added = list(owners)
    with_numbers = set(added)
    # Someone else entered all their numbers between our look and our insert.
    bare = [contact_id for contact_id in ids if contact_id not in with_numbers]
    if bare:
        await connection.execute(_DROP_CONTACTS, {"ids": bare})
    report.numbers_added += len(added)
    report.added += len(ids) - len(bare)
    extended = sum(1 for contact_id in batch.extended if contact_id in with_numbers)
    report.extended += extended
    report.already_there += len(bare) + len(batch.extended) - extended
    return batch.new


async def _sorted_out(
    connection: AsyncConnection, campaign_id: int, contacts: Sequence[ImportedContact], report: StoredReport
) -> _Batch:
    """Which contacts are new, and which numbers go to contacts that are there."""
    numbers = [number.e164 for contact in contacts for number in contact.numbers]
    known: dict[str, int] = {}
    last_place: dict[int, int] = {}
    for row in (await connection.execute(_KNOWN, {"campaign": campaign_id, "numbers": numbers})).all():
        known[row.e164] = row.contact_id
        last_place[row.contact_id] = row.last
    batch = _Batch()
    for contact in contacts:
        owner = next((known[number.e164] for number in contact.numbers if number.e164 in known), None)
        unknown = [number for number in contact.numbers if number.e164 not in known]
        if owner is None:
            batch.new.append(contact)
        elif not unknown:
            report.already_there += 1
        else:
            batch.extended.append(owner)
            for number in unknown:
                last_place[owner] += 1
                batch.numbers.append((owner, number, last_place[owner]))
    return batch
