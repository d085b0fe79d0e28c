"""Exporting: short files at once, long ones by a link in a mail."""

import reflex as rx

from exchange_app.arguments import one_of
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import export_files, exporting
from exchange_domain.words import ExportKind, FileFormat

from .rights import gone, opened


class Exporting(rx.State):
    open: bool = False
    kind: str = ExportKind.RESULTS.value
    rows: int = 0
    ordered: bool = False
    """Whether a long file was ordered just now."""
    mail: str = ""
    """Where its link goes."""
    at_once: int = export_files.AT_ONCE

    @rx.event
    @roles("customer")
    async def ask(self, kind: str):
        """Opens the question about the format."""
        wanted = one_of(ExportKind, kind)
        async with opened(self) as at:
            if at is None:
                return gone()
            self.rows = await exporting.count(at.db, at.id, wanted)
            self.mail = at.account.email
        self.kind, self.open, self.ordered = wanted.value, True, False
        return None

    @rx.event
    @roles("customer")
    def show(self, wanted: bool):
        self.open = bool(wanted)

    @rx.event
    @roles("customer")
    async def fetch(self, file_format: str):
        """The file, or the order for it."""
        wanted, kind = one_of(FileFormat, file_format), one_of(ExportKind, self.kind)
        async with opened(self) as at:
            if at is None:
                return gone()
            rows = await exporting.count(at.db, at.id, kind)
            if rows > export_files.AT_ONCE:
                account = current_account(self)
                await export_files.order(at.db, at.id, account.account_id, kind, wanted, account.language)
        if rows > export_files.AT_ONCE:
            self.ordered = True
            return rx.toast.success(later("The file is being made. A link comes by mail."))
        self.open = False
        return rx.download(url=f"/customer/campaign/{at.id}/export/{kind.value}.{wanted.value}")
