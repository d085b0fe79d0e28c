"""Sums of money as people type them, to minor units and back. Pure."""

from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision

from exchange_app.arguments import BadArgument, line

MOST = 10**12
"""Minor units of the largest sum."""


def sum_of(text: Any, currency: str) -> int | None:
    """Minor units of what was typed; None for an empty field. Raises BadArgument."""
    typed = line(text, 30).replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if not typed:
        return None
    try:
        amount = Decimal(typed).scaleb(get_currency_precision(currency))
    except InvalidOperation:
        raise BadArgument("a sum is expected") from None
    if not amount.is_finite() or amount != amount.to_integral_value() or not 0 < amount <= MOST:
        raise BadArgument("a sum of whole minor units is expected")
    return int(amount)


def typed(minor: int | None, currency: str) -> str:
    """A sum as its field shows it; empty for none."""
    if minor is None:
        return ""
    return f"{Decimal(minor).scaleb(-get_currency_precision(currency)):f}"
