"""What must always hold (docs/architecture.md), asked of the database: an empty answer means that it does.

Only what rows can tell: who may see what is the tests' matter, and what the switch does now the engine's audit.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import books, contact_counts
from .hours import Hours
from .settling import LIMIT_SLACK_S
from .timetables import hours_of

LATE = timedelta(minutes=10)
"""Closing, settling and letting go have come to their end by then, after an engine's restart too."""

# Each finds rows as `id`; the answer counts them and names one. Bound: :now, :late (now - LATE), :slack_s.
QUERIES = {
    # 1. A number is never in two live calls.
    "numbers in two calls at the same time": """
        select id from (
          select id, ended_at, lead(claimed_at) over (partition by e164 order by claimed_at, id) as next_claimed
          from call) c
        where next_claimed < coalesce(ended_at, 'infinity')""",
    # 2. Every call ends in exactly one settled record (more than one the table itself refuses).
    "closed calls without a settlement": """
        select id from call where state = 'closed' and not settled and ended_at < :late and closed_at < :late""",
    "calls in wrap-up long after its time": """
        select id from call where state = 'wrap_up' and wrap_up_until < :late""",
    # 3. No call outlives its limit: by the switch's record, by its log, by its row.
    "calls longer than their limit": """
        select c.id from call c join campaign p on p.id = c.campaign_id
        left join settlement x on x.call_id = c.id
        left join switch_record r on r.leg = c.id
        left join leg_event e on e.leg = c.id and e.kind = 'completed'
        left join leg_event l on l.leg = c.id and l.kind = 'seen'
        where c.answered_at is not null
          and extract(epoch from coalesce(
                case when r.body->'variables'->>'end_uepoch' ~ '^[1-9][0-9]{1,17}$'
                     then to_timestamp(cast(r.body->'variables'->>'end_uepoch' as bigint) / 1000000.0) end,
                e.at, l.at, c.answered_at) - c.answered_at)
              > coalesce(x.limit_s, p.longest_call_s + :slack_s) + 1""",
    "calls without an end long after their limit": """
        select c.id from call c join campaign p on p.id = c.campaign_id
        where c.ended_at is null
          and coalesce(c.answered_at, c.claimed_at) + make_interval(secs => p.longest_call_s) < :late""",
    # 4. A contact is never lost: in work only while someone works on it; no lock is held for nobody.
    "contacts in work without a call": """
        select c.id from contact c where c.status = 'working'
          and not exists (select from call k where k.contact_id = c.id and k.state <> 'closed')""",
    "contacts with an open call that are not in work": """
        select c.id from contact c join call k on k.contact_id = c.id
        where k.state <> 'closed' and c.status <> 'working'""",
    "numbers locked for calls that are over": """
        select l.call_id as id from number_lock l left join call k on k.id = l.call_id
        where l.leased_until > :now and (k.id is null or k.ended_at < :late)""",
    **contact_counts.CHECKS,
    # 6. A recording that was started is stored whole or reported lost; one that waits is tried by its mover.
    "answered calls of which no recording is known": """
        select k.id from call k where k.recording_path is not null
          and not exists (select from recording r where r.call_id = k.id)""",
    "records that tell of a recording nobody looks for": """
        select r.leg as id from switch_record r
        where r.applied_at < :late and r.call_id = r.leg and r.body->'variables'->>'answer_uepoch' <> '0'
          and exists (select from jsonb_each_text(r.body->'variables') v
                      where v.key like 'execute_on_answer%' and v.value like 'record_session %')
          and not exists (select from recording x where x.call_id = r.leg)""",
    "recordings that neither wait nor are stored nor reported": """
        select r.call_id as id from recording r join call k on k.id = r.call_id
        where r.state in ('expected', 'recording') and k.ended_at < :late""",
}

# 1. Never outside its permitted hours: the contact's own, by the campaign's hours as they are now.
CALLED = text("""
select k.id, k.campaign_id, k.claimed_at, c.time_zone from call k join contact c on c.id = k.contact_id
where cast(:since as timestamptz) is null or k.claimed_at >= :since
""")


async def broken(s: AsyncSession, now: datetime, *, hours_since: datetime | None = None) -> list[str]:
    """What does not hold, in words with a count and an example.

    Hours are judged as they stand now: `hours_since` leaves out calls from before they were changed.
    """
    bound = {"now": now, "late": now - LATE, "slack_s": LIMIT_SLACK_S}
    found = []
    for what, query in QUERIES.items():
        statement = text(f"select count(*), min(cast(id as text)) from ({query}) x")
        used = {name: value for name, value in bound.items() if f":{name}" in query}
        count, example = (await s.execute(statement, used)).one()
        if count:
            found.append(f"{what}: {count}, such as {example}")
    return [*found, *await _outside_hours(s, hours_since), *await books.check(s)]


async def _outside_hours(s: AsyncSession, since: datetime | None) -> list[str]:
    hours: dict[int, Hours] = {}
    outside: list[Any] = []
    for campaign_id in (await s.execute(text("select id from campaign"))).scalars().all():
        hours[campaign_id] = await hours_of(s, campaign_id)
    # Streamed: all calls there ever were may be more than fits in memory.
    async for call_id, campaign_id, claimed_at, zone in await s.stream(CALLED, {"since": since}):
        if campaign_id in hours and not hours[campaign_id].is_open(zone, claimed_at):
            outside.append(call_id)
    return [f"calls outside permitted hours: {len(outside)}, such as {outside[0]}"] if outside else []
