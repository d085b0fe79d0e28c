"""Contacts from a customer's own program: stored as those of a list are, with the right by which they are called."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .importing import ImportOptions, ImportResult
from .importing.given import GivenContact, judge
from .importing.orders import Basis
from .importing.storing import StoredReport, counts, store
from .tables import Campaign, Contact, ContactNumber, ListImport
from .words import ContactStatus, Elsewhere, ImportState

AT_ONCE = 1_000


@dataclass(frozen=True)
class Taken:
    judged: ImportResult
    stored: StoredReport
    contact_ids: dict[int, int]
    """Contact by the place in what was given: also those that the campaign had before."""


async def take(
    s: AsyncSession, campaign: Campaign, source: str, given: Sequence[GivenContact], basis: Basis, elsewhere: Elsewhere
) -> Taken:
    """Adds them to the campaign; the same again adds nothing. `source` names the program."""
    assert campaign.id is not None
    judged = judge(given, ImportOptions(campaign.country, campaign.default_prefix, campaign.time_zone))
    entry = await _entry(s, campaign.id, source, basis)
    stored = await store(s, campaign.id, judged, entry.id, elsewhere)
    news = stored.counts() | counts(judged)
    entry.report = {name: int(entry.report.get(name, 0)) + news[name] for name in news}
    entry.total_rows = entry.done_rows = entry.total_rows + judged.total_rows
    s.add(entry)
    await s.flush()
    return Taken(judged, stored, await _ids(s, campaign.id, judged))


async def _entry(s: AsyncSession, campaign_id: int, source: str, basis: Basis) -> ListImport:
    """One row a campaign, program and basis: not one for each contact that a program gives."""
    await s.execute(text("select pg_advisory_xact_lock(hashtextextended('list_import', :id))"), {"id": campaign_id})
    known = (
        await s.exec(
            select(ListImport)
            .where(
                ListImport.campaign_id == campaign_id,
                ListImport.file_name == source,
                ListImport.legal_basis == basis.kind,
                ListImport.legal_note == basis.note,
                ListImport.state == ImportState.DONE,
            )
            .order_by(col(ListImport.id).desc())
            .limit(1)
            .with_for_update()
        )
    ).one_or_none()
    if known is None:
        known = ListImport(
            campaign_id=campaign_id, file_name=source, legal_basis=basis.kind, legal_note=basis.note, report={}
        )
        s.add(known)
        await s.flush()
    return known


async def _ids(s: AsyncSession, campaign_id: int, judged: ImportResult) -> dict[int, int]:
    numbers = {n.e164: one.row for one in judged.contacts for n in one.numbers}
    numbers |= {one.number: one.row for one in judged.duplicates if one.number not in numbers}
    rows = await s.exec(
        select(ContactNumber.e164, ContactNumber.contact_id).where(
            ContactNumber.campaign_id == campaign_id,
            col(ContactNumber.e164).in_([*numbers, *(d.number for d in judged.duplicates)]),
        )
    )
    owners = dict(rows.all())
    found = {row: owners[e164] for e164, row in numbers.items() if e164 in owners}
    return found | {d.row: owners[d.number] for d in judged.duplicates if d.number in owners}


class WasCalled(Exception):
    """The contact was called, is being called, or is promised to somebody: its calls are kept."""


_UNCALLED = text("""
delete from contact c where c.id = :id and c.status in ('waiting', 'done') and c.attempts = 0 and c.bound_to is null
  and not exists (select from call k where k.contact_id = c.id) returning c.id
""")


async def withdraw(s: AsyncSession, contact_id: int) -> None:
    """Takes a contact out that nobody has called. Raises WasCalled."""
    contact = await s.get(Contact, contact_id, with_for_update=True)
    if contact is None or contact.status is ContactStatus.WORKING:
        raise WasCalled
    if (await s.execute(_UNCALLED, {"id": contact_id})).scalar_one_or_none() is None:
        raise WasCalled
