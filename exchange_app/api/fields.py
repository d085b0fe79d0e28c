"""Kinds of values in requests: what the database could not keep is refused here, with its place."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Header, Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, model_validator

MOST_ID = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=MOST_ID)]
PageSize = Annotated[int, Query(ge=1, le=500)]
AfterId = Annotated[int, Query(ge=0, le=MOST_ID, description="The last id of the page before.")]
Cursor = Annotated[int, Query(ge=0, le=MOST_ID, description="What the page before said; 0: from the beginning.")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$",
        description="The same key again is answered as the first time, and nothing is done twice. Kept for two days.",
    ),
]  # fmt: skip


def _whole(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a whole number is expected")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]


def _yes_no(value: Any) -> Any:
    if not isinstance(value, bool):
        raise ValueError("true or false is expected")
    return value


YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


class In(BaseModel):
    """A request's body: no names but the documented, no text that cannot be kept."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, given: Any) -> Any:
        for one in _texts(given):
            if "\x00" in one or any("\ud800" <= sign <= "\udfff" for sign in one):
                raise ValueError("text may hold neither NUL nor half of a surrogate pair")
        return given
