"""A carrier as it is entered or changed: name, limits, prices by the beginning of numbers."""

import re
from collections.abc import Callable
from typing import Any

import reflex as rx
from babel.numbers import get_currency_precision

from exchange_app.arguments import BadArgument, fields, line, paragraphs, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import audit, carrier_book, database, rate_list, routing
from exchange_domain.carriers import ROBOTS
from exchange_domain.tables import Carrier
from exchange_domain.tables.limits import GATEWAY

from .system_state import System
from .tariffs_state import CURRENCIES

LONGEST = 200_000


def _limit(typed: Any, most: int) -> int | None:
    """A whole number, or none for an empty field. Raises BadArgument."""
    if not line(typed, 20):
        return None
    number = whole(typed)
    if not 1 <= number <= most:
        raise BadArgument("out of range")
    return number


def _per_second(typed: Any) -> float | None:
    """Down to one call in ten seconds, or none for an empty field. Raises BadArgument."""
    text = line(typed, 20).replace(",", ".")
    if not text:
        return None
    try:
        rate = float(text)
    except ValueError:
        raise BadArgument("a number is expected") from None
    if not 0.1 <= rate <= 1_000:
        raise BadArgument("out of range")
    return rate


READ: dict[str, Callable[[Any], float | None]] = {
    "position": lambda typed: _limit(typed, 1_000),
    "calls_per_second": _per_second,
    "max_concurrent": lambda typed: _limit(typed, 100_000),
}


class CarrierForm(rx.State):
    open: bool = False
    name: str = ""
    """Of the carrier that is changed; empty for a new one."""
    currency: str = "RUB"
    values: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    wrong: str = ""
    """The field that was not taken: name, known, position, calls_per_second, max_concurrent, rates."""
    wrong_line: int = 0
    wrong_why: str = ""
    """Of the prices' first bad line: shape, prefix, price, twice; none, too_many."""

    @rx.event
    @roles("admin")
    async def enter_new(self):
        self.reset()
        self.values = {"position": "1"}
        self.open = True

    @rx.event
    @roles("admin")
    async def change(self, name: str):
        async with database.session() as s:
            carrier = await carrier_book.called(s, line(name, 64))
            if carrier is None:
                return
            rates = await carrier_book.rates_of(s, carrier.id or 0)
        self.reset()
        self.name, self.currency = carrier.name, carrier.currency
        per_second = carrier.calls_per_second
        self.values = {
            "position": str(carrier.position),
            "calls_per_second": "" if per_second is None else f"{per_second:g}",
            "max_concurrent": "" if carrier.max_concurrent is None else str(carrier.max_concurrent),
            "rates": rate_list.written(rates, get_currency_precision(carrier.currency)),
        }
        self.open = True

    @rx.event
    @roles("admin")
    def show(self, wanted: bool):
        if wanted is not True:
            self.open = False

    @rx.event
    @roles("admin")
    def choose_currency(self, currency: str):
        self.currency = currency if currency in CURRENCIES else self.currency

    @rx.event
    @roles("admin")
    async def save(self, form: dict):
        """All of it, or nothing and what is wrong."""
        given = fields(form)
        self.wrong, self.wrong_line, self.wrong_why = "", 0, ""
        name = self.name or line(given.get("carrier-name", ""), 65)
        if re.fullmatch(GATEWAY, name) is None or name == ROBOTS:
            return self._refuse("name", "carrier-name")
        limits: dict[str, Any] = {}
        for field, read in READ.items():
            try:
                limits[field] = read(given.get(field, ""))
            except BadArgument:
                return self._refuse(field, field)
        limits["position"] = limits["position"] or 1
        rates, faults = rate_list.read(
            paragraphs(given.get("rates", ""), LONGEST), get_currency_precision(self.currency)
        )
        if faults:
            self.wrong_line, self.wrong_why = faults[0].line, faults[0].code
            return self._refuse("rates", "rates")
        if not await self._store(name, {"currency": self.currency, **limits}, rates):
            return self._refuse("known", "carrier-name")
        self.open = False
        await (await self.get_state(System))._read()
        return rx.toast.success(later("Saved."))

    def _refuse(self, why: str, field: str) -> rx.event.EventSpec:
        self.wrong = why
        return rx.set_focus(field)

    async def _store(self, name: str, values: dict[str, Any], rates: dict[str, int]) -> bool:
        """False for a new one whose name is taken."""
        async with database.session() as s:
            known = await carrier_book.called(s, name)
            if known is not None and not self.name:
                return False
            before = None if known is None else _told(known, await carrier_book.rates_of(s, known.id or 0))
            made = await carrier_book.set_carrier(s, name, **values)
            assert made.id is not None
            await carrier_book.replace_rates(s, made.id, rates)
            await routing.reconsider(s)
            after = _told(made, rates)
            if before != after:
                me = current_account(self).account_id
                await audit.write(s, me, "carrier_changed", f"carrier:{name}", before=before, after=after)
        return True


def _told(carrier: Carrier, rates: dict[str, int]) -> dict[str, Any]:
    """For the log."""
    return {
        "currency": carrier.currency, "position": carrier.position, "calls_per_second": carrier.calls_per_second,
        "max_concurrent": carrier.max_concurrent, "rates": dict(sorted(rates.items())),
    }  # fmt: skip
