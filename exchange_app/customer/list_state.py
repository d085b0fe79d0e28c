"""From an uploaded file to an order: which column is what, how numbers are read, by what right people are called."""

from dataclasses import replace

import reflex as rx

from exchange_app.arguments import BadArgument, line, one_of, whole
from exchange_app.security import roles
from exchange_domain import database
from exchange_domain.hours import zone_of
from exchange_domain.importing import (
    ColumnRole,
    ImportOptions,
    NumberRules,
    UnreadableList,
    orders,
    remembered,
    uploads,
)
from exchange_domain.importing.list_reader import ReaderDied, preview_apart
from exchange_domain.importing.uploads import Upload
from exchange_domain.tables import Campaign
from exchange_domain.words import Elsewhere, LegalBasis

from .here import Here
from .list_lines import ColumnLine, Told, column_lines, told
from .rights import field_of, gone, opened

UNREADABLE = "The file could not be read to its end. Save it anew in a spreadsheet program and upload it again."
"""list_page.py names it for the catalogue."""


class ContactList(rx.State):
    stage: str = "loading"
    """loading, choose, reading, mapping, importing, report, cancelled; from `importing` on the words are ImportRun's"""
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
    elsewhere: str = Elsewhere.SKIP.value
    """What is done with numbers of the customer's other campaigns."""
    basis: str = ""
    """By what right these people are called; empty until it was said."""
    basis_note: str = ""
    basis_missing: bool = False
    """Whether the import was asked for without it."""
    recalled: bool = False
    """Whether the columns stand as they were said of an earlier list with the same headings."""

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load: the list that waits, if one does."""
        self.reset()
        async with opened(self) as at:
            if at is None:
                return
            self._read_settings(at.campaign)
            latest = await orders.progress(at.db, at.id)
        if latest is not None and latest.under_way:
            self.stage = "importing"
            return
        waiting = await uploads.of_campaign(at.id)
        if waiting is None:
            self.stage = "choose"
        else:
            await self._preview(waiting)

    def _read_settings(self, campaign: Campaign) -> None:
        self.country, self.prefix, self.time_zone = campaign.country, campaign.default_prefix, campaign.time_zone

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
            latest = await orders.progress(at.db, at.id)
            if waiting is not None and (latest is None or not latest.under_way):
                await uploads.remove(waiting.id)
            self.reset()
            self._read_settings(at.campaign)
        self.stage = "choose"

    @rx.event
    @roles("customer")
    def choose_elsewhere(self, choice: str):
        """What is done with numbers that other campaigns have."""
        self.elsewhere = one_of(Elsewhere, choice).value

    @rx.event
    @roles("customer")
    def choose_basis(self, basis: str):
        """By what right these people are called."""
        self.basis, self.basis_missing = one_of(LegalBasis, basis).value, False

    @rx.event
    @roles("customer")
    def type_basis_note(self, field: str, value: str):
        """Where the consent is kept, or what else the right is."""
        field_of(field)
        self.basis_note = line(value, 500)

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
        try:
            rules = NumberRules(self.country, self.prefix)
            found = await preview_apart(uploads.path_of(upload.id), upload.file_name, upload.sheet, rules)
        except (UnreadableList, ReaderDied) as refused:
            self.stage, self.unusable = "choose", True
            self.problem = told(refused) if isinstance(refused, UnreadableList) else Told(UNREADABLE)
            await uploads.remove(upload.id)
            return
        mapping = upload.mapping
        if not mapping:
            async with database.session() as db:
                mapping = await remembered.recalled(db, upload.customer_id, [c.heading for c in found.columns])
        self.recalled = bool(mapping) and not upload.mapping
        self.stage, self.sheet, self.sheets = "mapping", found.sheet, list(found.sheets)
        self.row_count = found.row_count
        self.columns = column_lines(found, mapping)
