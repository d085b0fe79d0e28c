"""Money follows the switch's own record: one settlement per call, in any order of record and disposition."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from . import ledger, tariffs
from .calls import tally
from .tables import Call, Campaign, Settlement, SwitchRecord, Tariff
from .words import Outcome, RecordSource

LIMIT_SLACK_S = 5
"""The switch may end a call this late; the customer never pays for more than the longest call and this."""


class BadRecord(Exception):
    """A posted record that is not one: no leg, or no figures. It is refused, and the switch keeps it in its spool."""


@dataclass(frozen=True)
class Settled:
    call_id: UUID
    campaign_id: int
    customer_id: int
    operator_id: int
    charge: int
    operator_pay: int
    source: RecordSource


@dataclass(frozen=True)
class RecordedLeg:
    """What settlement needs of a record (mod_json_cdr): https://developer.signalwire.com/freeswitch/ → mod_json_cdr."""

    leg: UUID
    call_id: UUID | None
    answered_at: datetime | None
    ended_at: datetime | None
    billed_s: int
    cause: str | None


def read_record(body: dict[str, Any]) -> RecordedLeg:
    """The figures of a record. Raises BadRecord. Lengths are the whole seconds of `billsec`; zero if not answered."""
    variables = body.get("variables")
    if not isinstance(variables, dict):
        raise BadRecord("no variables")
    try:
        leg = UUID(str(variables.get("uuid") or variables.get("origination_uuid")))
    except ValueError:
        raise BadRecord("no leg uuid") from None
    try:
        call = variables.get("exchange_call")
        call_id = UUID(str(call)) if call else None
        answered, end = (_moment(variables.get(f"{what}_uepoch")) for what in ("answer", "end"))
        billed_s = int(variables.get("billsec") or 0)
    except (ValueError, TypeError, OverflowError, OSError):
        raise BadRecord("figures that are not numbers or times") from None
    if billed_s < 0:
        raise BadRecord("negative length")
    cause = variables.get("hangup_cause")
    return RecordedLeg(leg, call_id, answered, end, billed_s if answered else 0, str(cause) if cause else None)


def _moment(microseconds: Any) -> datetime | None:
    value = int(microseconds or 0)
    return datetime.fromtimestamp(value / 1_000_000, UTC) if value else None


async def store_record(s: AsyncSession, body: dict[str, Any]) -> UUID:
    """Keeps a record as it came; the same leg again changes nothing. Raises BadRecord."""
    record = read_record(body)
    await s.execute(
        insert(SwitchRecord)
        .values(leg=record.leg, call_id=record.call_id, body=body)
        .on_conflict_do_nothing(index_elements=["leg"])
    )
    return record.leg


async def record_of(s: AsyncSession, leg: UUID) -> RecordedLeg | None:
    kept = await s.get(SwitchRecord, leg)
    return read_record(kept.body) if kept else None


# Closed calls whose leg is gone, not settled yet: with their record, or without one once the grace is over.
DUE = text("""
select c.id from call c left join switch_record r on r.leg = c.id
where c.state = 'closed' and c.ended_at is not null
  and not exists (select from settlement x where x.call_id = c.id)
  and (r.leg is not null or c.ended_at < :grace_over or (c.ringing_at is null and c.ended_by = 'switch'))
order by c.closed_at limit :most
for update of c skip locked
""")


async def settle_due(s: AsyncSession, now: datetime, grace: timedelta, most: int = 100) -> list[Settled]:
    """Settles what can be settled. Any number of workers may run it at once; each call is settled by one, once."""
    due = (await s.execute(DUE, {"grace_over": now - grace, "most": most})).scalars().all()
    return [done for call_id in due if (done := await _settle(s, call_id, now)) is not None]


async def _settle(s: AsyncSession, call_id: UUID, now: datetime) -> Settled | None:
    call = await s.get_one(Call, call_id)
    campaign = await s.get_one(Campaign, call.campaign_id)
    tariff = await s.get_one(Tariff, call.tariff_id)
    record = await record_of(s, call_id)
    placed = record is not None or call.ringing_at is not None or call.answered_at is not None
    if record is not None:
        source, answered, length = RecordSource.RECORD, record.answered_at is not None, record.billed_s
    elif placed:
        source, answered, length = RecordSource.EVENT, call.answered_at is not None, _seen_length(call)
    else:
        source, answered, length = RecordSource.NOT_PLACED, False, 0
    billed_s = min(length, campaign.longest_call_s + LIMIT_SLACK_S)
    # The hold was made by the limit of that moment; a limit lowered since must not cost, nor a raised one exceed it.
    cost = tariffs.price(tariff, answered=answered, billed_s=billed_s, success=call.outcome == Outcome.SUCCESS)
    charge = min(cost.charge, await ledger.held_for(s, call_id))
    pay = cost.operator_pay if placed else 0
    transaction = await ledger.capture(
        s, call_id, customer_id=call.customer_id, operator_id=call.operator_id, currency=tariff.currency,
        charge=charge, operator_pay=pay, billed_s=billed_s, source=source.value, campaign_id=call.campaign_id,
    )  # fmt: skip
    if transaction is None:
        return None
    s.add(
        Settlement(
            call_id=call_id, source=source, billed_s=billed_s, charge=charge, operator_pay=pay,
            transaction_id=transaction, settled_at=now,
        )
    )  # fmt: skip
    if call.outcome is not None:
        await tally(s, call.campaign_id, call.outcome, talk_s=billed_s, charge=charge)
    await s.flush()
    return Settled(call_id, call.campaign_id, call.customer_id, call.operator_id, charge, pay, source)


def _seen_length(call: Call) -> int:
    if call.answered_at is None or call.ended_at is None:
        return 0
    return max(0, round((call.ended_at - call.answered_at).total_seconds()))
