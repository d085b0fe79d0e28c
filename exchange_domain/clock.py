"""Time as it travels: epoch milliseconds in messages and states, aware UTC datetimes in the database."""

import time
from datetime import UTC, datetime


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1_000, UTC)


def ms_of(at: datetime) -> int:
    return round(at.timestamp() * 1_000)
