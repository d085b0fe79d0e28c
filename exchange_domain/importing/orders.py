"""An import as it goes: ordered, running, and its end. What is stored and how far it is are one transaction."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import jobs
from exchange_domain.importing.cell_text import clean_text
from exchange_domain.importing.mapping import ColumnMapping, mapping_of
from exchange_domain.importing.reading import ImportOptions
from exchange_domain.importing.reasons import Reason, UnreadableList
from exchange_domain.importing.result import ImportResult, Remark
from exchange_domain.importing.storing import counts, store
from exchange_domain.tables import Campaign, ListImport, ListImportRemark
from exchange_domain.words import Elsewhere, ImportPhase, ImportState, LegalBasis, RemarkKind

TASK = "import_list"
_FILE_NAME_LENGTH = 255
UNDER_WAY = (ImportState.WAITING, ImportState.RUNNING)
BROKE_OFF = "broke_off"
REMARKS_SHOWN = 20


class UnderWay(Exception):
    """Another list of this campaign is being imported."""


class Cancelled(Exception):
    """The customer has called the import off."""


@dataclass(frozen=True)
class ImportOrder:
    """What the person chose before the import."""

    upload_id: str
    sheet: str | None
    mapping: list[dict[str, Any]]
    """{column, role, key} of each column."""
    country: str
    default_prefix: str
    time_zone: str
    elsewhere: str = Elsewhere.KEEP.value
    language: str = "ru"
    """Of the reasons in the file of remarks."""

    def columns(self) -> list[ColumnMapping]:
        return mapping_of(self.mapping)

    def options(self) -> ImportOptions:
        return ImportOptions(self.country, self.default_prefix, self.time_zone)


@dataclass(frozen=True)
class Basis:
    """By what right the people of the list are called, in the customer's word."""

    kind: LegalBasis
    note: str = ""


@dataclass
class Progress:
    """How far an import is, for the pages."""

    import_id: int
    campaign_id: int
    file_name: str
    state: ImportState
    phase: ImportPhase
    done_rows: int
    total_rows: int
    elapsed_s: float
    """Since the work was begun."""
    report: dict[str, int] = field(default_factory=dict)
    problem: dict[str, Any] | None = None
    cancel_asked: bool = False

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY


async def order(
    s: AsyncSession, campaign: Campaign, account_id: int | None, file_name: str, wanted: ImportOrder, basis: Basis
) -> int:
    """Orders an import; `job_worker` does it. Returns its number. Raises UnderWay: nothing was written."""
    assert campaign.id is not None
    entry = ListImport(
        campaign_id=campaign.id, account_id=account_id, file_name=clean_text(file_name)[:_FILE_NAME_LENGTH],
        state=ImportState.WAITING, how=asdict(wanted), legal_basis=basis.kind, legal_note=basis.note.strip()[:500],
    )  # fmt: skip
    try:
        async with s.begin_nested():
            s.add(entry)
            await s.flush()
    except IntegrityError as error:
        raise UnderWay from error
    assert entry.id is not None
    # One of a customer after the other: a second long list waits, and takes nothing from the operators' pages.
    await jobs.order(s, TASK, {"import_id": entry.id}, lock=f"import:customer:{campaign.customer_id}")
    return entry.id


async def begin(s: AsyncSession, import_id: int) -> ListImport | None:
    """The import, now running; None when it is over, or gone with its campaign."""
    entry = await s.get(ListImport, import_id, with_for_update=True)
    if entry is None or entry.state not in UNDER_WAY:
        return None
    entry.state = ImportState.RUNNING
    entry.started_at = entry.started_at or datetime.now(UTC)
    s.add(entry)
    return entry


async def read_through(s: AsyncSession, import_id: int, total_rows: int) -> None:
    """The file was read: so many rows are to be judged."""
    entry = await _running(s, import_id)
    entry.total_rows, entry.phase = total_rows, ImportPhase.ADDING
    s.add(entry)


async def add(s: AsyncSession, import_id: int, part: ImportResult, upto: int) -> bool:
    """Stores the rows of a part, the last of which is the `upto`-th; False when that was done before a restart.

    Raises Cancelled.
    """
    entry = await _running(s, import_id)
    if entry.done_rows >= upto:
        return False
    wanted = ImportOrder(**entry.how)
    stored = await store(s, entry.campaign_id, part, import_id, Elsewhere(wanted.elsewhere))
    await _note(s, import_id, part.remarks() + stored.remarks)
    news = stored.counts() | counts(part)
    entry.report = {name: int(entry.report.get(name, 0)) + news[name] for name in news}
    entry.done_rows = upto
    s.add(entry)
    return True


async def added_all(s: AsyncSession, import_id: int) -> None:
    entry = await _running(s, import_id)
    entry.phase = ImportPhase.REPORTING
    s.add(entry)


async def rejected_rows(s: AsyncSession, import_id: int) -> list[Remark]:
    """The first rows that were not taken."""
    return [one for _, one in await remarks(s, import_id, RemarkKind.REJECTED, limit=REMARKS_SHOWN)]


async def finish(s: AsyncSession, import_id: int, remarks_file: bytes | None) -> None:
    """All rows are in; the file of remarks takes the place of the remarks."""
    entry = await _running(s, import_id)
    entry.rejected_file = remarks_file
    entry.state, entry.ended_at = ImportState.DONE, datetime.now(UTC)
    s.add(entry)
    await _forget(s, import_id)


