"""Who carries calls and at what cost, and the limits of platform and customers. Money in minor units."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
)  # fmt: skip
from sqlalchemy import text as sql
from sqlmodel import Field

from .columns import Table, created, key, points_at, text, whole

PREFIX = "^\\+[1-9][0-9]{0,14}$"
GATEWAY = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


class Carrier(Table, table=True):
    """A telephone company that calls go out through. Its name is the gateway's in the switch."""

    id: int | None = key()
    name: str = text()
    enabled: bool = Field(default=True)
    position: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default="1"))
    """Of two carriers at the same price the smaller one is taken."""
    calls_per_second: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    """The carrier's own limit; none: only the switch's."""
    max_concurrent: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    currency: str = text(default="RUB")
    """Of its rates; it carries the calls of customers with this currency."""

    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint(f"name ~ '{GATEWAY}'", name="name_is_a_gateway"),
        CheckConstraint("calls_per_second between 0.1 and 1000", name="calls_per_second_range"),
        CheckConstraint("max_concurrent between 1 and 100000", name="max_concurrent_range"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
    )


class CarrierRate(Table, table=True):
    """What a carrier takes for a minute to numbers that begin so; the longest matching beginning counts."""

    carrier_id: int = points_at("carrier.id", primary_key=True, ondelete="CASCADE")
    prefix: str = Field(sa_column=Column(Text, primary_key=True))
    per_minute: int = whole()

    __table_args__ = (
        CheckConstraint(f"prefix ~ '{PREFIX}'", name="prefix_is_e164"),
        CheckConstraint("per_minute >= 0", name="not_negative"),
        Index("ix_carrier_rate_prefix", "prefix"),
    )


class DestinationPrefix(Table, table=True):
    """A beginning of numbers that may be dialled: by everybody, or (with a customer) by that one."""

    id: int | None = key()
    customer_id: int | None = points_at("customer.id", nullable=True, ondelete="CASCADE")
    prefix: str = text()
    created_at: datetime | None = created()

    __table_args__ = (
        UniqueConstraint("customer_id", "prefix", postgresql_nulls_not_distinct=True),
        CheckConstraint(f"prefix ~ '{PREFIX}'", name="prefix_is_e164"),
    )


class PriceCeiling(Table, table=True):
    """The most a carrier's minute may cost: for everybody with this currency, or for one customer."""

    id: int | None = key()
    customer_id: int | None = points_at("customer.id", nullable=True, ondelete="CASCADE")
    currency: str = text()
    per_minute: int = whole()

    __table_args__ = (
        UniqueConstraint("customer_id", "currency", postgresql_nulls_not_distinct=True),
        CheckConstraint("per_minute >= 0", name="not_negative"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
    )


class SpendCap(Table, table=True):
    """The most a customer, or one campaign of it, may spend in a day of the customer's time zone."""

    id: int | None = key()
    customer_id: int = points_at("customer.id", ondelete="CASCADE")
    campaign_id: int | None = points_at("campaign.id", nullable=True, ondelete="CASCADE")
    per_day: int = whole()

    __table_args__ = (
        UniqueConstraint("customer_id", "campaign_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("per_day > 0", name="more_than_nothing"),
    )


class CustomerLines(Table, table=True):
    """How many calls a customer may have on the line, and begin in a second. Without a row: any number."""

    customer_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)
    )
    calls_per_second: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    max_concurrent: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))

    __table_args__ = (
        CheckConstraint("calls_per_second between 0.1 and 1000", name="calls_per_second_range"),
        CheckConstraint("max_concurrent between 1 and 100000", name="max_concurrent_range"),
    )


class CarriedLeg(Table, table=True):
    """A leg to one of our own people over a carrier: a manager's number, a seat by telephone. Kept before it is
    dialled.
    """

    leg: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    carrier_id: int = points_at("carrier.id", index=True)
    per_minute: int | None = whole(nullable=True)
    """What the carrier takes, in minor units of `currency`; none for a seat, whose minutes the tariff prices."""
    currency: str = text()
    called_at: datetime | None = created()
    billed_s: int | None = whole(nullable=True)
    """Of the switch's record; none until it is there."""

    __table_args__ = (
        Index("ix_carried_leg_unbilled", "called_at", postgresql_where=sql("billed_s is null")),
        CheckConstraint("per_minute >= 0 and billed_s >= 0", name="not_negative"),
    )
