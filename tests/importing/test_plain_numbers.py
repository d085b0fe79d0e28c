"""The short way of judging a number gives what the long way gives, or leaves it to that."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange_domain.importing import NumberRules
from exchange_domain.importing.number_cells import ImportedNumber, NumberCell, parse_cell
from exchange_domain.importing.plain_numbers import PlainNumbers
from exchange_domain.importing.zones import zone_of_number

COUNTRIES = ("RU", "KZ", "BY", "GB", "US", "DE", "IT", "UA", "UZ")
RULES = {country: NumberRules(country) for country in COUNTRIES} | {
    "RU 812": NumberRules("RU", "+7-812"), "GB 020": NumberRules("GB", "020"),
}  # fmt: skip
PLAIN = {name: PlainNumbers(rules) for name, rules in RULES.items()}
ways = st.sampled_from(
    ["{}", "+{}", "8{}", "7{}", "+7{}", "0{}", "1{}", "+1{}", "+44{}", "44{}", "00{}", "810{}", "+49{}"]
)
starts = st.sampled_from(["", "9", "495", "812", "800", "700", "727", "7", "3", "20", "212", "90", "29", "06", "33622"])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    digits = draw(starts) + draw(st.text("0123456789", min_size=4, max_size=10))
    plain = draw(ways).format(digits)
    if draw(st.booleans()) and len(plain) > 8:
        return f"{plain[:-7]} ({plain[-7:-4]}) {plain[-4:-2]}-{plain[-2:]}"
    return plain


@given(st.sampled_from(sorted(RULES)), numbers())
@settings(max_examples=1_500, deadline=None)
@example("RU", "8 800 555-35-35")
@example("RU", "810 9161234567")
@example("RU", "+7 (701) 234-56-78")
@example("RU 812", "3221234")
@example("IT", "06 6982 1234")
def test_it_says_what_the_long_way_says(name: str, text: str):
    short = PLAIN[name].e164(text)
    if short is not None:
        assert parse_cell(text, RULES[name]) == NumberCell((ImportedNumber(short),))
        assert PLAIN[name].zone_of(short) == zone_of_number(short)


@pytest.mark.parametrize("country", COUNTRIES)
def test_it_says_so_of_the_examples_of_every_kind(country: str):
    for kind in phonenumbers.PhoneNumberType.values():
        number = phonenumbers.example_number_for_type(country, kind)
        if number is None:
            continue
        national = phonenumbers.national_significant_number(number)
        for text in (national, f"+{number.country_code}{national}", f"{RULES[country].trunk_prefix}{national}"):
            short = PLAIN[country].e164(text)
            assert short is None or parse_cell(text, RULES[country]) == NumberCell((ImportedNumber(short),))


@pytest.mark.parametrize("text", ["+79161234567", "8 (916) 123-45-67", "89161234567", "79161234567", "9161234567",
                                  "+7 495 123-45-67"])  # fmt: skip
def test_what_lists_are_full_of_goes_the_short_way(text: str):
    assert PLAIN["RU"].e164(text) in ("+79161234567", "+74951234567")


@pytest.mark.parametrize("text", ["89161234567, 89161234568", "8-800-FLOWERS", "112", "8916123456", "+7916123456789"])
def test_what_is_not_plain_goes_the_long_way(text: str):
    assert PLAIN["RU"].e164(text) is None
