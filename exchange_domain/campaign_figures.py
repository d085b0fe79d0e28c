"""A campaign's figures by time and place: calls by the hour, reach by the contact's clock and zone, cost by the day.

One look reads the calls of its window, never the list: it costs the same however long that is.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .call_rows import DIALLED
from .hours import zone_of

_QUERY = text(f"""
select date_trunc('hour', k.claimed_at) as hour, c.time_zone as zone, count(*) as calls,
       count(k.answered_at) as answered, count(*) filter (where k.outcome = 'success') as successes,
       coalesce(sum(x.billed_s), 0) as talk_s,
       coalesce(sum(x.charge), 0) as charge
from call k join contact c on c.id = k.contact_id left join settlement x on x.call_id = k.id
where k.campaign_id = :campaign and k.claimed_at >= :since
  and {DIALLED}
group by 1, 2
""")


@dataclass
class Sum:
    calls: int = 0
    answered: int = 0
    successes: int = 0
    talk_s: int = 0
    charge: int = 0

    def add(self, other: "Sum") -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def reach(self) -> int:
        """Answered of the calls, in percent."""
        return round(100 * self.answered / self.calls) if self.calls else 0

    @property
    def per_success(self) -> int | None:
        """In minor units, rounded up; None without a success."""
        return -(-self.charge // self.successes) if self.successes else None


@dataclass
class Figures:
    """Sums by hour of the last day (in order, also the empty ones), by the contact's own hour, by zone, by day."""

    last_day: list[tuple[datetime, Sum]] = field(default_factory=list)
    by_clock: list[tuple[int, Sum]] = field(default_factory=list)
    by_zone: list[tuple[str, Sum]] = field(default_factory=list)
    by_day: list[tuple[date, Sum]] = field(default_factory=list)
    total: Sum = field(default_factory=Sum)


def fold(rows: list[tuple[datetime, str, Sum]], own_zone: str, now: datetime, days: int) -> Figures:
    """Sums of (hour, zone of the contacts) put together; `own_zone` is the customer's, whose days are counted. Pure."""
    mine = zone_of(own_zone) or ZoneInfo("UTC")
    hours: dict[datetime, Sum] = defaultdict(Sum)
    clocks: dict[int, Sum] = defaultdict(Sum)
    zones: dict[str, Sum] = defaultdict(Sum)
    dates: dict[date, Sum] = defaultdict(Sum)
    total = Sum()
    for hour, zone, part in rows:
        hours[hour].add(part)
        clocks[hour.astimezone(zone_of(zone) or mine).hour].add(part)
        zones[zone].add(part)
        dates[hour.astimezone(mine).date()].add(part)
        total.add(part)
    this_hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    last = [this_hour - timedelta(hours=n) for n in range(23, -1, -1)]
    today = now.astimezone(mine).date()
    return Figures(
        [(hour, hours.get(hour, Sum())) for hour in last],
        [(hour, clocks[hour]) for hour in sorted(clocks)],
        sorted(zones.items(), key=lambda item: (-item[1].calls, item[0])),
        [(day, dates[day]) for n in range(days - 1, -1, -1) if (day := today - timedelta(days=n)) in dates],
        total,
    )


async def of_campaign(s: AsyncSession, campaign_id: int, own_zone: str, now: datetime, days: int) -> Figures:
    """Of the last `days` days."""
    rows = await s.execute(_QUERY, {"campaign": campaign_id, "since": now - timedelta(days=days)})
    sums = [
        (r.hour.astimezone(UTC), r.zone, Sum(r.calls, r.answered, r.successes, int(r.talk_s), int(r.charge)))
        for r in rows
    ]
    return fold(sums, own_zone, now, days)
