"""From an uploaded file to contacts: which column is what, the import, and what became of the rows."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import reflex as rx
import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.security import current_account, roles
from exchange_domain import database
from exchange_domain.call_rows import epoch_ms
from exchange_domain.hours import zone_of
from exchange_domain.importing import (
    ColumnMapping,
    ColumnRole,
    ImportOptions,
    ImportResult,
    NumberRules,
    Preview,
    Reason,
    UnreadableList,
    import_list,
    open_workbook,
    preview,
    read_contacts,
)
from exchange_domain.importing.texts import TEXTS
from exchange_domain.tables import Campaign, ListImport

from . import uploads
from .arguments import BadArgument, line, one_of, whole
from .here import Here
from .import_lock import Busy, one_at_a_time, under_way
from .rights import field_of, gone, opened, owned
from .uploads import Upload

log = structlog.get_logger(__name__)
EXAMPLES = 3
REJECTED_SHOWN = 20
IMPORTS_SHOWN = 10
FAILED = "The import broke off. Nothing was added; repeat it."
BUSY = "Another list is being uploaded or imported. Wait until it is done and repeat."
"""list_page.py names both for the catalogue."""
_NOT_GROUPED = frozenset({"row", "first_row", "column"})


@dataclass(frozen=True)
class Told:
    """A sentence of the catalogue: its English text as the id, and what is filled in."""

    id: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def told(reason: Reason | UnreadableList) -> Told:
    params = {k: str(v) if k in _NOT_GROUPED else v for k, v in reason.params.items()}
    return Told(TEXTS[reason.code], params)


@dataclass(frozen=True)
class ColumnLine:
    """A column of the list on the page."""

    column: int
    letters: str
    heading: str
    examples: str
    role: str
    key: str


@dataclass(frozen=True)
class RejectedLine:
    row: int
    cells: str
    reasons: list[Told]


@dataclass(frozen=True)
class ImportLine:
    """An earlier import of this campaign."""

    id: int
    file_name: str
    at_ms: int
    added: int
    not_taken: int
    has_file: bool


def column_lines(found: Preview, corrected: list[dict[str, Any]]) -> list[ColumnLine]:
    """Columns as proposed, with what the person has corrected."""
    by_column = {one.column: one for one in found.proposed_mapping}
    mine = {int(c["column"]): c for c in corrected}
    lines = []
    for n, column in enumerate(found.columns):
        values = [cells[n] for _, cells in found.sample_rows if n < len(cells) and cells[n]]
        proposed = by_column.get(n, ColumnMapping(n, ColumnRole.FIELD, column.key))
        role = mine[n]["role"] if n in mine else proposed.role.value
        key = mine[n]["key"] if n in mine else proposed.key or column.key
        examples = " · ".join(dict.fromkeys(v[:60] for v in values[:EXAMPLES]))
        lines.append(ColumnLine(n, column.letters, column.heading[:80], examples, role, key))
    return lines


def mapping_of(lines: list[ColumnLine]) -> list[ColumnMapping]:
    return [ColumnMapping(c.column, ColumnRole(c.role), c.key) for c in lines]


def _read_preview(data: bytes, upload: Upload, rules: NumberRules) -> Preview:
    return preview(open_workbook(data, upload.file_name), upload.sheet, rules=rules)


def _read_all(data: bytes, upload: Upload, mapping: list[ColumnMapping], options: ImportOptions) -> ImportResult:
    return read_contacts(open_workbook(data, upload.file_name), upload.sheet, mapping, options)


def _options(campaign: Campaign) -> ImportOptions:
    return ImportOptions(campaign.country, campaign.default_prefix, campaign.time_zone)


class ContactList(rx.State):
    stage: str = "loading"
    """loading, choose, reading, mapping, importing, report"""
    file_name: str = ""
    sheet: str = ""
    sheets: rx.Field[list[str]] = rx.field(default_factory=list)
    row_count: int = 0
    columns: rx.Field[list[ColumnLine]] = rx.field(default_factory=list)
    problem: Told = Told()
    """Why the file, or the mapping as it stands, cannot be used."""
    unusable: bool = False
    """The file as a whole cannot be used: another one is needed."""
    country: str = "RU"
    prefix: str = ""
    prefix_problem: Told = Told()
    time_zone: str = ""
    report: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    report_id: int = 0
    has_file: bool = False
    rejected: rx.Field[list[RejectedLine]] = rx.field(default_factory=list)
    imports: rx.Field[list[ImportLine]] = rx.field(default_factory=list)
    contacts: int = 0

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load: the list that waits, if one does."""
        self.reset()
        async with opened(self) as at:
            if at is None:
                return
            await self._read_settings(at.db, at.campaign)
            busy = await under_way(at.campaign.customer_id)
        waiting = await uploads.of_campaign(at.id)
        if waiting is None:
            self.stage = "choose"
        elif waiting.importing and busy:
            self.stage = "importing"
            self.file_name = waiting.file_name
        else:
            await self._preview(waiting)

    async def _read_settings(self, db: AsyncSession, campaign: Campaign) -> None:
        self.country, self.prefix, self.time_zone = campaign.country, campaign.default_prefix, campaign.time_zone
        found = await db.exec(
            select(  # pyright: ignore[reportCallIssue]
                ListImport.id,
                ListImport.file_name,
                ListImport.created_at,
                ListImport.report,
                col(ListImport.rejected_file).is_not(None),
            )
            .where(ListImport.campaign_id == campaign.id)
            .order_by(col(ListImport.id).desc())
            .limit(IMPORTS_SHOWN)
        )
        self.imports = [
            ImportLine(
                i or 0,
                name,
                epoch_ms(at) or 0,
                int(report.get("added", 0)),
                int(report.get("rejected", 0)),
                bool(has_file),
            )
            for i, name, at, report, has_file in found
        ]

    @rx.event
    @roles("customer")
    async def take(self, upload_id: str):
        """The upload has arrived: shows its columns."""
        async with opened(self) as at:
            campaign_id = at.id if at else 0
        waiting = await uploads.of_campaign(campaign_id) if campaign_id else None
        if waiting is None or waiting.id != upload_id:
            yield gone()
            return
        self.stage, self.file_name, self.problem = "reading", waiting.file_name, Told()
        yield
        await self._preview(waiting)

    @rx.event
    @roles("customer")
    async def choose_sheet(self, sheet: str):
        waiting = await self._waiting()
        if waiting is None:
            return gone()
        if sheet in self.sheets:
            await self._keep(replace(waiting, sheet=sheet, mapping=[]), show=True)

    @rx.event
    @roles("customer")
    async def choose_role(self, column: int, role: str):
        number, wanted = whole(column), one_of(ColumnRole, role).value
        waiting = await self._waiting()
        if waiting is None:
            return gone()
        self.columns = [replace(c, role=wanted) if c.column == number else c for c in self.columns]
        self.problem = Told()
        await self._keep(waiting)

    @rx.event
    @roles("customer")
    async def type_key(self, field: str, value: str):
        """The name under which a column stands in the script."""
        campaign_id, rest = field_of(field)
        number, key = whole(rest.partition(":")[2]), line(value, 60).replace("{", "").replace("}", "")
        waiting = await self._waiting(campaign_id)
        if waiting is None or waiting.campaign_id != (await self.get_state(Here)).number:
            return
        self.columns = [replace(c, key=key) if c.column == number else c for c in self.columns]
        await self._keep(waiting)

    @rx.event
    @roles("customer")
    async def choose_country(self, country: str):
        """Whose numbers are written without a country code."""
        await self._change(country=str(country))

    @rx.event
    @roles("customer")
    async def type_prefix(self, field: str, value: str):
        campaign_id, _ = field_of(field)
        await self._change(campaign_id, default_prefix=line(value, 20))
        self.prefix = str(value)[:20]

    @rx.event
    @roles("customer")
    async def choose_zone(self, zone: str):
        """The clock of contacts whose own is not known."""
        if not isinstance(zone, str) or zone_of(zone) is None:
            raise BadArgument("a time zone is expected")
        await self._change(time_zone=zone)

    async def _change(self, campaign_id: int | None = None, **values: str) -> None:
        """Changes the campaign's rules of numbers, when they can be used."""
        async with opened(self, campaign_id) as at:
            if at is None:
                return
            wanted = {"country": at.campaign.country, "default_prefix": at.campaign.default_prefix} | values
            try:
                _ = ImportOptions(wanted["country"], wanted["default_prefix"]).rules
            except UnreadableList as refused:
                self.prefix_problem = told(refused)
                return
            for name, value in values.items():
                setattr(at.campaign, name, value)
            at.db.add(at.campaign)
            self.prefix_problem = Told()
            self.country, self.time_zone = at.campaign.country, at.campaign.time_zone

    @rx.event
    @roles("customer")
    async def other_file(self):
        """Forgets the waiting list; contacts that were imported stay."""
        async with opened(self) as at:
            if at is None:
                return gone()
            waiting = await uploads.of_campaign(at.id)
            if waiting is not None and not await under_way(at.campaign.customer_id):
                await uploads.remove(waiting.id)
            self.reset()
            await self._read_settings(at.db, at.campaign)
        self.stage = "choose"

    @rx.event(background=True)
    @roles("customer")
    async def run_import(self):
        """Reads all rows and adds the contacts. The page may be left meanwhile; a failure changes nothing."""
        account = current_account(self)
        async with self, opened(self) as at:
            if at is None:
                return
            campaign, mapping = at.campaign, mapping_of(self.columns)
            waiting = await uploads.of_campaign(at.id)
            if waiting is None or self.stage != "mapping":
                return
            self.stage, self.problem = "importing", Told()
            await uploads.update(replace(waiting, importing=True))
        try:
            async with one_at_a_time(campaign.customer_id):
                data = await uploads.read(waiting)
                if data is None:
                    raise UnreadableList("empty_file")
                result = await asyncio.to_thread(_read_all, data, waiting, mapping, _options(campaign))
                async with database.session() as db:
                    if await owned(db, account, waiting.campaign_id) is None:
                        raise UnreadableList("empty_file")
                    stored = await import_list(
                        db, waiting.campaign_id, account.account_id, waiting.file_name, result, account.language
                    )
                await uploads.remove(waiting.id)
        except UnreadableList as refused:
            async with self:
                self.stage, self.problem = "mapping", told(refused)
            return
        except Busy:
            async with self:
                self.stage, self.problem = "mapping", Told(BUSY)
            return
        except Exception:
            async with self:
                self.stage, self.problem = "mapping", Told(FAILED)
            raise
        log.info("list_imported", campaign_id=waiting.campaign_id, import_id=stored.import_id, **stored.report)
        async with self:
            self._show_report(stored.import_id, stored.report, result)
            (await self.get_state(Here)).has_list = True

    def _show_report(self, import_id: int, report: dict[str, int], result: ImportResult) -> None:
        self.stage, self.report_id, self.report = "report", import_id, report
        self.has_file = bool(result.rejected or result.warnings or result.duplicates)
        self.rejected = [
            RejectedLine(r.row, " · ".join(c for c in r.cells if c)[:120], [told(reason) for reason in r.reasons[:3]])
            for r in result.rejected[:REJECTED_SHOWN]
        ]

    async def _waiting(self, campaign_id: int | None = None) -> Upload | None:
        async with opened(self, campaign_id) as at:
            if at is None:
                return None
        return await uploads.of_campaign(at.id)

    async def _keep(self, upload: Upload, show: bool = False) -> None:
        """Writes down how far the person has come with the columns."""
        if not show:
            mapping = [{"column": c.column, "role": c.role, "key": c.key} for c in self.columns]
            upload = replace(upload, mapping=mapping)
        await uploads.update(upload)
        if show:
            await self._preview(upload)

    async def _preview(self, upload: Upload) -> None:
        self.file_name, self.unusable, self.problem = upload.file_name, False, Told()
        data = await uploads.read(upload)
        if data is None:
            self.stage = "choose"
            return
        try:
            rules = NumberRules(self.country, self.prefix)
            found = await asyncio.to_thread(_read_preview, data, upload, rules)
        except UnreadableList as refused:
            self.stage, self.problem, self.unusable = "choose", told(refused), True
            await uploads.remove(upload.id)
            return
        self.stage, self.sheet, self.sheets = "mapping", found.sheet, list(found.sheets)
        self.row_count = found.row_count
        self.columns = column_lines(found, upload.mapping)
