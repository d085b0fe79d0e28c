"""Arguments of handlers and routes, checked: any client can send anything in them."""

import math
from datetime import time
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

Word = TypeVar("Word", bound=StrEnum)


class BadArgument(ValueError):
    """An argument that our own pages never send."""


def fields(form: Any) -> dict[str, Any]:
    """What a form was sent with; nothing, where it is no form at all."""
    return form if isinstance(form, dict) else {}


def line(value: Any, longest: int) -> str:
    """A text of one line without outer blanks; control characters become blanks, the rest is cut at `longest`."""
    return " ".join(paragraphs(value, longest * 4).split())[:longest]


def paragraphs(value: Any, longest: int) -> str:
    """A text of any lines, as typed. The database takes no NUL."""
    if not isinstance(value, str):
        raise BadArgument("a text is expected")
    if len(value) > longest:
        raise BadArgument(f"at most {longest} characters are expected")
    return value.replace("\x00", "")


def whole(value: Any) -> int:
    """A whole number, also from the text of a field or the float of a browser."""
    if isinstance(value, bool):
        raise BadArgument("a number is expected")
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        value = int(value)
    if isinstance(value, str) and len(value) < 19:
        digits = value.strip().replace("\u00a0", "").replace(" ", "")
        if digits.removeprefix("-").isascii() and digits.removeprefix("-").isdigit():
            value = int(digits)
    if not isinstance(value, int) or abs(value) >= 2**53:
        raise BadArgument("a whole number is expected")
    return value


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadArgument("yes or no is expected")
    return value


def clock_time(value: Any) -> time:
    """HH:MM of a time field; 24:00 is midnight at the day's end."""
    if not isinstance(value, str):
        raise BadArgument("a time is expected")
    try:
        return time.fromisoformat("00:00" if value == "24:00" else value[:5])
    except ValueError:
        raise BadArgument("a time is expected") from None


def one_of(kind: type[Word], value: Any) -> Word:
    try:
        return kind(value)
    except ValueError:
        raise BadArgument(f"a {kind.__name__} is expected") from None


def uuid(value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise BadArgument("an id is expected") from None
