"""Signals for moderators: counted while open, a new one after it was resolved."""

from datetime import UTC, datetime, timedelta

from exchange_domain.flags import open_flags, raise_flag
from exchange_domain.words import FlagKind

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


async def test_the_same_thing_again_is_counted_and_not_listed_twice(s):
    for minute in range(3):
        at = NOW + timedelta(minutes=minute)
        await raise_flag(s, FlagKind.CAP_REACHED, "customer:1", at, spent=minute)
    await raise_flag(s, FlagKind.CAP_REACHED, "customer:2", NOW)
    first, second = await open_flags(s)
    assert (first.subject, first.count, first.details, first.first_at) == ("customer:1", 3, {"spent": 2}, NOW)
    assert second.subject == "customer:2"
    assert await open_flags(s, FlagKind.SWITCH_LOST) == []


async def test_what_happens_after_it_was_resolved_is_a_new_flag(s):
    await raise_flag(s, FlagKind.SWITCH_LOST, "switch:main", NOW)
    (flag,) = await open_flags(s)
    flag.resolved_at = NOW
    s.add(flag)
    await s.flush()
    await raise_flag(s, FlagKind.SWITCH_LOST, "switch:main", NOW)
    (again,) = await open_flags(s)
    assert (again.id != flag.id, again.count) == (True, 1)
