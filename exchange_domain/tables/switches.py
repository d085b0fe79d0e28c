"""The switches, who drives each, and who was sent where."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Sequence, Text
from sqlmodel import Field, SQLModel

from .columns import Table, created, moment, text, whole

SWITCH_TOKENS = Sequence("switch_token", metadata=SQLModel.metadata, data_type=BigInteger)


class Switch(Table, table=True):
    """A telephone switch, and the lease of the engine that drives it. Every time here is the database's."""

    name: str = Field(sa_column=Column(Text, primary_key=True))
    max_seats: int = whole(default=200)
    """Seats it is meant to carry; operators are spread in proportion to it."""
    enabled: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    """Off: no engine takes it."""
    draining: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """Nobody new is seated on it; who sits there stays."""
    engine_id: UUID | None = Field(default=None)
    """The engine process that drives it, or drove it last."""
    fencing_token: int = whole(default=0)
    """Grows with each new owner; whoever has another one writes nothing."""
    lease_until: datetime | None = moment()
    up: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """Its owner is connected to its event socket."""
    heard_at: datetime | None = moment()
    """The last moment in which the switch itself said a word."""
    lost_at: datetime | None = moment()
    """When it was given up; none again as soon as it is back."""
    core_uuid: str | None = text(nullable=True)
    """FreeSWITCH's Core-UUID: another one means that it was restarted."""
    sessions: int = whole(default=0)
    """Channels, by its last heartbeat."""

    __table_args__ = (CheckConstraint("max_seats > 0", name="seats_positive"),)


class SeatPromise(Table, table=True):
    """An operator was sent to a switch a moment ago, and her shift is not open yet: counted as a seat taken."""

    operator_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    )
    switch_name: str = text()
    promised_at: datetime | None = created()
