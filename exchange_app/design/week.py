"""A week of hours as pages show and change it: seven days, Monday first. Pure."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from exchange_app.i18n import t
from exchange_domain.hours import MIDNIGHT, Stretch


@dataclass(frozen=True)
class Day:
    """A weekday's calling hours; `more` are its further stretches, which the page keeps as they are."""

    weekday: int
    on: bool
    opens: str = "09:00"
    closes: str = "20:00"
    more: str = ""


def _hhmm(at: time) -> str:
    return at.strftime("%H:%M")


def days_of(stretches: list[Stretch]) -> list[Day]:
    """Seven days, Monday first."""
    days = []
    for weekday in range(7):
        of_day = sorted(x for x in stretches if x.weekday == weekday)
        if not of_day:
            days.append(Day(weekday, on=False))
            continue
        more = ", ".join(f"{_hhmm(x.opens)}–{_hhmm(x.closes)}" for x in of_day[1:])
        days.append(Day(weekday, True, _hhmm(of_day[0].opens), _hhmm(of_day[0].closes), more))
    return days


def with_day(stretches: list[Stretch], weekday: int, opens: time, closes: time) -> list[Stretch]:
    """The hours with the first stretch of a weekday changed, its other stretches kept. Raises ValueError:
    closes_first, overlaps."""
    if closes != MIDNIGHT and closes <= opens:
        raise ValueError("closes_first")
    others = sorted(x for x in stretches if x.weekday == weekday)[1:]
    if others and (closes == MIDNIGHT or closes > others[0].opens):
        raise ValueError("overlaps")
    return [x for x in stretches if x.weekday != weekday] + [Stretch(weekday, opens, closes), *others]


def weekday_names() -> list[Any]:
    return [
        t("Monday"),
        t("Tuesday"),
        t("Wednesday"),
        t("Thursday"),
        t("Friday"),
        t("Saturday"),
        t("Sunday"),
    ]
