"""Habits of operators that moderators should see: results written too fast, contacts passed over, one after the other;
and scripts that run although their operators will stumble over them. Looked at again and again, counted once.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import flags, house_rules, script_lint
from .call_rows import IN_EARNEST
from .calls import SKIPPED
from .script_lint import Code
from .tables import Flag
from .words import FlagKind

LOOK_BACK = timedelta(minutes=10)
"""Who did something so recently is looked at; the check runs far more often."""
GRAVE = frozenset({Code.ASKS_CARD, Code.DEAD_ANSWER, Code.NO_GREETING, Code.NO_CALLER})

# Of those who closed a call just now, the last `n` that count: all of them fast.
_FAST = text(f"""
select x.operator_id, count(*) as n, (array_agg(last.id order by last.closed_at desc))[1] as latest,
  (array_agg(last.campaign_id order by last.closed_at desc))[1] as campaign_id
from (select distinct operator_id from call where closed_at > :since and answered_at is not null) x
cross join lateral (
  select k.id, k.campaign_id, k.closed_at, k.ended_at from call k
  where k.operator_id = x.operator_id and k.state = 'closed' and k.answered_at is not null
    and k.disposition_id is not null and {IN_EARNEST}
  order by k.claimed_at desc limit :n) last
group by x.operator_id
having count(*) >= :n and bool_and(last.closed_at - last.ended_at < make_interval(secs => :seconds))
""")
_SKIPS = text(f"""
select x.operator_id, count(*) as n, (array_agg(last.id order by last.claimed_at desc))[1] as latest,
  (array_agg(last.campaign_id order by last.claimed_at desc))[1] as campaign_id
from (select distinct operator_id from call where closed_at > :since and hangup_cause = :skipped) x
cross join lateral (
  select k.id, k.campaign_id, k.claimed_at, k.hangup_cause from call k
  where k.operator_id = x.operator_id and k.state = 'closed' and {IN_EARNEST}
  order by k.claimed_at desc limit :n) last
group by x.operator_id
having count(*) >= :n and bool_and(last.hangup_cause is not distinct from :skipped)
""")
_SCRIPTS = text("""
select p.id, p.customer_id, p.recording, x.id as script_id, x.markdown
from campaign p join script x on x.id = p.script_id
where p.status = 'active' and not p.practice and not exists (
  select from flag f where f.kind = 'script_remarks' and f.campaign_id = p.id
    and cast(f.details ->> 'script' as bigint) = x.id)
order by p.id limit 200
""")


async def flag_habits(s: AsyncSession, now: datetime) -> int:
    """Raises what is due; how many flags. The same calls never count twice, however often this is called."""
    rules = await house_rules.rules(s)
    since = now - LOOK_BACK
    raised = 0
    if rules.fast_result_s:
        values = {"since": since, "n": rules.fast_results_in_row, "seconds": rules.fast_result_s}
        for row in (await s.execute(_FAST, values)).all():
            raised += await _tell(s, FlagKind.FAST_RESULTS, row, now)
    values = {"since": since, "n": rules.skips_in_row, "skipped": SKIPPED}
    for row in (await s.execute(_SKIPS, values)).all():
        raised += await _tell(s, FlagKind.SKIPS_IN_ROW, row, now)
    return raised


async def _tell(s: AsyncSession, kind: FlagKind, row: Any, now: datetime) -> bool:
    subject = f"operator:{row.operator_id}"
    # Counted anew when the whole row of calls is a new one: each call that follows would count it again otherwise.
    told = await s.exec(select(Flag).where(Flag.kind == kind, Flag.subject == subject).order_by(col(Flag.id).desc()))
    last = told.first()
    if last is not None:
        newer = await s.execute(
            text("select count(*) from call where operator_id = :operator and claimed_at > "
                 "(select claimed_at from call where id = cast(:latest as uuid))"),
            {"operator": row.operator_id, "latest": last.details.get("latest")},
        )  # fmt: skip
        if newer.scalar_one() < row.n:
            return False
    await flags.raise_flag(
        s, kind, subject, now, operator_id=row.operator_id, campaign_id=row.campaign_id, call_id=row.latest,
        calls=row.n, latest=str(row.latest),
    )  # fmt: skip
    return True


async def flag_scripts(s: AsyncSession, now: datetime, looked_at: set[int]) -> int:
    """Flags running campaigns whose script has grave remarks, once a version; `looked_at`: versions that have none."""
    raised = 0
    for row in (await s.execute(_SCRIPTS)).all():
        if row.script_id in looked_at:
            continue
        grave = [one for one in script_lint.lint(row.markdown, recorded=row.recording) if one.code in GRAVE]
        if not grave:
            looked_at.add(row.script_id)
            continue
        raised += 1
        await flags.raise_flag(
            s, FlagKind.SCRIPT_REMARKS, f"campaign:{row.id}", now, customer_id=row.customer_id, campaign_id=row.id,
            script=row.script_id, why=grave[0].code.value, remarks=len(grave),
        )  # fmt: skip
    return raised
