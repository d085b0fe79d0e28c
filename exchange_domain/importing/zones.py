"""A contact's time zone: as a list writes it, or as its number tells."""

import re
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from phonenumbers import timezone as zones_of_numbers

from exchange_domain.importing.cell_text import clean_text, western_digits
from exchange_domain.importing.cities import ZONE_OF_CITY

_BY_MOSCOW = (
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Krasnoyarsk",
    "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
)  # fmt: skip
"""Russia's zones by their distance from Moscow, from -1 to +9 hours."""
_BROKEN_HOURS = {
    (3, 30): "Asia/Tehran", (4, 30): "Asia/Kabul", (5, 30): "Asia/Kolkata", (5, 45): "Asia/Kathmandu",
    (6, 30): "Asia/Yangon", (9, 30): "Australia/Darwin",
}  # fmt: skip
_OFFSET = r"([+-])\s?(\d{1,2})(?::?(00|30|45))?(?:\s?(?:ч|час|часа|часов|h|hours?)\.?)?"
_FROM_MOSCOW = re.compile(rf"(?:мск|msk|москва|moscow)(?:\s?{_OFFSET})?")
_FROM_UTC = re.compile(rf"(?:(?:utc|gmt|z)(?:\s?{_OFFSET})?|([+-])(\d\d?):(00|30|45))")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
_KIND_OF_PLACE = re.compile(r"^(?:г|гор|город|city of)\b\.?\s*|,?\s+(?:г|город)\.?$")
_LONGEST = 100
"""Characters of a text that may name a zone or a city."""
_MAIN_ZONES = ("Europe/London",)
"""Chosen where a number's zones differ in name only."""


@lru_cache(maxsize=1)
def _zone_names() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones() if "/" in name or name == "UTC"}


def is_zone(name: str) -> bool:
    """Whether the name is an IANA time zone, spelled exactly."""
    return _zone_names().get(name.casefold()) == name


def zone_of_text(text: str) -> str | None:
    """The IANA zone meant by "Europe/Moscow", "МСК+2", "UTC+5", "+03:00" or a city's name; None when not known."""
    return _zone_of_text(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=20_000)
def _zone_of_text(text: str) -> str | None:
    words = western_digits(clean_text(text)).casefold().replace("ё", "е").replace("−", "-").replace("\n", " ")
    for reading in (words, _IN_BRACKETS.sub(" ", words).strip(), *_IN_BRACKETS.findall(words)):
        if found := _zone_of(reading.strip(" .,;")):
            return found
    return None


def _zone_of(words: str) -> str | None:
    if not words:
        return None
    if found := _zone_names().get(words.replace(" ", "_")):
        return found
    if found := _FROM_MOSCOW.fullmatch(words):
        hours = _hours(found[1], found[2]) if found[2] else 0
        return _BY_MOSCOW[hours + 1] if -1 <= hours <= 9 and found[3] in (None, "00") else None
    if found := _FROM_UTC.fullmatch(words):
        return _zone_of_offset(found[1] or found[4], found[2] or found[5] or "0", found[3] or found[6])
    place = _KIND_OF_PLACE.sub("", words).strip()
    return ZONE_OF_CITY.get(place) or ZONE_OF_CITY.get(place.partition(",")[0].strip())


def _hours(sign: str, digits: str) -> int:
    return -int(digits) if sign == "-" else int(digits)


def _zone_of_offset(sign: str | None, digits: str, minutes: str | None) -> str | None:
    hours = _hours(sign or "+", digits)
    if minutes not in (None, "00"):
        return _BROKEN_HOURS.get((hours, int(minutes))) if sign == "+" else None
    if hours == 0:
        return "UTC"
    # The names of these zones count the other way round: Etc/GMT-5 is five hours ahead of Greenwich.
    return f"Etc/GMT{-hours:+d}" if -12 <= hours <= 14 else None


@lru_cache(maxsize=20_000)
def zone_of_number(e164: str) -> str | None:
    """The zone of a number, when all zones it may be in keep the same time; None for most mobile numbers."""
    zones = zones_of_numbers.time_zones_for_number(phonenumbers.parse(e164))
    known = [zone for zone in zones if is_zone(zone)]
    if not known or len(known) < len(zones):
        return None
    if len({_offsets(zone) for zone in known}) > 1:
        return None
    return next((zone for zone in _MAIN_ZONES if zone in known), known[0])


def same_time(zone: str, other: str) -> bool:
    """Whether clocks show the same in both, in winter or in summer: no call comes at night for the other half."""
    return zone == other or any(one == two for one, two in zip(_offsets(zone), _offsets(other), strict=True))


@lru_cache(maxsize=1_000)
def _offsets(zone: str) -> tuple[object, object]:
    """Winter's and summer's distance from UTC: zones alike in both keep the same time for a call."""
    clock = ZoneInfo(zone)
    return datetime(2026, 1, 15, tzinfo=clock).utcoffset(), datetime(2026, 7, 15, tzinfo=clock).utcoffset()
