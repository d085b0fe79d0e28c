"""A carrier's prices as they are typed or pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_domain.rate_list import MOST_LINES, Fault, read, written

PREFIXES = st.from_regex(r"\+[1-9][0-9]{0,14}", fullmatch=True)


@given(st.dictionaries(PREFIXES, st.integers(0, 10**6), min_size=1, max_size=30), st.sampled_from([0, 2, 3]))
def test_what_is_written_is_read_again(rates: dict[str, int], places: int):
    assert read(written(rates, places), places) == (rates, [])


@pytest.mark.parametrize(
    "typed",
    [
        "+7812 0.90",
        "7812 0,9",
        "+7 (812) ; 0.90",
        "+7-812\t0.9",
        " +7812 = 0.90 ",
        "\n+7812: 0.90\n\n",
        "+7812|0.9",
        "7812,0.90",
    ],
)
def test_as_people_write_it(typed: str):
    assert read(typed, 2) == ({"+7812": 90}, [])


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault(0, "none")),
        (" \n ", Fault(0, "none")),
        ("+7 0.90\nRussia 1.20", Fault(2, "shape")),
        ("+7", Fault(1, "shape")),
        ("+7 -1", Fault(1, "shape")),
        ("+0812 0.90", Fault(1, "prefix")),
        ("+" + "7" * 16 + " 0.90", Fault(1, "prefix")),
        ("+7 0.905", Fault(1, "price")),
        ("+7 1000001", Fault(1, "price")),
        ("+7 0.90\n\n7 1.00", Fault(3, "twice")),
        ("+7 1\n" * (MOST_LINES + 1), Fault(0, "too_many")),
    ],
)
def test_what_is_none_is_told_with_its_line(typed: str, fault: Fault):
    assert read(typed, 2)[1][0] == fault


@given(st.text(max_size=200))
def test_whatever_is_pasted_is_read_or_told(typed: str):
    rates, faults = read(typed, 2)
    assert rates or faults
    assert all(cost >= 0 for cost in rates.values())
