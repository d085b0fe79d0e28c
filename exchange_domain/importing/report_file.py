"""The file which goes back to the customer: rows with remarks, as uploaded, with the reasons."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from exchange_domain.importing.result import Remark
from exchange_domain.importing.texts import text_of
from exchange_domain.words import RemarkKind

_LONGEST_CELL = 32_767
_LONGEST_SHEET = 1_048_575
_WIDTHS = (10, 60)
_SHEETS = {
    RemarkKind.REJECTED: ("sheet_rejected", "heading_reason"),
    RemarkKind.ELSEWHERE: ("sheet_elsewhere", "heading_reason"),
    RemarkKind.DO_NOT_CALL: ("sheet_do_not_call", "heading_reason"),
    RemarkKind.WARNING: ("sheet_warnings", "heading_warning"),
    RemarkKind.DUPLICATE: ("sheet_duplicates", "heading_reason"),
}
"""Name and last heading of each kind's sheet, in the file's order."""


class RemarksFile:
    """An XLSX, written as its rows come: each kind on a sheet of its own, with the upload's columns in their order.

    After them stand the row's number and the reasons in words. All values are written as text, so a cell which begins
    with = + - or @ is never worked out as a formula; the file can be corrected and uploaded again.
    """

    def __init__(self, columns: Sequence[str], language: str):
        self._target = io.BytesIO()
        # Constant memory: rows are written to disk as they come.
        self._book = xlsxwriter.Workbook(
            self._target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self._bold = self._book.add_format({"bold": True, "text_wrap": True})
        self._columns, self._language = columns, language
        self._sheets: dict[RemarkKind, tuple[Worksheet, int]] = {}
        self._sheet(RemarkKind.REJECTED)

    def _sheet(self, kind: RemarkKind) -> tuple[Worksheet, int]:
        """The kind's sheet and its last written line."""
        if kind not in self._sheets:
            name, last = _SHEETS[kind]
            sheet = self._book.add_worksheet(text_of(name, {}, self._language))
            width = len(self._columns)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(0, width - 1), 20)
            sheet.set_column(width, width, _WIDTHS[0])
            sheet.set_column(width + 1, width + 1, _WIDTHS[1])
            said = (text_of("heading_row", {}, self._language), text_of(last, {}, self._language))
            for column, heading in enumerate((*self._columns, *said)):
                sheet.write_string(0, column, heading, self._bold)
            self._sheets[kind] = (sheet, 0)
        return self._sheets[kind]

    def add(self, remarks: Iterable[Remark]) -> None:
        """Rows of one kind after the other, in the order of `KINDS`; what no sheet can hold any more is left out."""
        width = len(self._columns)
        for one in remarks:
            sheet, line = self._sheet(one.kind)
            line += 1
            if line > _LONGEST_SHEET:
                continue
            for column, cell in enumerate(one.cells[:width]):
                if cell:
                    sheet.write_string(line, column, cell[:_LONGEST_CELL])
            words = "; ".join(reason.text(self._language) for reason in one.reasons)
            sheet.write_number(line, width, one.row)
            sheet.write_string(line, width + 1, words[:_LONGEST_CELL])
            self._sheets[one.kind] = (sheet, line)

    def content(self) -> bytes:
        """The finished file."""
        self._book.close()
        return self._target.getvalue()


KINDS = tuple(_SHEETS)
"""In the file's order."""


def remarks_file(columns: Sequence[str], remarks: Iterable[Remark], language: str) -> bytes:
    """The whole file of remarks that are at hand."""
    file = RemarksFile(columns, language)
    file.add(sorted(remarks, key=lambda one: KINDS.index(one.kind)))
    return file.content()
