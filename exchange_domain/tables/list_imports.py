"""Uploaded lists: how far the import of each is, what there is to say about its rows, what its columns were."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Integer, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from ..words import ImportPhase, ImportState, LegalBasis, RemarkKind
from .columns import Table, created, document, flag, key, moment, points_at, text, whole, word


class ListImport(Table, table=True):
    """One uploaded list and what became of its rows."""

    id: int | None = key()
    campaign_id: int = points_at("campaign.id", index=True, ondelete="CASCADE")
    account_id: int | None = points_at("account.id", nullable=True)
    file_name: str = text()
    state: ImportState = word(ImportState, default=ImportState.DONE)
    phase: ImportPhase = word(ImportPhase, default=ImportPhase.READING)
    how: dict[str, Any] = document()
    """What the person chose: `importing.orders.ImportOrder`."""
    legal_basis: LegalBasis | None = word(LegalBasis, nullable=True)
    legal_note: str = text(default="")
    total_rows: int = whole(default=0)
    """0 until they were counted."""
    done_rows: int = whole(default=0)
    """Rows of the file that are judged and stored: where a restart goes on."""
    cancel_asked: bool = flag()
    problem: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))
    """Why it failed: {code, params} of importing.texts."""
    report: dict[str, Any] = document()
    """Counts: added, numbers_added, already_there, rejected, duplicates, empty, total."""
    rejected_file: bytes | None = Field(default=None)
    created_at: datetime | None = created()
    started_at: datetime | None = moment()
    ended_at: datetime | None = moment()

    __table_args__ = (
        CheckConstraint("length(legal_note) <= 500", name="legal_note_length"),
        CheckConstraint("total_rows >= 0 and done_rows >= 0", name="rows_not_negative"),
        # One of a campaign at a time: a second press, or a second page, begins none.
        Index(
            "uq_list_import_under_way", "campaign_id", unique=True,
            postgresql_where=sql("state in ('waiting', 'running')"),
        ),
    )  # fmt: skip


class ListImportRemark(Table, table=True):
    """A row of a list with what there is to say about it, until the file of remarks is written."""

    id: int | None = key()
    import_id: int = points_at("list_import.id", ondelete="CASCADE")
    kind: RemarkKind = word(RemarkKind)
    row: int = Field(sa_column=Column(Integer, nullable=False))
    """In the file, from 1."""
    reasons: list[Any] = document(default="[]")
    """[code, params] of each."""
    cells: list[str] = document(default="[]")
    """The row as uploaded."""

    __table_args__ = (Index("ix_list_import_remark_import", "import_id", "kind", "id"),)


class RememberedMapping(Table, table=True):
    """What a customer said a list's columns were, for its next list with the same headings."""

    customer_id: int = points_at("customer.id", primary_key=True, ondelete="CASCADE")
    fingerprint: str = Field(sa_column=Column(Text, primary_key=True))
    """Of the headings, in their order."""
    mapping: list[Any] = document(default="[]")
    used_at: datetime | None = created()
