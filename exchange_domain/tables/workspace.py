"""What operators say of their own work: problems, checks of sound before a shift, how the line was, tours seen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field

from ..words import ProblemKind, Role, SoundVerdict
from .columns import Table, created, flag, key, points_at, text, whole, word


class ProblemReport(Table, table=True):
    """Something that is wrong with a call, in the operator's words. A flag points moderators to it."""

    id: int | None = key()
    call_id: UUID = Field(index=True, foreign_key="call.id")
    operator_id: int = points_at("account.id")
    kind: ProblemKind = word(ProblemKind)
    words: str = text(default="")
    said_at: datetime | None = created()

    __table_args__ = (CheckConstraint("length(words) <= 2000", name="words_length"),)


class SoundCheck(Table, table=True):
    """One check of microphone, speaker and network before a shift, as the page measured it."""

    id: int | None = key()
    account_id: int = points_at("account.id", ondelete="CASCADE")
    made_at: datetime | None = created()
    verdict: SoundVerdict = word(SoundVerdict)
    device: str = text(default="")
    """The microphone's name, as the browser tells it."""
    voice_db: int = whole()
    """Loudness of speech, in dB below full scale: -60 is silence, 0 distorts."""
    noise_db: int = whole()
    """The same of the room while nobody speaks."""
    heard: bool = flag()
    """The person has heard themselves in the echo call."""
    loss_pm: int = whole()
    """Packets lost, in thousandths."""
    jitter_ms: int = whole()
    trip_ms: int = whole()
    relay: bool | None = Field(default=None)
    """Whether a relay (TURN) was reached; none: the exchange has none."""

    __table_args__ = (
        Index("ix_sound_check_account_id", "account_id", "made_at"),
        CheckConstraint("voice_db between -100 and 0 and noise_db between -100 and 0", name="loudness_range"),
        CheckConstraint("loss_pm between 0 and 1000 and jitter_ms >= 0 and trip_ms >= 0", name="network_range"),
        CheckConstraint("length(device) <= 200", name="device_length"),
    )


class LineQuality(Table, table=True):
    """How an operator's line was, each time its verdict changed in a shift."""

    id: int | None = key()
    shift_id: int = points_at("shift.id", index=True, ondelete="CASCADE")
    said_at: datetime | None = created()
    verdict: SoundVerdict = word(SoundVerdict)
    loss_pm: int = whole()
    jitter_ms: int = whole()
    trip_ms: int = whole()

    __table_args__ = (
        CheckConstraint("loss_pm between 0 and 1000 and jitter_ms >= 0 and trip_ms >= 0", name="network_range"),
    )


class TourSeen(Table, table=True):
    """A role's tour that an account has been shown."""

    account_id: int = points_at("account.id", primary_key=True, ondelete="CASCADE")
    role: Role = Field(sa_column=Column(Text, primary_key=True))
    seen_at: datetime | None = created()

    __table_args__ = (
        CheckConstraint("role in ('operator', 'customer', 'manager', 'moderator', 'admin')", name="role_known"),
    )
