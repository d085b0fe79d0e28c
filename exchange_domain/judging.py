"""Which recorded calls are put before moderators: looked at once each, when the recording is stored."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from . import flags, house_rules, risk
from .call_rows import IN_EARNEST, in_earnest
from .house_rules import HouseRules
from .risk import Facts
from .tables import Hearing, Review
from .talk_figures import of_peaks
from .words import FlagKind, Outcome, ReviewWay

KNOWN_TALKS = 1_000
"""Counting an operator's talks ends here: nobody is new after so many."""

_NEW = text(f"""
select r.call_id, r.peaks, r.peak_ms, coalesce(r.channels, 0) as channels, k.operator_id, k.campaign_id, k.customer_id,
  k.outcome, k.overran, k.transferred, k.answered_at, k.ended_at,
  (select count(*) from (select from call o where o.operator_id = k.operator_id and o.answered_at is not null
     and {in_earnest("o")} and o.claimed_at < k.claimed_at limit :known) x) as operator_talks,
  (select count(*) from (select from call o where o.campaign_id = k.campaign_id and o.answered_at is not null
     and o.claimed_at < k.claimed_at limit :known) x) as campaign_talks,
  exists (select from dispute d where d.call_id = k.id and d.state = 'open') as contested,
  exists (select from problem_report b where b.call_id = k.id and b.kind in ('sound', 'contact')) as reported,
  exists (select from flag f where f.call_id = k.id and f.kind = 'abusive_contact') as abusive
from recording r join call k on k.id = r.call_id
where r.state = 'stored' and r.judged_at is null and k.state = 'closed' and {IN_EARNEST}
order by r.stored_at limit :most
for update of r skip locked
""")

# Contested after it was looked at: now somebody should listen, if nobody has.
_CONTESTED = text("""
select k.id, k.operator_id, k.campaign_id, k.customer_id from dispute d join call k on k.id = d.call_id
join recording r on r.call_id = k.id and r.state = 'stored' and r.judged_at is not null
where d.state = 'open' and not exists (select from review v where v.call_id = k.id)
limit :most
""")


def drawn(call_id: UUID, what: str, percent: int) -> bool:
    """Whether a call is drawn by lot: the same answer whenever it is asked."""
    lot = int.from_bytes(hashlib.sha256(f"{what}:{call_id}".encode()).digest()[:4], "big")
    return lot % 100 < percent


async def judge_new(s: AsyncSession, now: datetime, most: int = 50) -> int:
    """Looks at recordings that nobody has looked at yet. Any number of workers may; returns how many there were."""
    rules = await house_rules.rules(s)
    rows = (await s.execute(_NEW, {"most": most, "known": KNOWN_TALKS})).all()
    for row in rows:
        await _judge(s, row, rules, now)
    for row in (await s.execute(_CONTESTED, {"most": most})).all():
        await put_before(s, row, ReviewWay.COMPLAINT, (risk.Reason("contested", 0),), rules)
    return len(rows)


async def _judge(s: AsyncSession, row: Any, rules: HouseRules, now: datetime) -> None:
    facts = facts_of(row)
    reasons = risk.judge(facts, rules)
    weight = risk.points(reasons)
    if facts.contested or facts.reported:
        await put_before(s, row, ReviewWay.COMPLAINT, reasons, rules)
    elif weight >= risk.MEDIUM:
        await put_before(s, row, ReviewWay.RISK, reasons, rules)
    elif drawn(row.call_id, "random", rules.review_random_percent):
        await put_before(s, row, ReviewWay.RANDOM, reasons, rules)
    if any(reason.code == "operator_silent" for reason in reasons):
        await flags.raise_flag(
            s, FlagKind.SILENT_CALL, f"operator:{row.operator_id}", now, customer_id=row.customer_id,
            campaign_id=row.campaign_id, operator_id=row.operator_id, call_id=row.call_id,
            talk_s=facts.talk_ms // 1000,
        )  # fmt: skip
    await s.execute(
        text("update recording set judged_at = :now where call_id = :call"), {"now": now, "call": row.call_id}
    )


def facts_of(row: Any) -> Facts:
    talk_ms = round((row.ended_at - row.answered_at).total_seconds() * 1000) if row.answered_at and row.ended_at else 0
    sound = of_peaks(row.peaks, row.peak_ms) if row.peaks and row.peak_ms and row.channels == 2 else None
    return Facts(
        talk_ms=max(talk_ms, 0), outcome=Outcome(row.outcome) if row.outcome else None, overran=row.overran,
        transferred=row.transferred, operator_talks=row.operator_talks, campaign_talks=row.campaign_talks,
        contested=row.contested, reported=row.reported, abusive=row.abusive, sound=sound,
    )  # fmt: skip


async def put_before(
    s: AsyncSession, row: Any, way: ReviewWay, reasons: tuple[risk.Reason, ...], rules: HouseRules
) -> None:
    """Puts a call into the queue, once. `row` has the ids of the call and whose it is."""
    call_id = row.call_id if hasattr(row, "call_id") else row.id
    weight = risk.points(reasons)
    made = await s.execute(
        insert(Review)
        .values(
            call_id=call_id, operator_id=row.operator_id, campaign_id=row.campaign_id, customer_id=row.customer_id,
            way=way, risk=weight, reasons=[{"code": one.code, "value": one.value} for one in reasons],
            double=drawn(call_id, "second", rules.review_second_percent),
        )
        .on_conflict_do_nothing()
        .returning(col(Review.call_id))
    )  # fmt: skip
    if made.scalar_one_or_none() is not None:
        s.add(Hearing(call_id=call_id, turn=1, risk=weight))
        await s.flush()
