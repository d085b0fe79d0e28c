"""Whether the books are coherent: every rule of money at once, each in SQL of its own."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import charged, disputes, ledger, payments, payouts, review_pay

CHECKS = ledger.CHECKS | charged.CHECKS | disputes.CHECKS | review_pay.CHECKS | payouts.CHECKS | payments.CHECKS


async def check(s: AsyncSession) -> list[str]:
    """What is wrong with the books, in words; an empty list means that they are coherent."""
    counts = [(what, (await s.execute(text(query))).scalar_one()) for what, query in CHECKS.items()]
    return [f"{what}: {count}" for what, count in counts if count]
