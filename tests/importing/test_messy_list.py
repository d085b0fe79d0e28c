"""The sample list, from bytes to judged rows."""

from exchange_domain.importing import ImportOptions, NumberRules, open_workbook, preview, read_contacts
from exchange_domain.importing.storing import counts
from tests.importing.messy_list import COUNTRY, DEFAULT_PREFIX, messy_xlsx


def test_messy_list_comes_out_exactly_as_expected():
    data, expected = messy_xlsx()
    workbook = open_workbook(data, "база.xlsx")
    seen = preview(workbook, rules=NumberRules(COUNTRY, DEFAULT_PREFIX))
    assert (seen.sheets, seen.sheet, seen.header_row) == (("Заметки", "Контакты"), "Контакты", 3)
    assert [one.role for one in seen.proposed_mapping] == [
        "ignore", "name", "person", "phone", "phone", "time_zone", "field",
    ]  # fmt: skip
    result = read_contacts(workbook, seen.sheet, seen.proposed_mapping, ImportOptions(COUNTRY, DEFAULT_PREFIX))
    assert {row.row: row.reason for row in result.rejected} == expected.rejected
    assert {row.row: row.first_row for row in result.duplicates} == expected.duplicates
    assert {one.row: one.reason.code for one in result.warnings} == expected.warnings
    report = expected.report
    assert counts(result) == {key: report[key] for key in counts(result)}
    assert len(result.contacts) == report["added"]
    assert sum(len(contact.numbers) for contact in result.contacts) == report["numbers_added"]


def test_messy_list_is_the_same_each_time():
    assert messy_xlsx()[1] == messy_xlsx()[1]
