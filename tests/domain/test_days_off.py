"""Days off: public holidays, own days, working days, and openings behind a long run of them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange_domain import campaign_days, campaigns, database, timetables
from exchange_domain.claiming import Claim, Refusal
from exchange_domain.days_off import DaysOff, knows, public_holidays
from exchange_domain.hours import HORIZON_DAYS, Hours, Stretch, day_of, every_day

from .conftest import Exchange

MOSCOW = "Europe/Moscow"
ZONES = st.sampled_from([MOSCOW, "Asia/Vladivostok", "America/New_York", "Europe/London", "Asia/Kolkata"])
DATES = st.dates(date(2025, 1, 1), date(2027, 12, 31))
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
STRETCHES = st.builds(Stretch, st.integers(0, 6), TIMES, TIMES).filter(lambda x: x.closes > x.opens)
DAYS_OFF = st.builds(
    DaysOff,
    st.sampled_from(["", "RU", "US", "XX"]),
    st.frozensets(DATES, max_size=12),
    st.frozensets(DATES, max_size=4),
)
slow_start = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def at(text: str, zone: str = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("country", ["RU", "BY", "KZ", "IT", "AM", "GE", "UZ", "KG", "DE", "GB", "US"])
def test_holidays_of_the_countries_that_are_called_are_known(country: str):
    assert knows(country) and date(2026, 1, 1) in public_holidays(country, 2026)


def test_an_unknown_country_has_no_holidays():
    assert not knows("XX") and public_holidays("XX", 2026) == frozenset()


def test_the_long_new_year_of_russia_is_passed_over():
    hours = Hours(every_day(time(9), time(20)), DaysOff("RU"))
    assert hours.next_opening(MOSCOW, at("2026-12-30 21:00")) == at("2027-01-09 09:00")
    assert not hours.is_open(MOSCOW, at("2027-01-05 12:00"))


def test_a_holiday_is_that_of_the_contacts_own_date():
    hours = Hours(every_day(time(0), time(0)), DaysOff("RU"))
    now = at("2026-06-11 20:00")  # the holiday of the 12th has begun in Vladivostok, in Moscow it has not
    assert hours.is_open(MOSCOW, now) and not hours.is_open("Asia/Vladivostok", now)


def test_hours_around_the_clock_close_at_the_midnight_before_a_day_off():
    hours = Hours(every_day(time(0), time(0)), DaysOff(off=frozenset({date(2026, 3, 5)})))
    assert hours.closes_at(MOSCOW, at("2026-03-03 10:00")) == at("2026-03-05 00:00")
    assert hours.next_opening(MOSCOW, at("2026-03-05 10:00")) == at("2026-03-06 00:00")


def test_a_year_of_days_off_is_looked_past_and_no_further():
    first = date(2026, 3, 2)
    year = frozenset(first + timedelta(days=n) for n in range(366))
    hours = Hours(every_day(time(9), time(20)), DaysOff(off=year))
    assert hours.next_opening(MOSCOW, at("2026-03-02 10:00")) == at("2027-03-03 09:00")
    longer = frozenset(first + timedelta(days=n) for n in range(HORIZON_DAYS + 1))
    assert Hours(every_day(time(9), time(20)), DaysOff(off=longer)).next_opening(MOSCOW, at("2026-03-02 10:00")) is None


def test_a_working_day_beats_a_holiday_and_a_working_saturday_has_fridays_hours():
    weekdays = [Stretch(day, time(9), time(18 if day < 4 else 16)) for day in range(5)]
    saturday, holiday = date(2026, 12, 26), date(2026, 11, 4)
    hours = Hours(weekdays, DaysOff("RU", working=frozenset({saturday, holiday})))
    assert hours.is_open(MOSCOW, at("2026-11-04 17:00"))
    assert hours.is_open(MOSCOW, at("2026-12-26 15:59")) and not hours.is_open(MOSCOW, at("2026-12-26 16:00"))
    assert not hours.is_open(MOSCOW, at("2026-12-27 12:00"))


@slow_start
@given(st.lists(STRETCHES, max_size=8), DAYS_OFF, ZONES, DATES, TIMES)
def test_the_next_opening_is_open_on_no_day_off_and_nothing_before_it_is(stretches, days_off, zone, day, clock):
    hours = Hours(stretches, days_off)
    now = datetime.combine(day, clock, UTC)
    opening = hours.next_opening(zone, now)
    if opening is None:
        assert not hours.is_open(zone, now)
        return
    assert opening >= now and hours.is_open(zone, opening)
    assert not days_off.is_off(opening.astimezone(ZoneInfo(zone)).date())
    if opening > now:
        assert not hours.is_open(zone, now)
        assert not hours.is_open(zone, now + (opening - now) * 0.999)


@slow_start
@given(st.lists(STRETCHES, min_size=1, max_size=8), DAYS_OFF, ZONES, DATES, TIMES)
def test_days_off_take_hours_away_and_working_days_alone_give_some(stretches, days_off, zone, day, clock):
    now = datetime.combine(day, clock, UTC)
    here = now.astimezone(ZoneInfo(zone)).date()
    plain, less = Hours(stretches), Hours(stretches, days_off)
    if here not in days_off.working:
        assert less.is_open(zone, now) == (plain.is_open(zone, now) and not days_off.is_off(here))


@given(ZONES, DATES, TIMES)
def test_a_day_holds_its_moment_and_ends_where_the_next_begins(zone, day, clock):
    now = datetime.combine(day, clock, UTC)
    first, after = day_of(zone, now)
    assert first <= now < after and day_of(zone, after)[0] == after
    assert timedelta(hours=23) <= after - first <= timedelta(hours=25)


async def test_on_a_holiday_nobody_is_called_until_it_is_over(exchange: Exchange):
    exchange.now = at("2026-06-12 12:00")
    campaign = await exchange.campaign(holidays_off=True)
    await exchange.contact(campaign, "+78125550001")
    operator = await exchange.operator(campaign)
    assert await exchange.claim(operator) == Refusal("outside_hours", at("2026-06-13 00:00"))
    async with database.session() as s:
        await campaigns.set_limits(s, campaign, holidays_off=False)
    assert isinstance(await exchange.claim(operator), Claim)


async def test_own_days_are_kept_changed_and_taken_back(exchange: Exchange):
    campaign = await exchange.campaign()
    day = date(2026, 3, 5)
    async with database.session() as s:
        await campaign_days.put(s, campaign, day, working=False)
        await campaign_days.put(s, campaign, day + timedelta(days=1), working=True)
        await campaign_days.put(s, campaign, day, working=False)
    async with database.session() as s:
        found = (await timetables.hours_of(s, campaign)).days_off
        assert (found.off, found.working) == ({day}, {day + timedelta(days=1)})
        await campaign_days.put(s, campaign, day, working=True)
        await campaign_days.take_back(s, campaign, day + timedelta(days=1))
        await campaign_days.take_back(s, campaign, day + timedelta(days=1))
    async with database.session() as s:
        found = (await timetables.hours_of(s, campaign)).days_off
        assert (found.off, found.working) == (set(), {day})


async def test_there_are_no_more_own_days_than_a_year_has(exchange: Exchange):
    campaign = await exchange.campaign()
    async with database.session() as s:
        for n in range(366):
            await campaign_days.put(s, campaign, date(2026, 1, 1) + timedelta(days=n), working=False)
    with pytest.raises(campaign_days.TooManyDays):
        async with database.session() as s:
            await campaign_days.put(s, campaign, date(2028, 1, 1), working=False)
