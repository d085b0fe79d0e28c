"""From what was measured to the table that is printed: percentiles, shares of CPU, memory, and what does not hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx
from sqlalchemy import text

from exchange_domain import database

_BUCKET = re.compile(r'^(\w+)_bucket\{(?:[^}]*,)?le="([^"]+)"\} ([0-9.e+]+)$')

# When the switch says that it happened, by its own clock.
SAID = text("""
select k.id, k.ringing_at, a.at as answered_at, coalesce(e.at, k.ended_at) as ended_at, k.state
from call k left join leg_event a on a.leg = k.id and a.kind = 'answered'
left join leg_event e on e.leg = k.id and e.kind = 'completed'
where k.id = any(:ids)
""")


@dataclass(frozen=True)
class Line:
    """Milliseconds."""

    name: str
    count: int
    p50: float
    p95: float
    p99: float
    most: float


def percentile(values: Sequence[float], part: float) -> float:
    """Nearest rank of sorted values."""
    return values[min(len(values) - 1, max(0, round(part * len(values)) - 1))]


def line(name: str, values: Sequence[float]) -> Line | None:
    if not values:
        return None
    found = sorted(values)
    return Line(name, len(found), percentile(found, 0.5), percentile(found, 0.95), percentile(found, 0.99), found[-1])


async def of_calls(calls: Mapping[str, Mapping[str, float]], since: float) -> list[Line]:
    """From key press to ringing, and from the switch's own event to the pages: both sides joined by the call's id."""
    wanted = {UUID(one): seen for one, seen in calls.items() if seen.get("pressed", since) >= since}
    pressed: list[float] = []
    answered: list[float] = []
    ended: list[float] = []
    watched: list[float] = []
    async with database.session() as s:
        rows = (await s.execute(SAID, {"ids": list(wanted)})).all()
    for row in rows:
        seen = wanted[row.id]
        _add(pressed, row.ringing_at, seen.get("pressed"), late=-1)
        _add(answered, row.answered_at, seen.get("talking"))
        _add(ended, row.ended_at, seen.get("wrap_up"))
        _add(watched, row.answered_at, seen.get("customer_talking"))
    found = [
        line("C → the contact's telephone rings", pressed), line("answer at the switch → operator's screen", answered),
        line("hangup at the switch → operator's screen", ended), line("answer → customer's live table", watched),
    ]  # fmt: skip
    return [one for one in found if one is not None]


def _add(into: list[float], said: datetime | None, seen: float | None, late: int = 1) -> None:
    if said is not None and seen is not None:
        into.append(late * (seen - said.timestamp()) * 1000)


def histogram(body: str, name: str) -> list[tuple[float, float]]:
    """Upper bound in seconds and how many are up to it, of a Prometheus histogram."""
    found = [(float(m[2]), float(m[3])) for m in map(_BUCKET.match, body.splitlines()) if m and m[1] == name]
    return sorted(found)


def of_histogram(buckets: Sequence[tuple[float, float]], part: float) -> float:
    """Milliseconds; within a bucket as if its values were spread evenly."""
    total = buckets[-1][1] if buckets else 0
    below, before = 0.0, 0.0
    for bound, count in buckets:
        if total and count >= part * total:
            if bound == float("inf"):
                return before * 1000
            inside = (part * total - below) / (count - below) if count > below else 1.0
            return (before + (bound - before) * inside) * 1000
        below, before = count, bound
    return 0.0


def less(after: list[tuple[float, float]], before: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """What came in between."""
    earlier = dict(before)
    return [(bound, count - earlier.get(bound, 0.0)) for bound, count in after]


async def scrape(port: int) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.get(f"http://127.0.0.1:{port}/metrics")).text


def line_of_histogram(name: str, buckets: list[tuple[float, float]]) -> Line | None:
    count = int(buckets[-1][1]) if buckets else 0
    if not count:
        return None
    p50, p95, p99 = (of_histogram(buckets, part) for part in (0.5, 0.95, 0.99))
    most = next((bound for bound, up_to in buckets if up_to >= count), 0.0)
    return Line(name, count, p50, p95, p99, most * 1000)


def table(lines: Sequence[Line]) -> str:
    width = max((len(one.name) for one in lines), default=10)
    head = f"{'milliseconds':{width}}  {'count':>8} {'p50':>8} {'p95':>8} {'p99':>8} {'most':>8}"
    rows = [
        f"{one.name:{width}}  {one.count:8,} {one.p50:8.1f} {one.p95:8.1f} {one.p99:8.1f} {one.most:8.1f}"
        for one in lines
    ]
    return "\n".join([head, *rows])
