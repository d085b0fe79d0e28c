"""Calls with robots: aptitude tests and lessons, what was measured in them, and what moderators say to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from ..words import PracticeState
from .columns import Table, created, flag, key, moment, points_at, text, word


class PracticeRun(Table, table=True):
    """An aptitude test (no lesson) or one lesson of an operator: so many calls with robots, measured together."""

    id: int | None = key()
    operator_id: int = points_at("account.id")
    lesson: str | None = text(nullable=True)
    """Its key in exchange_domain/practice/lessons.py; none: the aptitude test."""
    language: str = text()
    state: PracticeState = word(PracticeState, default=PracticeState.OPEN)
    started_at: datetime | None = created()
    measured_at: datetime | None = moment()
    report: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))
    """As exchange_domain/practice/reports.py reads it."""
    passed: bool = flag()
    """All marks of that day were reached; of a lesson: its goal."""
    asked_at: datetime | None = moment()
    """When the operator asked a person to look at it."""
    decided_by: int | None = points_at("account.id", nullable=True)
    decided_at: datetime | None = moment()
    words: str = text(default="")
    """Of the moderator who decided."""

    __table_args__ = (
        Index("uq_practice_run_open", "operator_id", unique=True, postgresql_where=sql("state = 'open'")),
        Index("ix_practice_run_operator", "operator_id", "id"),
        CheckConstraint("language in ('ru', 'en')", name="language_known"),
        CheckConstraint("(state in ('confirmed', 'returned')) = (decided_at is not null)", name="decided"),
        CheckConstraint("lesson is null or state not in ('confirmed', 'returned')", name="only_tests_are_decided"),
        CheckConstraint("length(words) <= 2000", name="words_length"),
    )


class PracticeContact(Table, table=True):
    """A robot that one operator calls in one run. Its contact is bound to the operator."""

    contact_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True)
    )
    run_id: int = points_at("practice_run.id", ondelete="CASCADE")
    place: int = Field(sa_column=Column(Integer, nullable=False))
    """The first call is 1."""
    persona: str = text()

    __table_args__ = (UniqueConstraint("run_id", "place"),)


class PracticeNote(Table, table=True):
    """What a moderator says to an operator who trains; with a lesson: this one next."""

    id: int | None = key()
    operator_id: int = points_at("account.id")
    run_id: int | None = points_at("practice_run.id", nullable=True, ondelete="CASCADE")
    lesson: str | None = text(nullable=True)
    moderator_id: int | None = points_at("account.id", nullable=True)
    words: str = text()
    written_at: datetime | None = created()

    __table_args__ = (
        Index("ix_practice_note_operator", "operator_id", "id"),
        CheckConstraint("length(words) between 1 and 2000", name="words_length"),
    )


class Aptitude(Table, table=True):
    """That an operator may call campaigns that pay. No row: only practice."""

    operator_id: int = points_at("account.id", primary_key=True, ondelete="CASCADE")
    run_id: int | None = points_at("practice_run.id", nullable=True)
    """The test; none: who called before there was one, or whom a moderator knows otherwise."""
    given_by: int | None = points_at("account.id", nullable=True)
    given_at: datetime | None = created()
    words: str = text(default="")
