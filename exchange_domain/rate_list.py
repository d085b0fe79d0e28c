"""A carrier's prices as they are typed or pasted: a beginning of numbers and a minute's price on each line. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from .tables.limits import PREFIX

MOST_LINES = 5_000
MOST_PRICE = Decimal(1_000_000)
_LINE = re.compile(r"(\+?[\d ()-]*?[\d)])(?:[\s;:=|]+(\d+(?:[.,]\d+)?)|\s*,\s*(\d+(?:\.\d+)?))")
"""A comma parts them where the price has none."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line, counted from 1: shape, prefix, price, twice; with line 0: none, too_many."""

    line: int
    code: str


def read(text: str, places: int) -> tuple[dict[str, int], list[Fault]]:
    """Prices in minor units (`places` of them) by prefix, and the lines that are none.

    >>> read("+7 0.90\\n+7812;1,5", 2)
    ({'+7': 90, '+7812': 150}, [])
    """
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        return {}, [Fault(0, "too_many")]
    found: dict[str, int] = {}
    faults: list[Fault] = []
    for number, typed in enumerate(lines, start=1):
        if not typed.strip():
            continue
        told = _told(typed.strip(), places)
        if isinstance(told, str):
            faults.append(Fault(number, told))
        elif told[0] in found:
            faults.append(Fault(number, "twice"))
        else:
            found[told[0]] = told[1]
    return found, faults or ([] if found else [Fault(0, "none")])


def _told(typed: str, places: int) -> tuple[str, int] | str:
    parts = _LINE.fullmatch(typed)
    if parts is None:
        return "shape"
    prefix = "+" + re.sub(r"\D", "", parts[1])
    if re.fullmatch(PREFIX, prefix) is None:
        return "prefix"
    try:
        price = Decimal((parts[2] or parts[3]).replace(",", ".")).scaleb(places)
    except InvalidOperation:
        return "price"
    if price != price.to_integral_value() or price > MOST_PRICE.scaleb(places):
        return "price"
    return prefix, int(price)


def written(rates: Mapping[str, int], places: int) -> str:
    """As `read` takes it, a line for each."""
    return "\n".join(f"{prefix} {Decimal(cost).scaleb(-places):f}" for prefix, cost in sorted(rates.items()))
