"""An operator's pay: pending while a call may be listened to and contested, then available."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from . import ledger
from .settings import settings
from .tables import EarningRelease
from .words import LedgerKind as Kind

# What of a call's pay is hers: not what a dispute keeps, nor what lies apart because moderators rejected the call.
HERS = """
x.operator_pay - case when d.state = 'refunded' and not d.operator_keeps then d.withheld else 0 end
  - case when v.pay in ('withheld', 'kept') then v.withheld - v.cut else 0 end
"""
_OF_CALLS = f"""
select x.call_id, k.operator_id, t.currency, coalesce(r.amount, 0) as released, {HERS} as due
from settlement x join call k on k.id = x.call_id join tariff t on t.id = k.tariff_id
left join earning_release r on r.call_id = x.call_id
left join dispute d on d.call_id = x.call_id
left join review v on v.call_id = x.call_id
where d.state is distinct from 'open' and x.operator_pay > 0 and {HERS} > coalesce(r.amount, 0)
"""
# Calls whose review is over and whose pay is not all released; a rejection that is not carried out yet waits.
DUE = text(f"""{_OF_CALLS} and x.settled_at < :reviewed
  and not (v.verdict is not distinct from 'rejected' and v.pay is not distinct from 'due')
order by k.operator_id, x.settled_at limit :most
for update of x skip locked
""")
_ONE = text(f"{_OF_CALLS} and x.call_id = :call for update of x")


async def release_due(s: AsyncSession, now: datetime, most: int = 500) -> int:
    """Makes pay available whose review is over. Any number of workers may run it; returns how many calls it was for."""
    reviewed = now - timedelta(days=settings().review_days)
    rows = (await s.execute(DUE, {"reviewed": reviewed, "most": most})).all()
    for row in rows:
        await _release(s, row.call_id, row.operator_id, row.currency, row.released, row.due, now)
    return len(rows)


async def release_call(s: AsyncSession, call_id: UUID, now: datetime) -> None:
    """Makes one call's pay available before its time, because a moderator found it good."""
    for row in (await s.execute(_ONE, {"call": call_id})).all():
        await _release(s, row.call_id, row.operator_id, row.currency, row.released, row.due, now)


async def _release(
    s: AsyncSession, call_id: UUID, operator_id: int, currency: str, released: int, due: int, now: datetime
) -> None:
    pending = await ledger.account(s, Kind.OPERATOR_PENDING, currency, operator_id=operator_id)
    available = await ledger.account(s, Kind.OPERATOR_AVAILABLE, currency, operator_id=operator_id)
    has = await ledger.locked_balances(s, (pending, available))
    # A correction may have taken from the pending money of other calls: no more is moved than there is.
    amount = min(due - released, has[pending])
    if amount:
        await ledger.move(
            s, "release", f"release:{call_id}:{due}", {pending: -amount, available: amount}, call_id=call_id
        )
    await s.execute(
        insert(EarningRelease)
        .values(call_id=call_id, amount=due, released_at=now)
        .on_conflict_do_update(index_elements=[col(EarningRelease.call_id)], set_={"amount": due, "released_at": now})
    )
