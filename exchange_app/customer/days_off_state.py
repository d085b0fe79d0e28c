"""Days on which a campaign calls nobody: public holidays, and its own exceptions. Every change is saved at once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import reflex as rx
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.arguments import BadArgument, flag
from exchange_app.security import roles
from exchange_domain import campaign_days, campaigns, days_off
from exchange_domain.hours import zone_of
from exchange_domain.tables import Campaign

from .rights import gone, opened

SHOWN_HOLIDAYS = 6
AHEAD = timedelta(days=365)
FARTHEST = timedelta(days=2 * 365)


@dataclass(frozen=True)
class OwnDay:
    """A date that differs from its weekday."""

    day: str
    """YYYY-MM-DD"""
    working: bool


def coming_holidays(country: str, today: date) -> list[str]:
    """The next public holidays of a country within a year, as YYYY-MM-DD."""
    years = (today.year, today.year + 1)
    found = sorted(day for year in years for day in days_off.public_holidays(country, year))
    return [day.isoformat() for day in found if today <= day <= today + AHEAD][:SHOWN_HOLIDAYS]


def read_day(typed: Any, today: date) -> date:
    """The date of a date field. Raises ValueError: no_day, past, too_far."""
    try:
        day = date.fromisoformat(typed) if isinstance(typed, str) and len(typed) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError("no_day")
    if day < today:
        raise ValueError("past")
    if day > today + FARTHEST:
        raise ValueError("too_far")
    return day


class DaysOff(rx.State):
    holidays_off: bool = True
    known: bool = True
    """Whether the public holidays of the campaign's country are known."""
    coming: rx.Field[list[str]] = rx.field(default_factory=list)
    own: rx.Field[list[OwnDay]] = rx.field(default_factory=list)
    """Coming ones only."""
    fault: str = ""
    """Why a day was not taken: no_day, past, too_far, too_many."""
    taken: int = 0
    """Grows with each day taken: the field is empty again."""

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load."""
        async with opened(self) as at:
            if at is None:
                self.reset()
                return
            await self._read(at.db, at.campaign)
        self.fault = ""

    async def _read(self, db: AsyncSession, campaign: Campaign) -> None:
        assert campaign.id is not None
        today = _today(campaign)
        await days_off.read_ahead(campaign.country, today.year)
        await days_off.read_ahead(campaign.country, today.year + 1)
        self.holidays_off, self.known = campaign.holidays_off, days_off.knows(campaign.country)
        self.coming = coming_holidays(campaign.country, today)
        kept = await campaign_days.own(db, campaign.id)
        self.own = [OwnDay(d.day.isoformat(), d.working) for d in kept if d.day >= today]

    @rx.event
    @roles("customer")
    async def switch_holidays(self, off: bool):
        wanted = flag(off)
        async with opened(self) as at:
            if at is None:
                return gone()
            await campaigns.set_limits(at.db, at.id, holidays_off=wanted)
        self.holidays_off = wanted

    @rx.event
    @roles("customer")
    async def add(self, form: dict):
        """Makes a date a day off, or (kind "working") one that is called all the same."""
        if not isinstance(form, dict) or form.get("kind") not in ("off", "working"):
            raise BadArgument("a day and its kind are expected")
        self.fault = ""
        async with opened(self) as at:
            if at is None:
                return gone()
            try:
                day = read_day(form.get("day"), _today(at.campaign))
                await campaign_days.put(at.db, at.id, day, working=form["kind"] == "working")
            except campaign_days.TooManyDays:
                self.fault = "too_many"
            except ValueError as refused:
                self.fault = str(refused)
            await self._read(at.db, at.campaign)
        if not self.fault:
            self.taken += 1

    @rx.event
    @roles("customer")
    async def take_back(self, day: str):
        try:
            wanted = date.fromisoformat(day)
        except (ValueError, TypeError):
            raise BadArgument("a date is expected") from None
        async with opened(self) as at:
            if at is None:
                return gone()
            await campaign_days.take_back(at.db, at.id, wanted)
            await self._read(at.db, at.campaign)


def _today(campaign: Campaign) -> date:
    return datetime.now(zone_of(campaign.time_zone) or UTC).date()
