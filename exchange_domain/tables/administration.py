"""What admins set, and the log of what privileged people do."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from .columns import Table, created, key, points_at, text


class HouseRule(Table, table=True):
    """A rule of the house that differs from its default (exchange_domain/house_rules.py)."""

    name: str = Field(sa_column=Column(Text, primary_key=True))
    value: Any = Field(sa_column=Column(JSONB, nullable=False))
    changed_by: int | None = points_at("account.id", nullable=True)
    changed_at: datetime | None = created()


class AuditEntry(Table, table=True):
    """One privileged act: who, what, about what, how it was before and after. It stays as it is."""

    id: int | None = key()
    at: datetime | None = created()
    account_id: int | None = points_at("account.id", nullable=True)
    """None: by the command line."""
    act: str = text()
    subject: str = text()
    """What it is about, such as `account:7`."""
    before: Any = Field(default=None, sa_column=Column(JSONB, nullable=True))
    after: Any = Field(default=None, sa_column=Column(JSONB, nullable=True))

    __table_args__ = (
        Index("ix_audit_entry_subject", "subject", "id"),
        Index("ix_audit_entry_account", "account_id", "id"),
    )
