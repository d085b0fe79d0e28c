"""Certificates: what operators have shown that they can do, and campaigns ask for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql

from .columns import Table, created, key, moment, points_at, text


class CertificateKind(Table, table=True):
    """A kind of campaign that operators may be certified for, such as surveys."""

    id: int | None = key()
    name: str = text()
    goal: str = text()
    """What an operator has to show."""
    created_by: int | None = points_at("account.id", nullable=True)
    created_at: datetime | None = created()

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 60 and length(goal) between 1 and 500", name="lengths"),
        Index("uq_certificate_kind_name", sql("lower(name)"), unique=True),
    )


class Certificate(Table, table=True):
    """That a moderator found an operator able. Never removed: withdrawn, with a word."""

    id: int | None = key()
    kind_id: int = points_at("certificate_kind.id", index=True)
    operator_id: int = points_at("account.id")
    given_by: int | None = points_at("account.id", nullable=True)
    given_at: datetime | None = created()
    words: str = text()
    withdrawn_by: int | None = points_at("account.id", nullable=True)
    withdrawn_at: datetime | None = moment()
    withdrawn_words: str | None = text(nullable=True)

    __table_args__ = (
        CheckConstraint("(withdrawn_at is null) = (withdrawn_words is null)", name="withdrawn_with_a_word"),
        Index(
            "uq_certificate_held", "operator_id", "kind_id", unique=True, postgresql_where=sql("withdrawn_at is null")
        ),
    )