async def refuse(s: AsyncSession, import_id: int, why: UnreadableList | None) -> None:
    """It ends without result: the file cannot be used, or (None) it broke off. What was stored stays."""
    entry = await s.get_one(ListImport, import_id, with_for_update=True)
    if entry.state not in UNDER_WAY:
        return
    entry.state, entry.ended_at = ImportState.FAILED, datetime.now(UTC)
    entry.problem = {"code": why.code, "params": dict(why.params)} if why else {"code": BROKE_OFF, "params": {}}
    s.add(entry)
    await _forget(s, import_id)


async def ask_cancel(s: AsyncSession, campaign_id: int) -> bool:
    """Calls the campaign's running import off; one that waits ends at once. False: there is none."""
    entry = (
        await s.exec(
            select(ListImport)
            .where(ListImport.campaign_id == campaign_id, col(ListImport.state).in_(UNDER_WAY))
            .with_for_update()
        )
    ).one_or_none()
    if entry is None:
        return False
    entry.cancel_asked = True
    if entry.state is ImportState.WAITING:
        entry.state, entry.ended_at = ImportState.CANCELLED, datetime.now(UTC)
    s.add(entry)
    return True


# In steps, so that an operator's claim never waits long; a contact that was called, or is being called, stays.
_TAKE_BACK = text("""
delete from contact where id in (
  select c.id from contact c where c.import_id = :import_id and c.status = 'waiting' and c.attempts = 0
    and c.bound_to is null and not exists (select from call k where k.contact_id = c.id)
  order by c.id limit :most for update of c skip locked)
""")
TAKEN_BACK_AT_ONCE = 5_000


async def take_back(s: AsyncSession, import_id: int) -> int:
    """Takes out some of the contacts that a cancelled import has added and nobody has called; 0: none is left."""
    gone = await s.execute(_TAKE_BACK, {"import_id": import_id, "most": TAKEN_BACK_AT_ONCE})
    return gone.rowcount  # pyright: ignore[reportAttributeAccessIssue]


async def cancelled(s: AsyncSession, import_id: int, taken_back: int) -> None:
    """The end of an import that was called off."""
    entry = await s.get_one(ListImport, import_id, with_for_update=True)
    if entry.state not in UNDER_WAY:
        return
    entry.state, entry.ended_at = ImportState.CANCELLED, datetime.now(UTC)
    entry.report = {**entry.report, "taken_back": taken_back}
    s.add(entry)
    await _forget(s, import_id)


async def progress(s: AsyncSession, campaign_id: int) -> Progress | None:
    """The campaign's latest import; None when there never was one."""
    entry = (
        await s.exec(
            select(ListImport).where(ListImport.campaign_id == campaign_id).order_by(col(ListImport.id).desc()).limit(1)
        )
    ).one_or_none()
    return None if entry is None else progress_of(entry)


def progress_of(entry: ListImport) -> Progress:
    assert entry.id is not None
    until = entry.ended_at or datetime.now(UTC)
    elapsed = (until - entry.started_at).total_seconds() if entry.started_at else 0.0
    return Progress(
        entry.id, entry.campaign_id, entry.file_name, entry.state, entry.phase, entry.done_rows, entry.total_rows,
        elapsed, {k: int(v) for k, v in entry.report.items()}, entry.problem, entry.cancel_asked,
    )  # fmt: skip


async def remarks(
    s: AsyncSession, import_id: int, kind: RemarkKind, after: int = 0, limit: int = 5_000
) -> list[tuple[int, Remark]]:
    """Remarks of a kind in the file's order, each with its key; `after`: the last key that was seen."""
    found = await s.exec(
        select(ListImportRemark)
        .where(ListImportRemark.import_id == import_id, ListImportRemark.kind == kind, col(ListImportRemark.id) > after)
        .order_by(col(ListImportRemark.id))
        .limit(limit)
    )
    return [
        (
            one.id or 0,
            Remark(kind, one.row, tuple(Reason(code, params) for code, params in one.reasons), tuple(one.cells)),
        )
        for one in found
    ]


async def _running(s: AsyncSession, import_id: int) -> ListImport:
    entry = await s.get(ListImport, import_id, with_for_update=True)
    if entry is None or entry.cancel_asked or entry.state is not ImportState.RUNNING:
        raise Cancelled
    return entry


async def _note(s: AsyncSession, import_id: int, said: Sequence[Remark]) -> None:
    if said:
        rows = [
            {"import_id": import_id, "kind": one.kind, "row": one.row, "cells": list(one.cells),
             "reasons": [[reason.code, dict(reason.params)] for reason in one.reasons]}
            for one in said
        ]  # fmt: skip
        await s.execute(ListImportRemark.__table__.insert(), rows)  # pyright: ignore[reportAttributeAccessIssue]


async def _forget(s: AsyncSession, import_id: int) -> None:
    """What stood in the list is kept once: in the file of remarks. The first rejected rows are shown on the page."""
    await s.execute(
        text(
            "delete from list_import_remark where import_id = :id and id not in "
            "(select id from list_import_remark where import_id = :id and kind = 'rejected' order by id limit :most)"
        ),
        {"id": import_id, "most": REMARKS_SHOWN},
    )
