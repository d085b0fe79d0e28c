"""When contacts may be called: stretches of weekdays, less the days off, by the contact's own clock. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .days_off import EVERY_DAY, DaysOff, run_of

MIDNIGHT = time(0)
HORIZON_DAYS = 400
"""How far an opening is looked for: past a year of days off."""


@cache
def zone_of(name: str) -> ZoneInfo | None:
    """The IANA zone of a name, or None when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


@dataclass(frozen=True, order=True)
class Stretch:
    """From `opens` to `closes` on a weekday (0 is Monday). Closing at 00:00 is the end of that day."""

    weekday: int
    opens: time
    closes: time


class Hours:
    """A campaign's calling hours."""

    def __init__(self, stretches: Iterable[Stretch], days_off: DaysOff = EVERY_DAY):
        self.stretches = tuple(sorted(stretches))
        self.days_off = days_off
        self._weekdays = frozenset(stretch.weekday for stretch in self.stretches)

    def _on(self, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
        """The day's stretches as moments; a wall time that a clock change skips moves with the day's offset."""
        out = []
        if self.days_off.is_off(day):
            return out
        weekday = self.days_off.weekday_of(day, self._weekdays)
        for stretch in self.stretches:
            if stretch.weekday != weekday:
                continue
            ends = day + timedelta(days=1) if stretch.closes == MIDNIGHT else day
            opens = datetime.combine(day, stretch.opens, zone).astimezone(UTC)
            closes = datetime.combine(ends, stretch.closes, zone).astimezone(UTC)
            out.append((opens, closes))
        return out

    def is_open(self, zone_name: str, now: datetime) -> bool:
        zone = zone_of(zone_name)
        return zone is not None and self._stretch_end(zone, now) is not None

    def _stretch_end(self, zone: ZoneInfo, now: datetime) -> datetime | None:
        """The end of the stretch that is open at `now`, the later one if two overlap."""
        closing = [c for o, c in self._on(now.astimezone(zone).date(), zone) if o <= now < c]
        return max(closing, default=None)

    def closes_at(self, zone_name: str, now: datetime) -> datetime | None:
        """When what is open now closes, over midnight too. None: closed, or open for more than a week on end."""
        zone = zone_of(zone_name)
        end = self._stretch_end(zone, now) if zone is not None else None
        while zone is not None and end is not None:
            further = self._stretch_end(zone, end)
            if further is None:
                return end
            if further > now + timedelta(days=8):
                return None
            end = further
        return None

    def next_opening(self, zone_name: str, now: datetime) -> datetime | None:
        """The next moment from `now` on at which it is open (now, if it is); None: not within HORIZON_DAYS."""
        zone = zone_of(zone_name)
        if zone is None or not self.stretches:
            return None
        if self.is_open(zone_name, now):
            return now
        for day in run_of(now.astimezone(zone).date(), HORIZON_DAYS):
            coming = [opens for opens, _ in self._on(day, zone) if opens >= now]
            if coming:
                return min(coming)
        return None


def day_of(zone_name: str, now: datetime) -> tuple[datetime, datetime]:
    """The calendar day that it is in a zone: its first moment and the next day's. An unknown zone counts as UTC."""
    zone = zone_of(zone_name) or UTC
    today = now.astimezone(zone).date()
    first, after = (datetime.combine(d, MIDNIGHT, zone).astimezone(UTC) for d in (today, today + timedelta(days=1)))
    return first, after


def every_day(opens: time, closes: time) -> list[Stretch]:
    return [Stretch(day, opens, closes) for day in range(7)]
