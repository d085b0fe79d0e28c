"""An uploaded list, opened: which sheets it has, and each sheet as a frame of plain text."""

from dataclasses import dataclass, field

import polars as pl

from exchange_domain.importing.binary_excel import scan_xls
from exchange_domain.importing.delimited import read_delimited
from exchange_domain.importing.excel_cells import read_cells
from exchange_domain.importing.formats import Kind, kind_of
from exchange_domain.importing.limits import LIMITS, Limits
from exchange_domain.importing.open_document import read_open_document
from exchange_domain.importing.packages import open_package
from exchange_domain.importing.reasons import UnreadableList
from exchange_domain.importing.used_range import UsedRange
from exchange_domain.importing.xlsx_scan import scan_xlsx


@dataclass(frozen=True, slots=True)
class Grid:
    """The filled rectangle of one sheet. Everything is text; blank cells are None."""

    frame: pl.DataFrame
    """Columns "0", "1", … from `first_column` on; its row 0 is the sheet's first row."""
    first_column: int
    """How many blank columns the sheet has before the frame's first."""
    faults: dict[tuple[int, int], str]
    """Errors and formulas without a value by (row, column of the frame), both from 0."""


@dataclass(slots=True)
class Workbook:
    """An opened list. Made by `open_workbook`; holds the file's bytes and the sheets read so far."""

    kind: Kind
    file_name: str
    sheets: tuple[str, ...]
    """In the file's order. A CSV has one, named ""."""
    empty_sheets: frozenset[str]
    hidden_sheets: frozenset[str]
    """Sheets that spreadsheet programs do not show."""
    limits: Limits
    data: bytes = field(repr=False)
    _ranges: dict[str, UsedRange] = field(default_factory=dict, repr=False)
    _grids: dict[str, Grid] = field(default_factory=dict, repr=False)

    @property
    def default_sheet(self) -> str:
        """The first shown sheet that is not empty; a hidden one when no other has cells."""
        filled = [sheet for sheet in self.sheets if sheet not in self.empty_sheets]
        return next((sheet for sheet in filled if sheet not in self.hidden_sheets), filled[0])

    def grid(self, sheet: str | None = None) -> Grid:
        """The cells of a sheet (by default the first non-empty). Raises UnreadableList: no_such_sheet, damaged."""
        name = self.default_sheet if sheet is None else sheet
        if name not in self.sheets:
            raise UnreadableList("no_such_sheet", sheet=name)
        if name not in self._grids:
            # One sheet is kept: a preview and the import of the same sheet follow each other.
            wanted = self.sheets.index(name) if self.kind == "xls" else name
            grid = _excel_grid(self.data, wanted, self._ranges[name])
            self._grids.clear()
            self._grids[name] = grid
        return self._grids[name]


def open_workbook(data: bytes, filename: str, limits: Limits = LIMITS) -> Workbook:
    """Opens an uploaded XLSX, XLS, ODS or CSV; its type is judged by content.

    Raises UnreadableList: empty_file, too_large, unsupported_type, password_protected, damaged, unpacks_too_large,
    too_many_rows, too_many_columns, too_many_cells, unclosed_quote, cell_too_long, no_rows.
    """
    if len(data) > limits.file_bytes:
        raise UnreadableList("too_large", size=-(-len(data) // 2**20), limit=limits.file_bytes // 2**20)
    kind = kind_of(data, limits)
    if kind == "csv":
        return _of_frames(kind, filename, limits, {"": read_delimited(data, limits)})
    if kind == "ods":
        with open_package(data, limits) as package:
            return _of_frames(kind, filename, limits, read_open_document(package, limits))
    if kind == "xlsx":
        with open_package(data, limits) as package:
            ranges = scan_xlsx(package, limits)
    else:
        ranges = scan_xls(data, limits)
    empty = frozenset(name for name, used in ranges.items() if used.is_empty)
    if len(empty) == len(ranges):
        raise UnreadableList("no_rows")
    hidden = frozenset(name for name, used in ranges.items() if used.hidden)
    return Workbook(kind, filename, tuple(ranges), empty, hidden, limits, data, ranges)


def _of_frames(kind: Kind, filename: str, limits: Limits, frames: dict[str, pl.DataFrame]) -> Workbook:
    empty = frozenset(name for name, frame in frames.items() if frame.is_empty())
    if len(empty) == len(frames):
        raise UnreadableList("no_rows")
    workbook = Workbook(kind, filename, tuple(frames), empty, frozenset(), limits, b"")
    workbook._grids.update((name, Grid(frame, 0, {})) for name, frame in frames.items())
    return workbook


def _excel_grid(data: bytes, sheet: str | int, used: UsedRange) -> Grid:
    if used.is_empty:
        return Grid(pl.DataFrame(), 0, {})
    frame, first_column = read_cells(data, sheet)
    faults = {(row, column - first_column): value for (row, column), value in used.faults.items()}
    return Grid(frame, first_column, faults)
