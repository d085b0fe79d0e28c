"""Keeps telephone numbers of a contact away from operators, wherever a list has put them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from exchange_domain.messages import masked

SHARED = 6
"""So many last digits in common make two writings the same number: a local one is written without its code."""
WRITTEN = re.compile(r"[+(]?\d(?:[\W_]{0,3}\d){5,}")


def digits_of(text: str) -> str:
    return "".join(str(unicodedata.digit(ch)) for ch in text if ch.isdigit())


def hide(text: str, numbers: Iterable[str]) -> str:
    """The text with each writing of these E.164 numbers replaced by the masked form.

    A list often repeats the telephone in a column of its own, and such a column is a field of the script; the operator
    works with it, but is not given the number.
    """
    endings = {digits_of(number)[-SHARED:]: number for number in numbers}

    def shown(match: re.Match[str]) -> str:
        digits = digits_of(match[0])
        for ending, number in endings.items():
            if ending in digits:
                return masked(number)
        return match[0]

    return WRITTEN.sub(shown, text) if endings else text


def hide_all(values: Mapping[str, object], numbers: Iterable[str]) -> dict[str, str]:
    known = tuple(numbers)
    return {key: hide(str(value), known) for key, value in values.items() if value is not None}
