"""Money follows the switch's own record: one settlement per call, in any order of record and disposition.

A call whose record does not come is settled by the log of the switch's events (`lengths`); a record that comes later
still has the last word (`correcting`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from . import costs, ledger, lengths, recordings, tariffs
from .calls import tally
from .flags import raise_flag
from .records import BadRecord, RecordedLeg, read_record, record_of, store_record
from .tables import Call, Campaign, Settlement, SwitchRecord, Tariff
from .words import UNSEEN_END, FlagKind, Outcome, RecordSource

__all__ = ["BadRecord", "RecordedLeg", "Settled", "read_record", "record_of", "settle_due", "store_record"]

LIMIT_SLACK_S = 5
"""The switch may end a call this late; the customer never pays for more than the longest call and this."""


@dataclass(frozen=True)
class Settled:
    call_id: UUID
    campaign_id: int
    customer_id: int
    operator_id: int
    charge: int
    operator_pay: int
    source: RecordSource


# Closed calls whose leg is gone, not settled yet: with their record, or without one once the grace is over. A call that
# surely was never placed waits for nothing.
DUE = text("""
select c.id from call c left join switch_record r on r.leg = c.id
where c.state = 'closed' and not c.settled and c.ended_at is not null
  and (r.leg is not null or c.ended_at < :grace_over
       or (c.ringing_at is null and c.ended_by = 'switch' and c.hangup_cause is distinct from :unseen))
order by c.closed_at limit :most
for update of c skip locked
""")


async def settle_due(s: AsyncSession, now: datetime, grace: timedelta, most: int = 100) -> list[Settled]:
    """Settles what can be settled. Any number of workers may run it at once; each call is settled by one, once."""
    due = await s.execute(DUE, {"grace_over": now - grace, "most": most, "unseen": UNSEEN_END})
    return [done for call_id in due.scalars().all() if (done := await _settle(s, call_id, now)) is not None]


def price(tariff: Tariff, call: Call, length: lengths.Length, limit_s: int) -> tuple[int, tariffs.Price]:
    """The seconds billed, and what they cost. The operator is paid for a call that was placed."""
    billed_s = min(length.seconds, limit_s)
    cost = tariffs.price(tariff, answered=length.answered, billed_s=billed_s, success=call.outcome == Outcome.SUCCESS)
    return billed_s, cost if length.placed else tariffs.Price(0, 0)


_OF_CALL: Any = (
    select(Call, Campaign, Tariff, SwitchRecord)
    .join(Campaign, col(Campaign.id) == col(Call.campaign_id))
    .join(Tariff, col(Tariff.id) == col(Call.tariff_id))
    .outerjoin(SwitchRecord, col(SwitchRecord.leg) == col(Call.id))
    .where(col(Call.id) == bindparam("call"))
)


async def _settle(s: AsyncSession, call_id: UUID, now: datetime) -> Settled | None:
    found = (await s.execute(_OF_CALL, {"call": call_id}, execution_options={"populate_existing": True})).one()
    call, campaign, tariff, record = found.Call, found.Campaign, found.Tariff, found.SwitchRecord
    said = read_record(record.body) if record else None
    length = lengths.of_record(said) if said else await lengths.of_events(s, call)
    limit_s = campaign.longest_call_s + LIMIT_SLACK_S
    billed_s, cost = price(tariff, call, length, limit_s)
    # The hold was made by the limit of that moment; a limit lowered since must not cost, nor a raised one exceed it.
    set_aside = await ledger.held_for(s, call_id)
    charge = min(cost.charge, set_aside)
    transaction = await ledger.capture(
        s, call_id, customer_id=call.customer_id, operator_id=call.operator_id, currency=tariff.currency,
        charge=charge, operator_pay=cost.operator_pay, set_aside=set_aside, billed_s=billed_s,
        source=length.source.value,
        campaign_id=call.campaign_id,
    )  # fmt: skip
    if transaction is None:
        return None
    s.add(
        Settlement(
            call_id=call_id, source=length.source, answered=length.answered, billed_s=billed_s, charge=charge,
            operator_pay=cost.operator_pay, limit_s=limit_s, transaction_id=transaction, settled_at=now,
        )
    )  # fmt: skip
    call.settled = True
    s.add(call)
    if record is not None and said is not None:
        record.applied_at = now
        s.add(record)
        await recordings.record_said(s, call, said, now)
        await costs.book_call(s, call, length.seconds, tariff.currency)
    if not length.certain:
        await raise_flag(
            s, FlagKind.RECORD_MISSING, f"call:{call_id}", now, customer_id=call.customer_id,
            campaign_id=call.campaign_id, operator_id=call.operator_id, call_id=call_id, why="end_not_seen",
            answered=length.answered, billed_s=billed_s,
        )  # fmt: skip
    if call.outcome is not None:
        await tally(s, call.campaign_id, call.outcome, talk_s=billed_s, charge=charge)
    await s.flush()
    return Settled(
        call_id, call.campaign_id, call.customer_id, call.operator_id, charge, cost.operator_pay, length.source
    )
