"""Who carries a call: longest prefix, then price, then position, and nobody above the ceiling."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from exchange_domain.carriers import Offer, beginnings, in_order, own_rate, within
from exchange_domain.destinations import Destinations, calling_code
from exchange_domain.routing import Rules
from exchange_domain.tables import Carrier

digits = st.text("0123456789", min_size=0, max_size=14)
numbers = st.builds(
    lambda first, rest: f"+{first}{rest}", st.sampled_from("123456789"), digits.filter(lambda d: len(d) > 5)
)
prefixes = st.builds(lambda first, rest: f"+{first}{rest}", st.sampled_from("123456789"), digits)
rates = st.dictionaries(prefixes, st.integers(0, 5_000), max_size=12)
offers = st.lists(
    st.builds(Offer, st.integers(1, 9), st.just("x"), st.integers(0, 3), st.booleans(), prefixes, st.integers(0, 300)),
    max_size=8,
)  # fmt: skip


@given(numbers)
def test_every_beginning_of_a_number_is_asked_for_the_longest_first(e164: str):
    found = beginnings(e164)
    assert found == sorted(found, key=len, reverse=True)
    assert set(found) == {e164[:n] for n in range(2, len(e164) + 1)}


@given(numbers, rates, st.data())
def test_of_a_carriers_rates_the_longest_beginning_counts(e164: str, book: dict[str, int], data: st.DataObject):
    for length in data.draw(st.sets(st.integers(2, len(e164)), max_size=3)):
        book[e164[:length]] = length
    matching = [prefix for prefix in book if e164.startswith(prefix)]
    found = own_rate(e164, book)
    if not matching:
        assert found is None
    else:
        longest = max(matching, key=len)
        assert found == (longest, book[longest])


@given(offers)
def test_the_first_is_never_beaten(some: list[Offer]):
    ordered = in_order(some)
    assert {id(o) for o in ordered} == {id(o) for o in some if o.enabled}
    for earlier, later in itertools.pairwise(ordered):
        assert len(earlier.prefix) >= len(later.prefix)
        if len(earlier.prefix) == len(later.prefix):
            assert (earlier.per_minute or 0) <= (later.per_minute or 0)
            if earlier.per_minute == later.per_minute:
                assert earlier.position <= later.position


@given(offers, st.integers(0, 300))
def test_nobody_above_the_ceiling_is_left_and_nobody_below_it_is_lost(some: list[Offer], ceiling: int):
    kept = within(some, ceiling)
    assert all(o.per_minute is not None and o.per_minute <= ceiling for o in kept)
    assert len(kept) == sum((o.per_minute or 0) <= ceiling for o in some)
    assert within(some, None) == some


@given(st.lists(prefixes, max_size=4), st.lists(prefixes, max_size=4), numbers)
def test_a_customers_own_list_only_narrows(platform: list[str], own: list[str], e164: str):
    both = Destinations(tuple(platform), tuple(own), "+7").allows(e164)
    if platform or own:
        fits = [any(e164.startswith(p) for p in said) for said in (platform, own) if said]
        assert both == all(fits)
    else:
        assert both == e164.startswith("+7")


def test_where_nothing_is_said_the_campaigns_country_may_be_dialled():
    assert calling_code("RU") == "+7" and calling_code("GB") == "+44"
    nowhere = Destinations((), (), calling_code("XX"))
    assert not nowhere.allows("+78125550101") and not nowhere.allows("+12125550101")


def _rules(*carriers: Carrier, own_gateway: bool = False, ceiling: int | None = None) -> Rules:
    return Rules(Destinations((), (), "+7"), carriers, own_gateway, ceiling)


def test_a_number_is_refused_for_a_reason_and_waits_where_only_a_disabled_carrier_could():
    north = Carrier(id=1, name="north", enabled=False)
    book = {1: {"+7": 90}}
    e164 = "+78125550101"
    assert _rules(north).judge("+491705550101", book).refused == "not_allowed"
    assert _rules(north, ceiling=89).judge(e164, book).refused == "above_ceiling"
    assert _rules(north, ceiling=90).judge(e164, {}).refused == "no_route"
    assert _rules(north, ceiling=90).judge(e164, book) == _rules().judge(e164, {})
    assert _rules(north).judge(e164, book).offers == ()
    assert _rules(own_gateway=True, ceiling=1).judge(e164, {}).offers[0].carrier_id is None
