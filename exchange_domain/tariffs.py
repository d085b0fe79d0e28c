"""Prices: which tariff is in force, and what a call costs by it. Whole minor units only."""

from dataclasses import dataclass
from datetime import UTC, datetime

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


async def current(s: AsyncSession, customer_id: int, currency: str, at: datetime | None = None) -> Tariff | None:
    """The tariff in force for a customer: its own latest, else everybody's latest."""
    now = at or datetime.now(UTC)
    return (
        await s.exec(
            select(Tariff)
            .where(
                or_(Tariff.customer_id == customer_id, col(Tariff.customer_id).is_(None)),
                Tariff.currency == currency,
                Tariff.valid_from <= now,
            )
            .order_by(col(Tariff.customer_id).is_(None), col(Tariff.valid_from).desc())
            .limit(1)
        )
    ).one_or_none()
