"""Prices: which tariff is in force, and what a call costs by it. Whole minor units only."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import Tariff


@dataclass(frozen=True)
class Price:
    """What the customer is charged for a call and what its operator is paid, in minor units."""

    charge: int
    operator_pay: int


def price(tariff: Tariff, *, answered: bool, billed_s: int, success: bool) -> Price:
    """The price of a finished call. Minutes count by the second, rounded up to the minor unit; a call that
    nobody answered costs the customer nothing, and the operator is paid for placing it all the same."""
    charge = 0
    if answered:
        charge = tariff.per_answered_call + -(-tariff.per_minute * billed_s // 60)
        if success:
            charge += tariff.per_success
    return Price(charge, charge * tariff.operator_share_bp // 10_000 + tariff.operator_per_call)


def most(tariff: Tariff, longest_call_s: int) -> int:
    """The most a call can cost: what is held before it is dialled."""
    # The switch may end a call some seconds late; the hold covers that.
    return price(tariff, answered=True, billed_s=longest_call_s + 5, success=True).charge


def in_force(customer_id: Any, currency: Any, now: Any) -> Any:
    """The id of a customer's tariff at a moment, as part of a statement: its own latest, else everybody's latest."""
    given = aliased(Tariff)
    return (
        sql_select(col(given.id))
        .where(
            or_(given.customer_id == customer_id, col(given.customer_id).is_(None)),
            given.currency == currency,
            given.valid_from <= now,
        )
        .order_by(col(given.customer_id).is_(None), col(given.valid_from).desc())
        .limit(1)
    )


async def current(s: AsyncSession, customer_id: int, currency: str, at: datetime | None = None) -> Tariff | None:
    """The tariff in force for a customer."""
    which = in_force(customer_id, currency, at or datetime.now(UTC)).scalar_subquery()
    return (await s.exec(select(Tariff).where(Tariff.id == which))).one_or_none()
