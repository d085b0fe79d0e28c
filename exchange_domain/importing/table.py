"""One sheet as a table: where its headings stand, what the columns are called, which rows hold data."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from exchange_domain.importing.cell_text import clean_text, is_error_value
from exchange_domain.importing.headings import meaning_of
from exchange_domain.importing.limits import Limits
from exchange_domain.importing.mapping import letters_of, unique_keys
from exchange_domain.importing.number_cells import parse_cell
from exchange_domain.importing.numbers import NumberRules
from exchange_domain.importing.reasons import UnreadableList
from exchange_domain.importing.workbook import Grid

_ROWS_SEARCHED = 40
"""Headings stand within this many rows of the sheet's beginning."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet."""

    letters: str
    """As the spreadsheet names it: A, B, …"""
    heading: str
    """As written, cleaned; empty where there is none."""
    key: str
    """Unique name, from the heading or else the letters."""


@dataclass(frozen=True, slots=True)
class SheetTable:
    """Columns and rows of one sheet."""

    columns: tuple[Column, ...]
    header_row: int | None
    """The sheet's row (from 1) with the headings; None when there are none."""
    first_row: int
    """The sheet's row (from 1) with the first data, blank or not."""
    frame: pl.DataFrame
    """The data rows as uploaded, text; trailing blank rows are left out."""
    faults: dict[tuple[int, int], str]
    """Errors by (sheet's row from 1, column from 0)."""


def table_of(grid: Grid, rules: NumberRules, limits: Limits) -> SheetTable:
    """Finds headings and data of a sheet. Raises UnreadableList: no_rows, too_many_rows."""
    frame = _without_blank_tail(grid.frame)
    if frame.is_empty():
        raise UnreadableList("no_rows")
    frame = _without_blank_columns_at_end(frame)
    top = [[clean_text(cell or "") for cell in row] for row in frame.head(_ROWS_SEARCHED).iter_rows()]
    header = _header_index(top, rules)
    headings = top[header] if header is not None else [""] * frame.width
    headings = ["" if is_error_value(heading) else heading.replace("\n", " ") for heading in headings]
    letters = letters_of(frame.width, grid.first_column)
    keys = unique_keys(headings, letters)
    first = header + 1 if header is not None else _first_filled(top)
    rows = frame.slice(first)
    if rows.is_empty():
        raise UnreadableList("no_rows")
    if rows.height > limits.rows:
        raise UnreadableList("too_many_rows", count=rows.height, limit=limits.rows)
    columns = tuple(Column(*parts) for parts in zip(letters, headings, keys, strict=True))
    faults = {(row + 1, column): value for (row, column), value in grid.faults.items() if row >= first}
    return SheetTable(columns, None if header is None else header + 1, first + 1, rows, faults)


def _filled() -> pl.Expr:
    """Whether any cell of the row shows something."""
    return pl.any_horizontal(pl.all().str.contains(r"[^\s\p{C}]").fill_null(False))


def _without_blank_tail(frame: pl.DataFrame) -> pl.DataFrame:
    if frame.width == 0:
        return frame
    filled = frame.select(_filled().alias("filled")).with_row_index("row").filter("filled")
    last = filled["row"].max()
    return frame.head(int(last) + 1) if isinstance(last, int) else frame.clear()


def _without_blank_columns_at_end(frame: pl.DataFrame) -> pl.DataFrame:
    filled = frame.select(pl.all().str.contains(r"[^\s\p{C}]").fill_null(False).any()).row(0)
    width = max(n for n, has_text in enumerate(filled) if has_text) + 1
    return frame[:, :width]


def _first_filled(top: Sequence[Sequence[str]]) -> int:
    return next(n for n, row in enumerate(top) if any(row)) if any(map(any, top)) else 0


def _header_index(top: Sequence[Sequence[str]], rules: NumberRules) -> int | None:
    """The row with most known headings and no numbers; else the row above the first numbers, if it has words there."""
    best, best_score = None, 0
    for index, row in enumerate(top):
        known = sum(1 for cell in row if meaning_of(cell) is not None)
        if not known or known <= best_score or _holds_numbers(row, rules):
            continue
        # One known word amid the data ("Город" in a comment) is no heading once numbers were seen above it.
        if any(_holds_numbers(earlier, rules) for earlier in top[:index]):
            break
        filled = sum(1 for cell in row if cell)
        if known == 1 and filled == 1 and _wider_below(top, index):
            continue
        best, best_score = index, known
    return best if best is not None else _above_first_numbers(top, rules)


def _wider_below(top: Sequence[Sequence[str]], index: int) -> bool:
    """Whether the next filled row has more cells: a lone word above a table is its title."""
    below = next((row for row in top[index + 1 :] if any(row)), None)
    return below is not None and sum(1 for cell in below if cell) > 1


def _above_first_numbers(top: Sequence[Sequence[str]], rules: NumberRules) -> int | None:
    for index, row in enumerate(top):
        for column, cell in enumerate(row):
            if not cell or not parse_cell(cell, rules).numbers:
                continue
            above = next((n for n in range(index - 1, -1, -1) if any(top[n])), None)
            if above is not None and top[above][column] and not any(sign.isdecimal() for sign in top[above][column]):
                return above
            return None
    return None


def _holds_numbers(row: Sequence[str], rules: NumberRules) -> bool:
    return any(cell and parse_cell(cell, rules).numbers for cell in row)
