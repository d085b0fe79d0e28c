"""What the switch said of a leg, kept so that a missing record can be recovered from it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Enum, ForeignKey, Uuid
from sqlmodel import Field

from ..words import LegEventKind
from .columns import Table, moment, text


class LegEvent(Table, table=True):
    """One kind of event of a contact's or a manager's leg, the first of its kind; of `seen` the latest."""

    leg: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    kind: LegEventKind = Field(
        sa_column=Column(
            Enum(
                LegEventKind, native_enum=False, create_constraint=True, length=32, name="legeventkind",
                values_callable=lambda members: [m.value for m in members],
            ),
            primary_key=True,
        )
    )  # fmt: skip
    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("call.id"), nullable=False, index=True))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    """By the switch's clock; of `seen` by the engine's."""
    answered_at: datetime | None = moment()
    """When the leg was answered, as this event says it."""
    cause: str | None = text(nullable=True)
    core_uuid: str = text(default="")
    """Which life of the switch said it."""
    sequence: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    """The event's number in that life."""
