"""An import under way, as its page shows it: how far it is, how it is called off, and what became of the rows."""

from typing import Any

import reflex as rx
import structlog
from reflex.state import BaseState
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app import live
from exchange_app.arguments import one_of
from exchange_app.security import roles
from exchange_domain import database
from exchange_domain.call_rows import epoch_ms
from exchange_domain.importing import Reason, UnreadableList, orders, remembered, uploads
from exchange_domain.importing.mapping import check_mapping
from exchange_domain.importing.orders import Basis, ImportOrder, UnderWay
from exchange_domain.messages import ImportMoved
from exchange_domain.tables import ListImport
from exchange_domain.words import ImportState, LegalBasis

from . import page_room
from .here import Here
from .list_lines import EMPTY_REPORT, ImportLine, RejectedLine, Told, left_s, told
from .list_state import ContactList
from .rights import gone, opened

log = structlog.get_logger(__name__)
IMPORTS_SHOWN = 10
ROOM = "campaign-list"
FAILED = "The import broke off. What was added before stays; upload the file again, nothing is added twice."
BUSY = "Another list is being uploaded or imported. Wait until it is done and repeat."
"""list_page.py names both for the catalogue."""


class ImportRun(rx.State):
    file_name: str = ""
    phase: str = ""
    """waiting, reading, adding, reporting"""
    done_rows: int = 0
    total_rows: int = 0
    left_s: int = -1
    """Seconds that the rest will take; -1: not known yet."""
    cancelling: bool = False
    report: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    report_id: int = 0
    has_file: bool = False
    rejected: rx.Field[list[RejectedLine]] = rx.field(default_factory=list)
    imports: rx.Field[list[ImportLine]] = rx.field(default_factory=list)
    patch: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    """Of the room; there are no rows here."""
    _room: str = ""
    """The room the page is in."""

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load, before the list's own: joins the campaign's room, and shows an import that is under way."""
        await page_room.leave(self)
        self.reset()
        async with opened(self) as at:
            if at is None:
                return
            self.imports = await _imports(at.db, at.id)
        await page_room.enter(self, f"{ROOM}:{at.id}", page_room.no_rows)
        async with database.session() as db:
            latest = await orders.progress(db, at.id)
        if latest is not None and latest.under_way:
            await self._show_progress(latest)

    @rx.event
    @roles("customer")
    async def leave(self):
        """The page was left: its import is told no more."""
        await page_room.leave(self)

    @rx.event
    @roles("customer")
    async def run_import(self):
        """Orders the import; it runs without this page, and nothing is added twice."""
        chosen = await self.get_state(ContactList)
        if not chosen.basis:
            chosen.basis_missing = True
            return rx.set_focus("basis")
        mapping = [{"column": c.column, "role": c.role, "key": c.key} for c in chosen.columns]
        async with opened(self) as at:
            if at is None:
                return gone()
            waiting = await uploads.of_campaign(at.id)
            if waiting is None or chosen.stage != "mapping":
                return gone()
            wanted = ImportOrder(
                waiting.id, waiting.sheet or chosen.sheet, mapping, at.campaign.country, at.campaign.default_prefix,
                at.campaign.time_zone, chosen.elsewhere, at.account.language,
            )  # fmt: skip
            basis = Basis(one_of(LegalBasis, chosen.basis), chosen.basis_note)
            try:
                check_mapping(wanted.columns(), len(chosen.columns))
                import_id = await orders.order(
                    at.db, at.campaign, at.account.account_id, waiting.file_name, wanted, basis
                )
            except UnreadableList as refused:
                chosen.problem = told(refused)
                return None
            except UnderWay:
                chosen.problem = Told(BUSY)
                return None
            await remembered.remember(at.db, at.campaign.customer_id, [c.heading for c in chosen.columns], mapping)
            ordered = await orders.progress(at.db, at.id)
        log.info("import_ordered", campaign_id=at.id, import_id=import_id)
        if ordered is not None:
            await self._show_progress(ordered)
        return None

    @rx.event
    @roles("customer")
    async def look(self):
        """How far the import is, for a page that was told nothing for a while."""
        async with opened(self) as at:
            if at is None:
                return gone()
            latest = await orders.progress(at.db, at.id)
        if latest is not None and latest.under_way:
            await self._show_progress(latest)
        elif latest is not None:
            await self._show_end(at.id)
        return None

    @rx.event
    @roles("customer")
    async def cancel_import(self):
        """Calls the running import off: contacts of it that nobody has called are taken out again."""
        async with opened(self) as at:
            if at is None:
                return gone()
            asked = await orders.ask_cancel(at.db, at.id)
            latest = await orders.progress(at.db, at.id)
        if not asked or latest is None:
            return None
        if latest.under_way:
            self.cancelling = True
        else:
            await self._show_end(at.id)
        return None

    async def _show_progress(self, now: orders.Progress) -> None:
        listed = await self.get_state(ContactList)
        listed.stage, listed.problem = "importing", Told()
        self.file_name = now.file_name
        self.phase = now.phase.value if now.state is ImportState.RUNNING else now.state.value
        self.done_rows, self.total_rows, self.cancelling = now.done_rows, now.total_rows, now.cancel_asked
        self.left_s = left_s(now.elapsed_s, now.done_rows, now.total_rows)

    async def _moved(self, message: ImportMoved) -> None:
        """The import has come further, or another page has ordered one."""
        if self._room != f"{ROOM}:{message.campaign_id}":
            return
        stage = (await self.get_state(ContactList)).stage
        if message.state not in orders.UNDER_WAY:
            if stage == "importing":
                await self._show_end(message.campaign_id)
            return
        if stage != "importing":
            async with database.session() as db:
                latest = await orders.progress(db, message.campaign_id)
            if latest is not None and latest.under_way:
                await self._show_progress(latest)
            return
        self.phase = message.phase.value if message.state is ImportState.RUNNING else message.state.value
        self.done_rows, self.total_rows = message.done_rows, message.total_rows
        self.left_s = left_s(message.elapsed_ms / 1_000, message.done_rows, message.total_rows)

    async def _show_end(self, campaign_id: int) -> None:
        """What became of the import: the report, or why there is none."""
        async with database.session() as db:
            now = await orders.progress(db, campaign_id)
            if now is None:
                return
            self.imports = await _imports(db, campaign_id)
            shown = await orders.rejected_rows(db, now.import_id)
        listed = await self.get_state(ContactList)
        self.file_name, self.report_id = now.file_name, now.import_id
        self.has_file = any(one.has_file for one in self.imports if one.id == now.import_id)
        listed.problem, listed.unusable = Told(), False
        if now.problem is not None:
            code = str(now.problem["code"])
            listed.problem = Told(FAILED) if code == orders.BROKE_OFF else told(Reason(code, now.problem["params"]))
            listed.stage, listed.unusable = "choose", True
            return
        self.report = {**EMPTY_REPORT, **now.report}
        listed.stage = "cancelled" if now.state is ImportState.CANCELLED else "report"
        self.rejected = [
            RejectedLine(r.row, " · ".join(c for c in r.cells if c)[:120], [told(reason) for reason in r.reasons[:3]])
            for r in shown
        ]
        if now.state is ImportState.DONE:
            (await self.get_state(Here)).has_list = True


async def _imports(db: AsyncSession, campaign_id: int) -> list[ImportLine]:
    """The latest imports; the files themselves stay where they are."""
    found = await db.exec(
        select(  # pyright: ignore[reportCallIssue]
            ListImport.id,
            ListImport.file_name,
            ListImport.created_at,
            ListImport.report,
            ListImport.state,
            col(ListImport.rejected_file).is_not(None),
        )
        .where(ListImport.campaign_id == campaign_id, col(ListImport.state).not_in(orders.UNDER_WAY))
        .order_by(col(ListImport.id).desc())
        .limit(IMPORTS_SHOWN)
    )
    return [
        ImportLine(
            i or 0, name, epoch_ms(at) or 0, int(report.get("added", 0)),
            int(report.get("rejected", 0)) + int(report.get("elsewhere", 0)), bool(has_file), state.value,
        )
        for i, name, at, report, state, has_file in found
    ]  # fmt: skip


async def _told_moved(root: BaseState, message: Any) -> None:
    if isinstance(message, ImportMoved):
        await (await root.get_state(ImportRun))._moved(message)


live.room(ROOM, ImportRun, patch="patch", row=lambda _: None, other=_told_moved)
