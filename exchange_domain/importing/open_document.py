"""Reads ODS: sheets as text rows. Repeated cells are unfolded only within the limits."""

from xml.parsers.expat import XMLParserType
from zipfile import ZipFile

import polars as pl

from exchange_domain.importing.limits import Limits
from exchange_domain.importing.packages import part_chunks
from exchange_domain.importing.spreadsheet_xml import feed, local_name, parser
from exchange_domain.importing.used_range import check_size

_BLOCKS = ("p", "h")


def read_open_document(package: ZipFile, limits: Limits) -> dict[str, pl.DataFrame]:
    """Every sheet by name, as text columns "0", "1", …, row n of the frame being row n + 1 of the sheet.

    Numbers are digits, dates ISO, errors their visible text. Raises UnreadableList: damaged, too many rows or cells.
    """
    handlers = _Handlers(limits)
    reader: XMLParserType = parser()
    reader.StartElementHandler = handlers.start
    reader.EndElementHandler = handlers.end
    reader.CharacterDataHandler = handlers.text
    feed(reader, part_chunks(package, "content.xml"))
    return {name: _frame(rows) for name, rows in handlers.sheets.items()}


def _frame(rows: list[list[str | None]]) -> pl.DataFrame:
    width = max(map(len, rows), default=0)
    columns = {str(n): [row[n] if n < len(row) else None for row in rows] for n in range(width)}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


class _Handlers:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: dict[str, list[list[str | None]]] = {}
        self.rows: list[list[str | None]] = []
        self.row: list[str | None] = []
        self.pending_rows = self.pending_cells = 0
        self.repeated_rows = self.repeated_cells = 1
        self.cells = 0
        self.stored: str | None = None
        self.kind = ""
        self.lines: list[str] | None = None
        self.in_cell = self.in_note = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = local_name(name)
        if local == "table" and name.startswith("table:"):
            self.rows = []
            self.pending_rows = 0
            self.sheets[attributes.get("table:name", "")] = self.rows
        elif local == "table-row":
            self.row = []
            self.pending_cells = 0
            self.repeated_rows = _count(attributes.get("table:number-rows-repeated"))
        elif local in ("table-cell", "covered-table-cell"):
            self.repeated_cells = _count(attributes.get("table:number-columns-repeated"))
            self.kind = attributes.get("office:value-type", "")
            self.stored = _stored_value(attributes)
            self.lines = []
            self.in_cell = True
        elif local == "annotation":
            self.in_note = True
        elif self.in_cell and not self.in_note and self.lines is not None:
            if local in _BLOCKS:
                self.lines.append("")
            elif local == "s" and self.lines:
                self.lines[-1] += " " * min(_count(attributes.get("text:c")), 100)
            elif local == "tab" and self.lines:
                self.lines[-1] += " "
            elif local == "line-break" and self.lines:
                self.lines[-1] += "\n"

    def text(self, data: str) -> None:
        if self.in_cell and not self.in_note and self.lines:
            self.lines[-1] += data

    def end(self, name: str) -> None:
        local = local_name(name)
        if local == "annotation":
            self.in_note = False
        elif local in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif local == "table-row":
            self._end_row()

    def _end_cell(self) -> None:
        self.in_cell = False
        value = self.stored if self.stored is not None else "\n".join(self.lines or ())
        if not value:
            self.pending_cells += self.repeated_cells
            return
        check_size(1, len(self.row) + self.pending_cells + self.repeated_cells, self.limits)
        self.row += [None] * self.pending_cells + [value] * self.repeated_cells
        self.pending_cells = 0

    def _end_row(self) -> None:
        if not self.row:
            self.pending_rows += self.repeated_rows
            return
        rows = len(self.rows) + self.pending_rows + self.repeated_rows
        check_size(rows, len(self.row), self.limits)
        self.rows += [[] for _ in range(self.pending_rows)]
        self.rows += [self.row] * self.repeated_rows
        self.pending_rows = 0


def _count(repeated: str | None) -> int:
    return max(1, int(repeated)) if repeated and repeated.isdecimal() and len(repeated) < 9 else 1


def _stored_value(attributes: dict[str, str]) -> str | None:
    """The value behind the shown one, where the shown one may be rounded or local; None: take what is shown."""
    match attributes.get("office:value-type"):
        case "float":
            try:
                number = float(attributes.get("office:value", ""))
            except ValueError:
                return None
            return str(int(number)) if number.is_integer() and abs(number) < 1e18 else repr(number)
        case "date":
            return attributes.get("office:date-value")
        case _:
            return None
