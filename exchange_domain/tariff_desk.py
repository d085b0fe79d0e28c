"""Tariffs as admins set them: rows valid from a moment on, for everybody or one customer; what was in force stays."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from . import audit
from .tables import Customer, Tariff


class TariffError(Exception):
    """Why nothing was set, as a code: in_the_past, twice, unknown_customer, other_currency, in_force."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Prices:
    """In minor units; the share in basis points."""

    per_answered_call: int
    per_minute: int
    per_success: int
    operator_share_bp: int
    operator_per_call: int
    registration_bonus: int
    number_seats: bool = False
    number_seat_per_minute: int = 0


@dataclass(frozen=True)
class Row:
    id: int
    customer: str
    """Empty: everybody's."""
    currency: str
    valid_from: datetime
    prices: Prices
    in_force: bool
    future: bool


async def rows(s: AsyncSession, now: datetime, limit: int = 100) -> list[Row]:
    """The latest first; of each customer and currency one is in force."""
    found = await s.execute(
        text(
            "select t.*, coalesce(c.name, '') as customer, t.valid_from > :now as future, "
            "t.valid_from <= :now and not exists (select from tariff l where l.currency = t.currency "
            "  and l.customer_id is not distinct from t.customer_id and l.valid_from > t.valid_from "
            "  and l.valid_from <= :now) as in_force "
            "from tariff t left join customer c on c.id = t.customer_id where c.house is not true "
            "order by t.valid_from desc, t.id desc "
            "limit :limit"
        ),
        {"now": now, "limit": limit},
    )
    names = Prices.__dataclass_fields__
    return [
        Row(
            r["id"], r["customer"], r["currency"], r["valid_from"], Prices(**{name: r[name] for name in names}),
            r["in_force"], r["future"],
        )
        for r in found.mappings()
    ]  # fmt: skip


async def add(
    s: AsyncSession, by: int | None, prices: Prices, *, currency: str, valid_from: datetime, now: datetime,
    customer_id: int | None = None,
) -> int:  # fmt: skip
    """Prices from a moment on. Never in the past: what calls were begun by stays. Raises TariffError."""
    if valid_from < now:
        raise TariffError("in_the_past")
    if customer_id is not None:
        customer = await s.get(Customer, customer_id)
        if customer is None:
            raise TariffError("unknown_customer")
        if customer.currency != currency:
            raise TariffError("other_currency")
    row = Tariff(customer_id=customer_id, currency=currency, valid_from=valid_from, **asdict(prices))
    try:
        async with s.begin_nested():
            s.add(row)
            await s.flush()
    except IntegrityError as twice:
        raise TariffError("twice") from twice
    assert row.id is not None
    await audit.write(
        s, by, "tariff_added", f"tariff:{row.id}",
        after={**asdict(prices), "currency": currency, "valid_from": valid_from.isoformat(), "customer": customer_id},
    )  # fmt: skip
    return row.id


async def remove(s: AsyncSession, by: int | None, tariff_id: int, now: datetime) -> None:
    """Takes back prices that are not in force yet. Again, nothing changes. Raises TariffError."""
    row = await s.get(Tariff, tariff_id, with_for_update=True)
    if row is None:
        return
    if row.valid_from <= now:
        raise TariffError("in_force")
    before = {"currency": row.currency, "valid_from": row.valid_from.isoformat(), "customer": row.customer_id}
    await s.delete(row)
    await audit.write(s, by, "tariff_removed", f"tariff:{tariff_id}", before=before)
    await s.flush()
