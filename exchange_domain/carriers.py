"""Who can carry a call, and in which order they are asked. Pure; what the tables say is read in `routing`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST_PREFIX = 15
"""Digits of the longest E.164 number."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A carrier that has a rate for a number. Money in minor units of the carrier's currency."""

    carrier_id: int | None
    """None: the one gateway of the settings, where no carrier is entered at all."""
    gateway: str | None
    """Its name in the switch; none as above."""
    position: int = 0
    enabled: bool = True
    prefix: str = ""
    per_minute: int | None = None
    """None: the settings' gateway, whose price nobody told us."""


@dataclass(frozen=True, slots=True)
class Known:
    """A carrier as far as the way of a number depends on it."""

    id: int
    name: str
    position: int
    enabled: bool
    limited: bool
    """It takes so many calls at a time and no more."""


SETTINGS_GATEWAY = Offer(None, None)
ROBOTS = "robots"
"""Gateway of the switch that leads to the robots of practice, and to nobody else."""
TO_ROBOTS = Offer(None, ROBOTS)


def beginnings(e164: str) -> list[str]:
    """Every beginning of a number that a rate may be for, the longest first: +7812, +781, +78, +7."""
    return [e164[:length] for length in range(min(len(e164), LONGEST_PREFIX + 1), 1, -1)]


def own_rate(e164: str, rates: Mapping[str, int]) -> tuple[str, int] | None:
    """Of one carrier's rates by prefix the one that counts for a number: the longest beginning."""
    return next(((prefix, rates[prefix]) for prefix in beginnings(e164) if prefix in rates), None)


def within(offers: Iterable[Offer], ceiling: int | None) -> list[Offer]:
    """Offers whose minute is not above the ceiling; without a ceiling all of them."""
    return [o for o in offers if ceiling is None or o.per_minute is None or o.per_minute <= ceiling]


def in_order(offers: Iterable[Offer]) -> list[Offer]:
    """The longest prefix first (who names the destination more exactly knows what it costs), of these the cheapest,
    of these the smallest position; disabled carriers are left out."""
    return sorted(
        (o for o in offers if o.enabled),
        key=lambda o: (-len(o.prefix), o.per_minute or 0, o.position, o.carrier_id or 0),
    )
