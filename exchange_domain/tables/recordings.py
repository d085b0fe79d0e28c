"""Recordings of calls: where each is, what is still to be deleted, and who was erased."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Uuid
from sqlalchemy import text as sql
from sqlmodel import Field

from ..words import ListeningAct, RecordingState
from .columns import Table, created, document, key, moment, points_at, text, whole, word

PEAKS_MOST = 12_000
"""Bytes of a recording's peaks: two channels of 6,000 stretches."""


class Recording(Table, table=True):
    """The recording of one answered call. The row is made with the answer, so that none can go missing unseen."""

    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("call.id"), primary_key=True))
    switch_name: str = text()
    state: RecordingState = word(RecordingState, default=RecordingState.EXPECTED)
    switch_path: str = text()
    """The WAV as the switch writes it, as the switch sees it."""
    masked: list[Any] = document(default="[]")
    """Stretches that were masked, `[from, to]` in epoch milliseconds; `to` is none while it lasts."""
    started_at: datetime | None = moment()
    stopped_at: datetime | None = moment()
    storage_key: str | None = text(nullable=True)
    format: str | None = text(nullable=True)
    """Media type of the stored object."""
    duration_ms: int | None = whole(nullable=True)
    missing_ms: int = whole(default=0)
    """How much of the talk is not in it: the recording began late or ended early."""
    size_bytes: int | None = whole(nullable=True)
    sha256: str | None = text(nullable=True)
    channels: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    peaks: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    """The loudest sample of each stretch, 0 … 255, contact and operator in turn."""
    peak_ms: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    """Length of one stretch of the peaks."""
    stored_at: datetime | None = moment()
    keep_until: datetime | None = moment()
    attempts: int = whole(default=0)
    last_error: str | None = text(nullable=True)
    """Code of what went wrong last: recordings.CODES."""
    next_try_at: datetime | None = moment()
    lease_token: UUID | None = Field(default=None)
    leased_until: datetime | None = moment()
    judged_at: datetime | None = moment()
    """When it was looked at whether somebody should listen to it (exchange_domain/judging.py)."""

    __table_args__ = (
        CheckConstraint(
            "state <> 'stored' or (storage_key is not null and sha256 is not null and size_bytes > 0 "
            "and duration_ms is not null and keep_until is not null)",
            name="stored_is_whole",
        ),
        CheckConstraint("state <> 'lost' or last_error is not null", name="lost_has_reason"),
        CheckConstraint(f"length(peaks) <= {PEAKS_MOST}", name="peaks_bounded"),
        Index("ix_recording_due", "switch_name", "next_try_at", postgresql_where=sql("state = 'waiting'")),
        Index("ix_recording_open", "switch_name", postgresql_where=sql("state in ('expected', 'recording')")),
        Index("ix_recording_unjudged", "stored_at", postgresql_where=sql("state = 'stored' and judged_at is null")),
        Index("ix_recording_keep_until", "keep_until", postgresql_where=sql("state = 'stored'")),
    )


class Listening(Table, table=True):
    """That somebody has opened a recording: a person, or a customer's program by its token. It stays as it is."""

    id: int | None = key()
    call_id: UUID = Field(sa_column=Column(Uuid, nullable=False))
    account_id: int | None = points_at("account.id", nullable=True)
    token_id: int | None = whole(nullable=True)
    at: datetime | None = created()

    __table_args__ = (
        CheckConstraint("(account_id is null) <> (token_id is null)", name="somebody"),
        Index("ix_listening_call", "call_id", "at"),
    )


class LiveListening(Table, table=True):
    """What a moderator did on an operator's live line. It stays as it is."""

    id: int | None = key()
    leg: UUID = Field(sa_column=Column(Uuid, nullable=False))
    """One listening from its beginning to its end."""
    moderator_id: int = points_at("account.id")
    operator_id: int = points_at("account.id")
    call_id: UUID | None = Field(default=None, sa_column=Column(Uuid, nullable=True))
    """The call that was going on."""
    act: ListeningAct = word(ListeningAct)
    at: datetime | None = created()

    __table_args__ = (Index("ix_live_listening_operator", "operator_id", "at"),)


class RecordingErasure(Table, table=True):
    """Something of a recording that has to be deleted, tried until it is gone: an object, or a file on a switch."""

    id: int | None = key()
    call_id: UUID = Field(sa_column=Column(Uuid, nullable=False, index=True))
    storage_key: str | None = text(nullable=True)
    switch_name: str | None = text(nullable=True)
    switch_path: str | None = text(nullable=True)
    """A file that only this switch's mover can delete."""
    asked_at: datetime | None = created()
    attempts: int = whole(default=0)
    last_error: str | None = text(nullable=True)
    next_try_at: datetime = moment(nullable=False)
    done_at: datetime | None = moment()

    __table_args__ = (
        CheckConstraint("(storage_key is null) <> (switch_path is null)", name="one_thing"),
        CheckConstraint("(switch_path is null) = (switch_name is null)", name="file_of_a_switch"),
        Index("ix_recording_erasure_due", "next_try_at", postgresql_where=sql("done_at is null")),
    )


class Erasure(Table, table=True):
    """That a number was erased: when, by whom, how much. Of the number only a salted hash stays."""

    id: int | None = key()
    number_hash: str = text()
    asked_by: str = text()
    account_id: int | None = points_at("account.id", nullable=True)
    asked_at: datetime | None = created()
    counts: dict[str, Any] = document()
