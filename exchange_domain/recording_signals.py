"""How recordings fare, for people: counts, what waits too long, and the flags that say so and end by themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .flags import raise_flag
from .words import FlagKind

DELAY = timedelta(minutes=10)
"""A recording that waits longer than this is delayed."""


@dataclass(frozen=True)
class Summary:
    """`oldest_waiting` is the end of the call whose recording waits longest."""

    by_state: dict[str, int]
    oldest_waiting: datetime | None
    errors: list[tuple[str, str, int]]
    """State, code and how many: the last error of each recording that is not stored whole."""
    to_delete: int
    delete_errors: list[tuple[str, int]]
    not_whole: int


async def summary(s: AsyncSession) -> Summary:
    states = await s.execute(text("select state, count(*) from recording group by state order by state"))
    by_state = {state: count for state, count in states}
    oldest = await s.execute(
        text("select min(c.ended_at) from recording r join call c on c.id = r.call_id where r.state = 'waiting'")
    )
    errors = await s.execute(
        text(
            "select state, last_error, count(*) from recording where last_error is not null "
            "and state in ('waiting', 'lost', 'stored') group by state, last_error order by count(*) desc"
        )
    )
    deletions = await s.execute(
        text(
            "select coalesce(last_error, ''), count(*) from recording_erasure where done_at is null "
            "group by last_error order by count(*) desc"
        )
    )
    waiting = [(code, count) for code, count in deletions]
    not_whole = await s.execute(
        text("select count(*) from recording where state = 'stored' and last_error = 'cut_short'")
    )
    return Summary(
        by_state=by_state,
        oldest_waiting=oldest.scalar_one(),
        errors=[(state, code, count) for state, code, count in errors],
        to_delete=sum(count for _, count in waiting),
        delete_errors=[(code, count) for code, count in waiting if code],
        not_whole=not_whole.scalar_one(),
    )


async def watch_delay(s: AsyncSession, switch_name: str, now: datetime) -> int:
    """Flags a switch whose recordings wait too long; the flag ends by itself when they went through. How many wait."""
    found = await s.execute(
        text(
            "select count(*), min(c.ended_at), mode() within group (order by r.last_error) "
            "from recording r join call c on c.id = r.call_id "
            "where r.state = 'waiting' and r.switch_name = :switch and c.ended_at < :limit"
        ),
        {"switch": switch_name, "limit": now - DELAY},
    )
    count, oldest, code = found.one()
    subject = f"switch:{switch_name}"
    if count:
        await raise_flag(
            s, FlagKind.RECORDING_DELAYED, subject, now, waiting=count, oldest=oldest.isoformat(), reason=code or ""
        )
    else:
        await resolve_flag(s, FlagKind.RECORDING_DELAYED, subject, now, "all of them went through")
    return count


async def watch_space(s: AsyncSession, switch_name: str, now: datetime, free: int, least: int) -> bool:
    """Flags a switch whose disk for recordings has less than `least` bytes free. Whether it has."""
    subject = f"switch:{switch_name}:space"
    if free < least:
        await raise_flag(s, FlagKind.RECORDING_DELAYED, subject, now, free_bytes=free, least_bytes=least)
        return True
    await resolve_flag(s, FlagKind.RECORDING_DELAYED, subject, now, "there is room again")
    return False


async def resolve_flag(s: AsyncSession, kind: FlagKind, subject: str, now: datetime, why: str) -> None:
    """Ends a flag whose cause is gone; nobody has to look at it any more."""
    await s.execute(
        text(
            "update flag set resolved_at = :now, resolution = :why "
            "where kind = :kind and subject = :subject and resolved_at is null"
        ),
        {"now": now, "why": why, "kind": kind.value, "subject": subject},
    )
