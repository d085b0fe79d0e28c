"""A customer's order: script, form, hours, limits, retries, managers, dispositions."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Text,
    Time,
    UniqueConstraint,
)  # fmt: skip
from sqlalchemy import text as sql
from sqlmodel import Field

from ..words import CampaignStatus, Outcome, PilotState
from .columns import Table, created, document, flag, key, points_at, text, whole, word


class Campaign(Table, table=True):
    """One order. Times are in seconds."""

    id: int | None = key()
    customer_id: int = points_at("customer.id", index=True)
    name: str = text()
    status: CampaignStatus = word(CampaignStatus, default=CampaignStatus.DRAFT)
    script_id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, ForeignKey("script.id", use_alter=True, name="fk_campaign_script_id")),
    )
    time_zone: str = text(default="Europe/Moscow")
    """Zone of contacts whose own is not known."""
    country: str = text(default="RU")
    default_prefix: str = text(default="")
    """Put before local numbers of the list, such as +7-812."""
    longest_call_s: int = whole(default=600)
    warning_s: int = whole(default=60)
    """The warning tone sounds this long before the longest call ends."""
    ring_s: int = whole(default=30)
    wrap_up_s: int = whole(default=120)
    max_attempts: int = whole(default=3)
    min_gap_s: int = whole(default=1800)
    """Least time between two calls of any campaign to a number that this one called."""
    max_calls_per_day: int | None = whole(nullable=True)
    """Calls of the whole campaign in a day of its zone; none: as many as it takes."""
    holidays_off: bool = Field(default=True, sa_column=Column(Boolean, nullable=False, server_default=sql("true")))
    """No calls on public holidays of its country."""
    recording: bool = True
    keep_recordings_days: int = whole(default=180)
    masking_allowed: bool = Field(default=True, sa_column=Column(Boolean, nullable=False, server_default=sql("true")))
    """Operators may pause the recording, when the contact says something that must not be kept."""
    pilot: PilotState = word(PilotState, default=PilotState.OVER)
    """Whether its first calls stop it, so that the customer can hear them (pilots)."""
    certificate_kind_id: int | None = points_at("certificate_kind.id", nullable=True)
    """Only operators with this certificate call it; none: all."""
    practice: bool = flag()
    """Its contacts are robots: nobody is charged or paid, and no customer sees it (exchange_domain/practice)."""
    created_at: datetime | None = created()

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        # One a country, which says the language that its robots speak.
        Index("uq_campaign_practice", "country", unique=True, postgresql_where=sql("practice")),
        CheckConstraint("longest_call_s between 30 and 7200", name="longest_call_range"),
        CheckConstraint("warning_s between 5 and longest_call_s - 5", name="warning_inside_call"),
        CheckConstraint("ring_s between 5 and 120", name="ring_range"),
        CheckConstraint("wrap_up_s between 10 and 3600", name="wrap_up_range"),
        CheckConstraint("max_attempts between 1 and 20", name="attempts_range"),
        CheckConstraint("min_gap_s between 0 and 2592000", name="gap_range"),
        CheckConstraint("max_calls_per_day between 1 and 1000000", name="daily_cap_range"),
        CheckConstraint("keep_recordings_days between 1 and 1095", name="keep_recordings_range"),
        CheckConstraint("status not in ('active', 'out_of_funds') or script_id is not null", name="active_has_script"),
    )


class Script(Table, table=True):
    """A version of a campaign's script (Markdown with `{{field}}`) and of its form. Never changed once stored."""

    id: int | None = key()
    campaign_id: int = points_at("campaign.id", ondelete="CASCADE")
    version: int = Field(sa_column=Column(Integer, nullable=False))
    markdown: str = text()
    form: list[dict[str, Any]] = document(default="[]")
    """Fields as `exchange_domain.forms` reads them."""
    created_at: datetime | None = created()
    created_by: int | None = points_at("account.id", nullable=True)

    __table_args__ = (
        UniqueConstraint("campaign_id", "version"),
        CheckConstraint("length(markdown) <= 100000", name="markdown_length"),
        CheckConstraint("jsonb_typeof(form) = 'array'", name="form_is_list"),
    )


class CampaignHours(Table, table=True):
    """A stretch of a weekday (0 is Monday) in which contacts may be called, by their own clocks."""

    campaign_id: int = points_at("campaign.id", primary_key=True, ondelete="CASCADE")
    weekday: int = Field(sa_column=Column(Integer, primary_key=True))
    opens: time = Field(sa_column=Column(Time, primary_key=True))
    closes: time = Field(sa_column=Column(Time, nullable=False))
    """Midnight (00:00) as a closing time is the end of the day."""

    __table_args__ = (
        CheckConstraint("weekday between 0 and 6", name="weekday_range"),
        CheckConstraint("closes > opens or closes = time '00:00'", name="opens_before_it_closes"),
    )


class CampaignDay(Table, table=True):
    """A date, by the contact's own clock, that differs from its weekday: off, or worked although it would be off."""

    campaign_id: int = points_at("campaign.id", primary_key=True, ondelete="CASCADE")
    day: date = Field(sa_column=Column(Date, primary_key=True))
    working: bool = Field(sa_column=Column(Boolean, nullable=False))


class CallsOfDay(Table, table=True):
    """How many calls a campaign has claimed in a day of its zone, less those that were never placed."""

    campaign_id: int = points_at("campaign.id", primary_key=True, ondelete="CASCADE")
    day: date = Field(sa_column=Column(Date, primary_key=True))
    calls: int = whole()

    __table_args__ = (CheckConstraint("calls >= 0", name="not_negative"),)


class RetryRule(Table, table=True):
    """How long a contact rests after an outcome before the next attempt."""

    campaign_id: int = points_at("campaign.id", primary_key=True, ondelete="CASCADE")
    outcome: Outcome = Field(sa_column=Column(Text, primary_key=True))
    delay_s: int = whole()

    __table_args__ = (
        CheckConstraint("outcome in ('no_answer', 'busy', 'unreachable', 'dropped')", name="outcome_retried"),
        CheckConstraint("delay_s between 0 and 2592000", name="delay_range"),
    )


class CampaignManager(Table, table=True):
    """Managers who take a campaign's transfers, asked in order of position."""

    campaign_id: int = points_at("campaign.id", primary_key=True, ondelete="CASCADE")
    account_id: int = points_at("account.id", primary_key=True, ondelete="CASCADE")
    position: int = Field(sa_column=Column(Integer, nullable=False))

    __table_args__ = (UniqueConstraint("campaign_id", "position", deferrable=True, initially="DEFERRED"),)


class Disposition(Table, table=True):
    """How a call ended in the campaign's own words; `position` is its digit key in wrap-up."""

    id: int | None = key()
    campaign_id: int = points_at("campaign.id", ondelete="CASCADE")
    position: int = Field(sa_column=Column(Integer, nullable=False))
    outcome: Outcome = word(Outcome)
    label: str | None = text(nullable=True)
    """The customer's words; none: the outcome's own word in the reader's language."""

    __table_args__ = (
        UniqueConstraint("campaign_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("position between 1 and 9", name="position_is_a_digit"),
    )
