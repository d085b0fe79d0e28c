"""What a person sees before the import: columns, some rows, and a proposed mapping to correct."""

from dataclasses import dataclass

from exchange_domain.importing.cell_text import clean_text, is_error_value
from exchange_domain.importing.mapping import ColumnMapping, ColumnRole, propose
from exchange_domain.importing.numbers import NumberRules
from exchange_domain.importing.table import Column, SheetTable, table_of
from exchange_domain.importing.workbook import Workbook

_ROWS_JUDGED = 300
"""Rows at the top, and as many spread over the list, whose values decide what a column holds."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One sheet before the import."""

    sheets: tuple[str, ...]
    sheet: str
    columns: tuple[Column, ...]
    sample_rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Row of the file (from 1) and its cleaned cells; blank rows are left out."""
    proposed_mapping: tuple[ColumnMapping, ...]
    header_row: int | None
    """Row of the file (from 1) with the headings; None when there are none."""
    row_count: int
    """Rows below the headings, blank ones between them included."""

    @property
    def has_numbers(self) -> bool:
        """Whether a column with telephone numbers was found; without one the person must point to it."""
        return any(one.role is ColumnRole.PHONE for one in self.proposed_mapping)


def preview(workbook: Workbook, sheet: str | None = None, limit: int = 20, rules: NumberRules | None = None) -> Preview:
    """The top of a sheet (by default the first non-empty one) with a mapping to correct.

    `rules` help to tell local numbers from other digits. Raises UnreadableList: no_such_sheet, no_rows, damaged.
    """
    rules = rules or NumberRules()
    name = workbook.default_sheet if sheet is None else sheet
    table = table_of(workbook.grid(name), rules, workbook.limits)
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in enumerate(table.frame.iter_rows(), table.first_row):
        cleaned = tuple(clean_text(cell or "") for cell in cells)
        if any(cleaned):
            rows.append((number, cleaned))
        if len(rows) >= limit:
            break
    return Preview(
        sheets=workbook.sheets,
        sheet=name,
        columns=table.columns,
        sample_rows=tuple(rows),
        proposed_mapping=proposed_mapping(table, rules),
        header_row=table.header_row,
        row_count=table.frame.height,
    )


def proposed_mapping(table: SheetTable, rules: NumberRules) -> tuple[ColumnMapping, ...]:
    """The likeliest mapping of the table's columns, by headings and by the values of some hundred rows."""
    frame = table.frame
    if frame.height > 2 * _ROWS_JUDGED:
        frame = frame.head(_ROWS_JUDGED).vstack(frame.gather_every(frame.height // _ROWS_JUDGED, _ROWS_JUDGED))
    samples = [
        [text for text in map(clean_text, column.drop_nulls()) if text and not is_error_value(text)]
        for column in frame.iter_columns()
    ]
    return propose(
        [column.heading for column in table.columns], [column.key for column in table.columns], samples, rules
    )
