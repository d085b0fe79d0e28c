"""A number is found however it is written, and nothing else is taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_domain.scrubbing import GAP, Scrubber, bare_record

NUMBER = "+78121234567"
WAYS = (
    "+78121234567", "78121234567", "88121234567", "8 (812) 123-45-67", "+7 812 123 45 67", "812 123-45-67",
    "8121234567", "8-812-123-45-67", "+7 (812) 1234567", "007 812 1234567", "8.812.123.45.67", "+7 812 123 45 67",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_it_is_found(way):
    assert Scrubber(NUMBER).text(f"звонить {way}, спросить мастера") == f"звонить {GAP}, спросить мастера"


@pytest.mark.parametrize("other", ["+78121234568", "98121234567890", "8121234", "1728121234567001", "812 123-45-6"])
def test_other_numbers_stay(other):
    assert Scrubber(NUMBER).text(f"заказ {other}") == f"заказ {other}"


@given(
    before=st.text(st.characters(exclude_categories=["Nd", "Nl", "No", "Cs"]), max_size=20),
    after=st.text(st.characters(exclude_categories=["Nd", "Nl", "No", "Cs"]), max_size=20),
    gaps=st.lists(st.sampled_from(["", " ", "-", " (", ") ", ".", "\u00a0"]), min_size=10, max_size=10),
    prefix=st.sampled_from(["+7", "8", "7", "", "+7 ", "8 "]),
)
def test_no_digits_of_it_stay_in_any_text(before, after, gaps, prefix):
    written = prefix + "".join(gap + digit for gap, digit in zip(["", *gaps[1:]], "8121234567", strict=True))
    left = Scrubber(NUMBER).text(before + written + after)
    assert not any(ch.isdigit() for ch in left)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=10,
    )
)
def test_documents_without_it_are_left_as_they_are(document):
    assert Scrubber(NUMBER).document(document) == document


def test_documents_are_scrubbed_through_and_through():
    scrubber = Scrubber(NUMBER, ["Ирина Петрова", ""])
    document = {"a": ["ирина петрова", {"8 812 1234567": 78121234567}], "b": 7, "c": True, "d": "Ирина Петровская"}
    assert scrubber.document(document) == {"a": [GAP, {GAP: GAP}], "b": 7, "c": True, "d": "Ирина Петровская"}


def test_a_workbook_is_looked_into(tmp_path):
    import xlsxwriter

    for content, there in (("8 (812) 123-45-67", True), ("ничего", False)):
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_string(0, 0, "Телефон & <имя>")
            sheet.write_string(1, 0, content)
        assert Scrubber(NUMBER).in_workbook(path.read_bytes()) is there
    assert Scrubber(NUMBER).in_workbook(b"no workbook"), "what cannot be read does not stay"


def test_a_bare_record_keeps_the_figures_only():
    body = {
        "callflow": [{"caller_profile": {"destination_number": "78121234567"}}],
        "variables": {
            "uuid": "6f1c", "exchange_call": "6f1c", "billsec": "12", "answer_uepoch": "1700000000000000",
            "end_uepoch": "1700000012000000", "hangup_cause": "NORMAL_CLEARING", "sip_to_user": "78121234567",
            "channel_name": "sofia/carrier/78121234567",
        },
    }  # fmt: skip
    bare = bare_record(body)
    assert "78121234567" not in str(bare)
    assert set(bare["variables"]) == {"uuid", "exchange_call", "billsec", "answer_uepoch", "end_uepoch", "hangup_cause"}
    assert bare_record(bare) == bare
