"""Work to be done in the background, by `job_worker`: ordered in the transaction that gives the reason for it.

The queue is procrastinate's, in the same database: a job exists exactly when its transaction was committed. It is done
at least once, so each task finds out for itself what is left to do.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.types import DateTime, Text
from sqlmodel.ext.asyncio.session import AsyncSession

QUEUE = "exchange"

# The library's own function, of the schema that the migrations put there; its trigger wakes a waiting worker.
_DEFER = text("""
select procrastinate_defer_jobs_v1(array[row(
  :queue, :task, 0, :lock, null, cast(:arguments as jsonb), :at
)::procrastinate_job_to_defer_v1])
""").bindparams(bindparam("lock", type_=Text), bindparam("at", type_=DateTime(timezone=True)))


async def order(
    s: AsyncSession, task: str, arguments: dict[str, Any], *, lock: str | None = None, at: datetime | None = None
) -> None:
    """Orders a task. Of jobs with the same `lock` one is done at a time, in their order; not before `at`."""
    await s.execute(
        _DEFER, {"queue": QUEUE, "task": task, "lock": lock, "arguments": json.dumps(arguments), "at": at}
    )  # fmt: skip
