"""Calls that moderators listen to: why each, who heard it, what was found, and what its operator says to that."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, UniqueConstraint, Uuid
from sqlalchemy import text as sql
from sqlmodel import Field

from ..words import AppealState, HearingVerdict, ReviewPay, ReviewWay, Verdict
from .columns import Table, created, document, flag, key, moment, points_at, text, whole, word


class Review(Table, table=True):
    """A call that is to be listened to, and what came of it. One a call."""

    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("call.id"), primary_key=True))
    operator_id: int = points_at("account.id")
    campaign_id: int = points_at("campaign.id", ondelete="CASCADE")
    customer_id: int = points_at("customer.id", ondelete="CASCADE")
    way: ReviewWay = word(ReviewWay)
    risk: int = whole(default=0)
    """Points of its reasons together."""
    reasons: list[dict[str, Any]] = document(default="[]")
    """`{"code": …, "value": …}`, the heaviest first (exchange_domain/risk.py)."""
    double: bool = flag()
    """Two listen to it, neither knowing of the other."""
    verdict: Verdict | None = word(Verdict, nullable=True)
    codes: list[str] = document(default="[]")
    """Why it was rejected: codes of the score card."""
    pay: ReviewPay = word(ReviewPay, default=ReviewPay.UNTOUCHED)
    withheld: int = whole(default=0)
    """What was taken from the operator's pending pay, in minor units."""
    cut: int = whole(default=0)
    """How much of that was never hers, as the switch's late record showed."""
    figures: dict[str, Any] = document()
    """What was measured in it (exchange_domain/talk_reports.py)."""
    measured_at: datetime | None = moment()
    created_at: datetime | None = created()
    decided_at: datetime | None = moment()
    appeal_until: datetime | None = moment()
    """Until then the operator may appeal against a rejection."""

    __table_args__ = (
        CheckConstraint("(verdict is null) = (decided_at is null)", name="decided_when_decided"),
        CheckConstraint("cut between 0 and withheld and risk >= 0", name="not_negative"),
        Index("ix_review_operator", "operator_id", "decided_at", postgresql_where=sql("verdict is not null")),
        Index("ix_review_unmeasured", "risk", postgresql_where=sql("measured_at is null and verdict is null")),
        Index("ix_review_pay", "appeal_until", postgresql_where=sql("pay in ('due', 'withheld')")),
    )


class Hearing(Table, table=True):
    """One moderator's listening to a call under review: the first, the second, or the third that decides."""

    id: int | None = key()
    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("review.call_id", ondelete="CASCADE"), nullable=False))
    turn: int = Field(sa_column=Column(Integer, nullable=False))
    moderator_id: int | None = points_at("account.id", nullable=True)
    """Whose it is: while the lease lasts, and for good once there is a verdict."""
    leased_until: datetime | None = moment()
    risk: int = whole(default=0)
    verdict: HearingVerdict | None = word(HearingVerdict, nullable=True)
    scores: dict[str, Any] = document()
    """Points by criterion, 0 to 2."""
    codes: list[str] = document(default="[]")
    words: str = text(default="")
    created_at: datetime | None = created()
    given_at: datetime | None = moment()

    __table_args__ = (
        UniqueConstraint("call_id", "turn"),
        CheckConstraint("turn between 1 and 3", name="turn_range"),
        CheckConstraint("(verdict is null) = (given_at is null)", name="given_when_given"),
        CheckConstraint("verdict is null or moderator_id is not null", name="given_by_somebody"),
        CheckConstraint("length(words) <= 2000", name="words_length"),
        Index("ix_hearing_open", "risk", "id", postgresql_where=sql("verdict is null")),
        Index("ix_hearing_moderator", "moderator_id", "given_at"),
    )


class HearingNote(Table, table=True):
    """A moderator's note, pinned to a moment of the recording."""

    id: int | None = key()
    hearing_id: int = points_at("hearing.id", index=True, ondelete="CASCADE")
    at_ms: int = whole()
    words: str = text()
    created_at: datetime | None = created()

    __table_args__ = (
        CheckConstraint("at_ms between 0 and 86400000", name="at_range"),
        CheckConstraint("length(words) between 1 and 500", name="words_length"),
    )


class Appeal(Table, table=True):
    """An operator says that a rejection is wrong, and where in the call one can hear it. Once a call."""

    id: int | None = key()
    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("review.call_id"), nullable=False))
    operator_id: int = points_at("account.id", index=True)
    at_ms: int = whole()
    words: str = text()
    opened_at: datetime | None = created()
    state: AppealState = word(AppealState, default=AppealState.OPEN)
    decided_by: int | None = points_at("account.id", nullable=True)
    decision: str = text(default="")
    decided_at: datetime | None = moment()

    __table_args__ = (
        UniqueConstraint("call_id"),
        CheckConstraint("at_ms between 0 and 86400000", name="at_range"),
        CheckConstraint("length(words) between 1 and 2000 and length(decision) <= 2000", name="words_length"),
        CheckConstraint("(state = 'open') = (decided_at is null)", name="decided_when_decided"),
        Index("ix_appeal_open", "id", postgresql_where=sql("state = 'open'")),
    )


class ScoreCard(Table, table=True):
    """What a campaign's calls are judged by, beside what all calls are."""

    campaign_id: int = points_at("campaign.id", primary_key=True, ondelete="CASCADE")
    criteria: list[dict[str, Any]] = document(default="[]")
    """`{"key": …, "label": …}`"""
    codes: list[dict[str, Any]] = document(default="[]")
    """`{"code": …, "label": …}`"""
    changed_by: int | None = points_at("account.id", nullable=True)
    changed_at: datetime | None = created()

    __table_args__ = (
        CheckConstraint("jsonb_typeof(criteria) = 'array' and jsonb_typeof(codes) = 'array'", name="lists"),
    )
