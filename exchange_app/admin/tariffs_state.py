"""Prices: what is in force, what will be, what was."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import reflex as rx

from exchange_app.arguments import BadArgument, fields, line, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_app.sums import sum_of
from exchange_domain import database, tariff_desk
from exchange_domain.call_rows import epoch_ms
from exchange_domain.tariff_desk import Prices, Row, TariffError

SUMS = ("per_answered_call", "per_minute", "per_success", "operator_per_call", "registration_bonus")
CURRENCIES = ("RUB", "EUR", "USD", "GBP", "KZT", "BYN")


@dataclass(frozen=True)
class TariffLine:
    """Money in minor units, the share in percent with up to two places."""

    id: int
    customer: str
    currency: str
    from_ms: int
    per_answered_call: int
    per_minute: int
    per_success: int
    operator_per_call: int
    registration_bonus: int
    share: float
    in_force: bool
    future: bool


def line_of(row: Row) -> TariffLine:
    p = row.prices
    return TariffLine(
        row.id, row.customer, row.currency, epoch_ms(row.valid_from) or 0, p.per_answered_call, p.per_minute,
        p.per_success, p.operator_per_call, p.registration_bonus, p.operator_share_bp / 100, row.in_force, row.future,
    )  # fmt: skip


def _share(value: Any) -> int:
    """Basis points of a percentage as typed. Raises BadArgument."""
    try:
        points = Decimal(line(value, 10).replace(",", ".")) * 100
    except InvalidOperation:
        raise BadArgument("a percentage is expected") from None
    if not points.is_finite() or points != points.to_integral_value() or not 0 <= points <= 10_000:
        raise BadArgument("a percentage from 0 to 100 is expected")
    return int(points)


def _from(value: Any, now: datetime) -> datetime:
    """The moment prices begin: now, or a date's beginning by UTC. Raises BadArgument."""
    typed = line(value, 10)
    if not typed:
        return now
    try:
        return max(datetime.fromisoformat(typed).replace(tzinfo=UTC), now)
    except ValueError:
        raise BadArgument("a date is expected") from None


class Tariffs(rx.State):
    loaded: bool = False
    lines: rx.Field[list[TariffLine]] = rx.field(default_factory=list)
    adding: bool = False
    currency: str = "RUB"
    wrong: str = ""
    """The field that was not taken, or `twice`."""

    @rx.event
    @roles("admin")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._read()
        self.loaded = True

    async def _read(self) -> None:
        async with database.session() as s:
            found = await tariff_desk.rows(s, datetime.now(UTC))
        self.lines = [line_of(row) for row in found]

    @rx.event
    @roles("admin")
    def show_form(self, wanted: bool):
        self.adding, self.wrong = wanted is True, ""

    @rx.event
    @roles("admin")
    def choose_currency(self, currency: str):
        self.currency = currency if currency in CURRENCIES else self.currency

    @rx.event
    @roles("admin")
    async def add(self, form: dict):
        """Prices for everybody with this currency, from now or from a date on."""
        given, now, sums = fields(form), datetime.now(UTC), {}
        for name in SUMS:
            typed = given.get(name, "")
            try:
                sums[name] = 0 if line(typed, 30).strip() in ("", "0") else sum_of(typed, self.currency) or 0
            except BadArgument:
                self.wrong = name
                return rx.set_focus(name)
        try:
            share = _share(given.get("share", ""))
        except BadArgument:
            self.wrong = "share"
            return rx.set_focus("share")
        try:
            valid_from = _from(given.get("from", ""), now)
            async with database.session() as s:
                await tariff_desk.add(
                    s, current_account(self).account_id, Prices(operator_share_bp=share, **sums),
                    currency=self.currency, valid_from=valid_from + timedelta(seconds=1), now=now,
                )  # fmt: skip
        except BadArgument:
            self.wrong = "from"
            return rx.set_focus("from")
        except TariffError as refused:
            self.wrong = refused.code
            return None
        self.adding, self.wrong = False, ""
        await self._read()
        return rx.toast.success(later("Saved."))

    @rx.event
    @roles("admin")
    async def remove(self, tariff_id: int):
        """Takes prices back that are not in force yet."""
        try:
            async with database.session() as s:
                await tariff_desk.remove(s, current_account(self).account_id, whole(tariff_id), datetime.now(UTC))
        except TariffError:
            await self._read()
            return rx.toast.error(later("These prices are in force already."))
        await self._read()
        return None
