"""The file which goes back to the customer: rows that were not taken, as uploaded, with the reason."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exchange_domain.importing.result import ImportResult
from exchange_domain.importing.texts import text_of

_LONGEST_CELL = 32_767
_LONGEST_SHEET = 1_048_575
_WIDTHS = (10, 60)
_WARNINGS_WORDED = 200_000
"""Warnings beyond these are counted in the report but not written out."""

_Line = tuple[Sequence[str], int, str]


def rejected_file(result: ImportResult, language: str) -> bytes:
    """An XLSX: rejected rows with the upload's columns in their order, then the row's number and the reason.

    Warnings and duplicates follow on sheets of their own. All values are written as text, so a cell which begins
    with = + - or @ is never worked out as a formula; the file can be corrected and uploaded again.
    """
    target = io.BytesIO()
    # Constant memory: rows are written to disk as they come.
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "text_wrap": True})
    _sheet(
        book.add_worksheet(text_of("sheet_rejected", {}, language)),
        [*result.columns, text_of("heading_row", {}, language), text_of("heading_reason", {}, language)],
        ((row.cells, row.row, row.text(language)) for row in result.rejected),
        bold,
    )
    if result.warnings:
        _sheet(
            book.add_worksheet(text_of("sheet_warnings", {}, language)),
            [*result.columns, text_of("heading_row", {}, language), text_of("heading_warning", {}, language)],
            ((one.cells, one.row, one.reason.text(language)) for one in result.warnings[:_WARNINGS_WORDED]),
            bold,
        )
    if result.duplicates:
        _sheet(
            book.add_worksheet(text_of("sheet_duplicates", {}, language)),
            [*result.columns, text_of("heading_row", {}, language), text_of("heading_reason", {}, language)],
            ((one.cells, one.row, one.reason.text(language)) for one in result.duplicates),
            bold,
        )
    book.close()
    return target.getvalue()


def _sheet(sheet: Worksheet, headings: Sequence[str], lines: Iterable[_Line], bold: Format) -> None:
    width = len(headings) - 2
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, width - 1), 20)
    sheet.set_column(width, width, _WIDTHS[0])
    sheet.set_column(width + 1, width + 1, _WIDTHS[1])
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    for line, (cells, row, text) in enumerate(lines, 1):
        if line > _LONGEST_SHEET:
            break
        for column, cell in enumerate(cells):
            if cell:
                sheet.write_string(line, column, cell[:_LONGEST_CELL])
        sheet.write_number(line, width, row)
        sheet.write_string(line, width + 1, text[:_LONGEST_CELL])
