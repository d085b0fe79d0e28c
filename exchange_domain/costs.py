"""What carriers are owed: the cost of each leg they carried, booked once.

A contact's leg has its call's id, a manager's its transfer's, a seat that is called back its own; whoever settles or
ends a leg with a price books it here.
"""

from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import ledger
from .ledger import Kind
from .tables import Call


def of(per_minute: int, billed_s: int) -> int:
    """What a leg costs, counted by the second and rounded up to the minor unit."""
    return -(-per_minute * billed_s // 60)


async def book(
    s: AsyncSession, leg: UUID, *, per_minute: int, billed_s: int, currency: str, call_id: UUID | None = None
) -> int | None:
    """Books a leg's cost. None when it was booked before, or costs nothing."""
    cost = of(per_minute, billed_s)
    if cost <= 0:
        return None
    expense = await ledger.account(s, Kind.TELEPHONY_COST, currency)
    owed_to = await ledger.account(s, Kind.CARRIER_PAYABLE, currency)
    return await ledger.move(
        s, "cost", f"cost:{leg}", {expense: -cost, owed_to: cost}, call_id=call_id, per_minute=per_minute,
        billed_s=billed_s,
    )  # fmt: skip


async def book_call(s: AsyncSession, call: Call, billed_s: int, currency: str) -> None:
    """Books what the carrier of a call is owed, by the switch's record of its leg. Again, nothing changes."""
    if call.carrier_per_minute:
        await book(
            s, call.id, per_minute=call.carrier_per_minute, billed_s=billed_s, currency=currency, call_id=call.id
        )


async def owed(s: AsyncSession, currency: str) -> int:
    """What is owed to carriers now."""
    statement = text(
        "select coalesce(sum(e.amount), 0) from ledger_entry e join ledger_account a on a.id = e.account_id "
        "where a.kind = 'carrier_payable' and a.currency = :currency"
    )
    return int((await s.execute(statement, {"currency": currency})).scalar_one())
