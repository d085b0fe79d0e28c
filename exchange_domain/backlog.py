"""How long what has to be done has been waiting: for whoever watches the exchange."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession


@dataclass(frozen=True)
class Backlog:
    """Ages in seconds of the oldest one that waits; 0 where none does."""

    unsettled_s: float
    """A call that is closed without a settlement."""
    recording_s: float
    """A recording that is over and not stored."""
    job_s: float
    """A job that could have begun."""
    recordings_lost: int
    jobs_failed: int


_BACKLOG = text("""
select
  coalesce((select extract(epoch from :now - min(closed_at)) from call where state = 'closed' and not settled), 0)
    as unsettled_s,
  coalesce((select extract(epoch from :now - min(stopped_at)) from recording where state = 'waiting'), 0)
    as recording_s,
  coalesce((select extract(epoch from :now - min(coalesce(j.scheduled_at, e.at)))
     from procrastinate_jobs j
     left join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
     where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at < :now)), 0) as job_s,
  (select count(*) from flag where kind = 'recording_lost' and resolved_at is null) as recordings_lost,
  (select count(*) from procrastinate_jobs where status = 'failed') as jobs_failed
""")


async def backlog(s: AsyncSession, now: datetime) -> Backlog:
    row = (await s.execute(_BACKLOG, {"now": now})).one()
    return Backlog(
        max(0.0, float(row.unsettled_s)), max(0.0, float(row.recording_s)), max(0.0, float(row.job_s)),
        row.recordings_lost, row.jobs_failed,
    )  # fmt: skip
