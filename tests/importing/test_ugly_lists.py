"""Each ugly list has exactly the report that stands beside it."""

from pathlib import Path
from typing import Any

import pytest

from exchange_domain.importing import ImportOptions, UnreadableList, open_workbook, preview, read_contacts
from tests.importing.ugly_lists import Ugly, ugly_lists

XLS = (Path(__file__).parent / "files" / "contacts.xls").read_bytes()
LISTS = ugly_lists(XLS)


def report_of(one: Ugly) -> dict[str, Any]:
    """What the import of a list with its proposed columns says."""
    options = ImportOptions("RU", "", "Europe/Moscow")
    try:
        seen = preview(open_workbook(one.data, one.name), rules=options.rules)
        result = read_contacts(open_workbook(one.data, one.name), seen.sheet, seen.proposed_mapping, options)
    except UnreadableList as refused:
        return {"refused": [refused.code, dict(refused.params)]}
    warnings: dict[int, list[str]] = {}
    for warned in result.warnings:
        warnings.setdefault(warned.row, []).append(warned.reason.code)
    assert result.total_rows == (
        len(result.contacts) + len(result.rejected) + len(result.duplicates) + result.empty_rows
    ), "each row is in one place"
    numbers = [number for contact in result.contacts for number in contact.numbers]
    return {
        "sheets": list(seen.sheets), "sheet": seen.sheet, "numbers": [number.e164 for number in numbers],
        "rejected": {row.row: [reason.code for reason in row.reasons] for row in result.rejected}, "warnings": warnings,
        "duplicates": {row.row: row.first_row for row in result.duplicates}, "empty": result.empty_rows,
        "fields": {
            c.row: {k: c.fields.get(k, "") for k in one.fields[c.row]} for c in result.contacts if c.row in one.fields
        },
        "people": {number.e164: number.person_name for number in numbers if number.person_name and one.people},
    }  # fmt: skip


def test_there_are_forty_kinds():
    assert len({one.name for one in LISTS}) == len(LISTS) >= 40


@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.name)
def test_the_report_is_exact(one: Ugly):
    assert report_of(one) == one.expected()
