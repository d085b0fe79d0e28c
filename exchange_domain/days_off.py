"""Days on which nobody is called: public holidays of a country, and a campaign's own exceptions."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

MOST_DAYS = 366
"""Own days of one campaign, off and working together."""
NO_COUNTRY = ""


def knows(country: str) -> bool:
    """Whether the public holidays of this country (ISO 3166, two letters) are known."""
    return country in _countries()


@cache
def _countries() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries(include_aliases=False))


@cache
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Public holidays with the days off given for them; empty for a country that is not known.

    From the package `holidays`: which working day is given for a holiday on a Sunday is decreed year by year, so years
    after the package's own have the fixed dates only. The first call for a country takes some 0.2 s.
    """
    if not knows(country):
        return frozenset()
    # No subdivision: a regional holiday of one town must not stop calls to the others.
    return frozenset(holidays.country_holidays(country, years=year).keys())


_READ: set[tuple[str, int]] = set()


async def read_ahead(country: str, year: int) -> None:
    """Reads a country's holidays beside the event loop, once: there may be calls on the line."""
    if (country, year) not in _READ:
        await asyncio.to_thread(public_holidays, country, year)
        _READ.add((country, year))


@dataclass(frozen=True)
class DaysOff:
    """A campaign's exceptions to its weekdays. A date stands in the contact's own zone."""

    country: str = NO_COUNTRY
    """Whose public holidays are days off; empty: nobody's."""
    off: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    """Called all the same: a public holiday, or a working Saturday."""

    def is_off(self, day: date) -> bool:
        if day in self.working:
            return False
        return day in self.off or (self.country != NO_COUNTRY and day in public_holidays(self.country, day.year))

    def weekday_of(self, day: date, called: Iterable[int]) -> int:
        """Whose hours the day has: its own weekday's, and on a working day without any those of the day before it."""
        weekdays = frozenset(called)
        weekday = day.weekday()
        if day in self.working and weekdays:
            while weekday not in weekdays:
                weekday = (weekday - 1) % 7
        return weekday


EVERY_DAY = DaysOff()


def run_of(first: date, days: int) -> list[date]:
    """So many days from the first on, as far as the calendar goes."""
    return [first + timedelta(days=n) for n in range(days) if first.toordinal() + n <= date.max.toordinal()]
