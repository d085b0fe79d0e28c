"""Telephone numbers as people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_domain.importing import ImportedNumber, NumberRules, Reason, UnreadableList, normalise
from exchange_domain.importing.number_cells import parse_cell

PETERSBURG = NumberRules("RU", "+7-812")
LONDON = NumberRules("GB", "+44 20")
CALIFORNIA = NumberRules("US", "650")
ONE, TWO = "+79211234567", "+79117654321"


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("123-4567", "+78121234567"),
        ("812-34-56", "+78128123456"),
        ("8 (921) 123-45-67", ONE),
        ("9211234567", ONE),
        ("79211234567", ONE),
        ("+7 (921) 123–45–67", ONE),
        ("٨٩٢١١٢٣٤٥٦٧", ONE),
        ("+44 20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
        ("8~10 44 20 7946 0958", "+442079460958"),
        ("375 29 123-45-67", "+375291234567"),
        ("8-800-555-35-35", "+78005553535"),
    ],
)
def test_russian_campaign(written: str, e164: str):
    assert normalise(written, PETERSBURG) == e164


@pytest.mark.parametrize(
    ("rules", "written", "e164"),
    [
        (LONDON, "7946 0958", "+442079460958"),
        (LONDON, "020 7946 0958", "+442079460958"),
        (LONDON, "07911 123456", "+447911123456"),
        (LONDON, "+7 921 123-45-67", ONE),
        (CALIFORNIA, "253-0000", "+16502530000"),
        (CALIFORNIA, "(650) 253-0000", "+16502530000"),
        (CALIFORNIA, "011 44 20 7946 0958", "+442079460958"),
    ],
)
def test_other_countries(rules: NumberRules, written: str, e164: str):
    assert normalise(written, rules) == e164


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("8 921 12", "too_short"),
        ("8 921 123 45 678", "too_long"),
        ("1" * 40, "too_long"),
        ("8 (000) 123-45-67", "not_valid"),
        ("+999 123 45 67 89", "unknown_country_code"),
        ("8-809-123-45-67", "premium"),
        ("+881 6 31 00 00 00", "premium"),
        ("112", "short_number"),
        ("02", "short_number"),
        ("()", "not_a_number"),
    ],
)
def test_refused(written: str, reason: str):
    found = normalise(written, PETERSBURG)
    assert isinstance(found, Reason)
    assert found.code == reason
    assert written in found.text("ru") and written in found.text("en")


def test_a_wrong_digit_never_becomes_a_call_abroad():
    # With a plus before it this would be a mobile number in Iran.
    assert isinstance(normalise("989211234567", PETERSBURG), Reason)
    assert isinstance(normalise("989211234567", NumberRules("RU")), Reason)


def test_without_a_prefix_local_numbers_are_refused():
    assert isinstance(normalise("123-45-67", NumberRules("RU")), Reason)


@pytest.mark.parametrize("prefix", ["abc", "+", "+7-812-123-45-67-89", "+0"])
def test_prefix_that_makes_no_sense(prefix: str):
    with pytest.raises(UnreadableList) as caught:
        NumberRules("RU", prefix)
    assert caught.value.code == "bad_default_prefix"


@pytest.mark.parametrize("prefix", ["+7-812", "7 812", "8 (812)", "812", "8812", "007812"])
def test_prefix_in_any_writing(prefix: str):
    assert normalise("123-45-67", NumberRules("RU", prefix)) == "+78121234567"


def test_prefix_of_other_countries():
    assert NumberRules("GB", "020").prefix_digits == NumberRules("GB", "44 20").prefix_digits == "4420"
    assert NumberRules("US", "650").prefix_digits == NumberRules("US", "1-650").prefix_digits == "1650"
    assert NumberRules("RU", "81370").prefix_digits == NumberRules("RU", "8-81370").prefix_digits == "781370"
    assert NumberRules("KZ", "727").prefix_digits == NumberRules("KZ", "7727").prefix_digits == "7727"


def test_unknown_country():
    with pytest.raises(UnreadableList):
        NumberRules("XX")


def numbers(cell: str) -> tuple[ImportedNumber, ...]:
    found = parse_cell(cell, PETERSBURG)
    assert found.problems == ()
    return found.numbers


@pytest.mark.parametrize(
    "cell",
    [
        "8 921 123-45-67, 8 911 765-43-21",
        "8 921 123-45-67; +7 911 765 43 21",
        "8 921 123-45-67 / 8 911 765-43-21",
        "8 921 123-45-67\n8 911 765-43-21",
        "8 921 123-45-67 и 8 911 765-43-21",
        "8 921 123-45-67 or 8 911 765-43-21",
        "89211234567 89117654321",
        "8 921 123 45 67 8 911 765 43 21",
        "+79211234567+79117654321".replace("7+", "7 +"),
    ],
)
def test_two_numbers_in_a_cell(cell: str):
    assert [number.e164 for number in numbers(cell)] == [ONE, TWO]


@pytest.mark.parametrize(
    "cell",
    [
        "Иван 8-921-123-45-67; Мария 8-911-765-43-21",
        "8-921-123-45-67 (Иван), 8-911-765-43-21 (Мария)",
        "Иван: 8-921-123-45-67\nМария: 8-911-765-43-21",
        "8-921-123-45-67, Иван, 8-911-765-43-21, Мария",
        "Иван, 8-921-123-45-67, Мария, 8-911-765-43-21",
    ],
)
def test_names_beside_numbers(cell: str):
    assert numbers(cell) == (ImportedNumber(ONE, "Иван"), ImportedNumber(TWO, "Мария"))


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("8 921 123-45-67 доб. 12", "доб. 12"),
        ("8 921 123-45-67, доб 12", "доб. 12"),
        ("8 921 123-45-67 (внутр. 12)", "доб. 12"),
        ("8 921 123-45-67 ext. 12", "ext. 12"),
        ("8 921 123-45-67 x12", "ext. 12"),
        ("8 921 123-45-67 #12", "ext. 12"),
        ("tel:+7-921-123-45-67;ext=12", "ext. 12"),
        ("моб. 8 921 123-45-67", "моб"),
        ("8 921 123-45-67 (работа)", "работа"),
        ("т. 8 921 123-45-67", ""),
    ],
)
def test_extensions_and_labels_are_notes(cell: str, note: str):
    assert numbers(cell) == (ImportedNumber(ONE, "", note),)


@pytest.mark.parametrize(
    "cell", ["89211234567.0", "8.9211234567E+10", "8,9211234567E+10", "'89211234567", "89211234567,00"]
)
def test_numbers_stored_as_floats(cell: str):
    assert numbers(cell) == (ImportedNumber(ONE),)


@pytest.mark.parametrize("cell", ["нет", "-", "—", "н/д", "N/A", " "])
def test_cells_that_say_there_is_none(cell: str):
    assert numbers(cell) == ()


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("8,92112E+10", "rounded"),
        ("8921123456O", "letters"),
        ("1-800-FLOWERS", "letters"),
        ("не звонить", "not_a_number"),
        ("после 18", "not_a_number"),
        ("8 921 12", "too_short"),
    ],
)
def test_cells_that_cannot_be_called(cell: str, reason: str):
    found = parse_cell(cell, PETERSBURG)
    assert found.numbers == ()
    assert [problem.code for problem in found.problems] == [reason]


def test_a_letter_of_a_name_is_no_label():
    assert numbers("Иван М. 8-921-123-45-67") == (ImportedNumber(ONE, "Иван М"),)


@pytest.mark.parametrize("sign", [",", " ", "(", "1-", "8 921 ", "доб. ", "+", "и "])
def test_endless_cells_are_answered_at_once(sign: str):
    found = parse_cell("8 921 " + sign * (100_000 // len(sign)) + "x", PETERSBURG)
    assert [problem.code for problem in found.problems] == ["not_a_number"]
    assert len(found.problems[0].text("ru")) < 200
    assert parse_cell("8 9" + sign * (1_900 // len(sign)), PETERSBURG).numbers == ()


def test_good_and_bad_in_one_cell():
    found = parse_cell("8 921 123-45-67, 12", PETERSBURG)
    assert [number.e164 for number in found.numbers] == [ONE]
    assert [problem.code for problem in found.problems] == ["too_short"]


def test_the_same_number_twice_is_one():
    assert numbers("8 921 123-45-67, +7 921 1234567 Иван") == (ImportedNumber(ONE, "Иван"),)


signs = st.text(alphabet="0123456789+-() .,;/\nxИивандоб#eE", max_size=40)


@given(st.one_of(signs, st.text(max_size=60)), st.sampled_from([PETERSBURG, LONDON, CALIFORNIA, NumberRules("KZ")]))
def test_whatever_is_written_gives_e164_or_reasons(cell: str, rules: NumberRules):
    found = parse_cell(cell, rules)
    for number in found.numbers:
        assert re.fullmatch(r"\+[1-9]\d{6,14}", number.e164)
        assert len(number.person_name) <= 200
    for problem in found.problems:
        assert problem.text("ru") and problem.text("en")
    assert len({number.e164 for number in found.numbers}) == len(found.numbers)


@given(signs, st.sampled_from([PETERSBURG, LONDON, CALIFORNIA]))
def test_normalising_again_changes_nothing(written: str, rules: NumberRules):
    once = normalise(written, rules)
    if isinstance(once, str):
        assert normalise(once, rules) == once
        assert [number.e164 for number in parse_cell(once, rules).numbers] == [once]
