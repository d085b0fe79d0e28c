"""A campaign's calling hours and days off, as one piece of a statement; the same is read once."""

import json
from datetime import UTC, date, datetime, time
from functools import lru_cache

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .days_off import NO_COUNTRY, DaysOff, read_ahead
from .hours import Hours, Stretch

# Columns of a statement in which the campaign is `p`; what they hold goes to `hours_from`.
COLUMNS = f"""
(select coalesce(json_agg(json_build_array(h.weekday, h.opens, h.closes) order by h.weekday, h.opens), '[]')::text
 from campaign_hours h where h.campaign_id = p.id) as hours,
(select coalesce(json_agg(json_build_array(d.day, d.working) order by d.day), '[]')::text
 from campaign_day d where d.campaign_id = p.id) as days,
case when p.holidays_off then p.country else '{NO_COUNTRY}' end as country
"""
_OF_CAMPAIGN = text(f"select {COLUMNS} from campaign p where p.id = :campaign")


@lru_cache(maxsize=4096)
def _read(hours: str, days: str, country: str) -> Hours:
    stretches = [Stretch(day, time.fromisoformat(opens), time.fromisoformat(closes))
                 for day, opens, closes in json.loads(hours)]  # fmt: skip
    own = [(date.fromisoformat(day), working) for day, working in json.loads(days)]
    off, worked = (frozenset(day for day, working in own if working is wanted) for wanted in (False, True))
    return Hours(stretches, DaysOff(country, off, worked))


async def hours_from(hours: str, days: str, country: str) -> Hours:
    """What the columns say. The same text is read once; nothing is kept that could be out of date."""
    if country:
        await read_ahead(country, datetime.now(UTC).year)
    return _read(hours, days, country)


async def hours_of(s: AsyncSession, campaign_id: int) -> Hours:
    """The calling hours with the days off, as the rules need them. Raises NoResultFound."""
    found = (await s.execute(_OF_CAMPAIGN, {"campaign": campaign_id})).one()
    return await hours_from(found.hours, found.days, found.country)
