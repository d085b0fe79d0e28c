"""What customers are sent and given: mails, exported files, invoices and acts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, UniqueConstraint, Uuid
from sqlmodel import Field

from ..words import ExportKind, ExportState, FileFormat, MailState, PaperKind
from .columns import Table, created, document, key, moment, points_at, text, whole, word


class Mail(Table, table=True):
    """A mail to a person, sent by the worker. Without a mail server it is kept to be read on the demo's page."""

    id: int | None = key()
    account_id: int | None = points_at("account.id", nullable=True, index=True, ondelete="SET NULL")
    to_address: str = text()
    subject: str = text()
    body: str = text()
    state: MailState = word(MailState, default=MailState.WAITING)
    once: str | None = text(nullable=True)
    """What it is about, when there must be one mail about it."""
    error: str = text(default="")
    created_at: datetime | None = created()
    sent_at: datetime | None = moment()

    __table_args__ = (UniqueConstraint("once"), Index("ix_mail_created_at", "created_at"))


class ExportFile(Table, table=True):
    """A file of results or contacts that is made in the background, because it is long."""

    id: UUID = Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))
    campaign_id: int = points_at("campaign.id", index=True, ondelete="CASCADE")
    account_id: int = points_at("account.id", ondelete="CASCADE")
    kind: ExportKind = word(ExportKind)
    format: FileFormat = word(FileFormat)
    language: str = text(default="ru")
    state: ExportState = word(ExportState, default=ExportState.WAITING)
    rows: int = whole(default=0)
    created_at: datetime | None = created()
    ready_at: datetime | None = moment()


class Paper(Table, table=True):
    """An invoice to pay by, or the act of a month's work. What it says is kept; the PDF is drawn from it each time."""

    id: int | None = key()
    customer_id: int = points_at("customer.id", index=True)
    kind: PaperKind = word(PaperKind)
    year: int = Field(sa_column=Column(Integer, nullable=False))
    number: int = Field(sa_column=Column(Integer, nullable=False))
    """From 1 each year, without gaps, by kind."""
    day: date = Field(sa_column=Column(Date, nullable=False))
    month: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    """First day of the month that an act is of."""
    currency: str = text()
    total: int = whole()
    vat_bp: int = Field(sa_column=Column(Integer, nullable=False))
    """Rate of the VAT that is in the total, in basis points; 0: none."""
    vat: int = whole()
    said: dict[str, Any] = document()
    """Seller, buyer and lines as they were that day."""
    created_at: datetime | None = created()

    __table_args__ = (
        UniqueConstraint("kind", "year", "number"),
        UniqueConstraint("customer_id", "kind", "month"),
        CheckConstraint("total >= 0 and vat between 0 and total and vat_bp between 0 and 10000", name="sane"),
        CheckConstraint("(kind = 'act') = (month is not null)", name="act_has_month"),
    )
