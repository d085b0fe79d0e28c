"""Column kinds the tables share."""

import re
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Enum, ForeignKey, Identity, Text, false, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """A table named like its class, in snake case."""

    @declared_attr.directive
    def __tablename__(cls) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def key() -> Any:
    """A bigint identity primary key; None until the row is inserted."""
    return Field(default=None, sa_column=Column(BigInteger, Identity(always=False), primary_key=True))


def points_at(target: str, *, nullable: bool = False, primary_key: bool = False, index: bool = False, **kw: Any) -> Any:
    """A bigint foreign key to `table.column`."""
    column = Column(BigInteger, ForeignKey(target, **kw), nullable=nullable, primary_key=primary_key, index=index)
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def moment(*, nullable: bool = True) -> Any:
    """A point in time with its zone."""
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=nullable))


def created() -> Any:
    """When the row came to be, by the database's clock."""
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now()))


def word(kind: type[StrEnum], *, default: StrEnum | None = None, nullable: bool = False) -> Any:
    """One of an enumeration's words, as text with a check constraint."""
    values = Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=kind.__name__.lower(),
        values_callable=lambda members: [m.value for m in members],
    )
    column = Column(values, nullable=nullable, server_default=None if default is None else default.value)
    if default is None and not nullable:
        return Field(sa_column=column)
    return Field(default=default, sa_column=column)


def text(*, nullable: bool = False, default: str | None = None) -> Any:
    column = Column(Text, nullable=nullable, server_default=default)
    if nullable or default is not None:
        return Field(default=default, sa_column=column)
    return Field(sa_column=column)


def whole(*, nullable: bool = False, default: int | None = None) -> Any:
    """A whole number; money is in minor units of its currency."""
    column = Column(BigInteger, nullable=nullable, server_default=None if default is None else str(default))
    if nullable or default is not None:
        return Field(default=default, sa_column=column)
    return Field(sa_column=column)


def flag() -> Any:
    """Yes or no; no until said otherwise."""
    return Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))


def document(*, default: str = "{}") -> Any:
    """A JSON document that the database can look into."""
    factory = list if default == "[]" else dict
    return Field(default_factory=factory, sa_column=Column(JSONB, nullable=False, server_default=default))
