"""What waits in the whole exchange, for Prometheus: any worker that is up shows it."""

import asyncio
from datetime import UTC, datetime

import structlog
from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError

from exchange_domain import backlog, database

log = structlog.get_logger(__name__)

LOOKED_AT_S = 15.0
UNSETTLED = Gauge("exchange_oldest_unsettled_seconds", "Age of the oldest closed call without a settlement.")
RECORDING = Gauge("exchange_oldest_recording_seconds", "Age of the oldest recording that is over and not stored.")
JOB = Gauge("exchange_oldest_job_seconds", "Age of the oldest job that could have begun.")
LOST = Gauge("exchange_recordings_lost", "Recordings reported lost that nobody has dealt with.")
FAILED = Gauge("exchange_jobs_failed", "Jobs that have failed for good.")


async def look() -> None:
    async with database.session() as s:
        found = await backlog.backlog(s, datetime.now(UTC))
    UNSETTLED.set(found.unsettled_s)
    RECORDING.set(found.recording_s)
    JOB.set(found.job_s)
    LOST.set(found.recordings_lost)
    FAILED.set(found.jobs_failed)


async def look_for_ever() -> None:
    """Until it is cancelled. A database that is away is asked again the next time."""
    while True:
        try:
            await look()
        except (SQLAlchemyError, OSError) as problem:
            log.warning("backlog_not_read", error=type(problem).__name__)
        await asyncio.sleep(LOOKED_AT_S)
