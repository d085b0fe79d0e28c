"""Looks through the sheets of an XLSX before it is read whole: sizes, errors, formulas without values.

The reader of cell values keeps a sheet's whole used rectangle in memory and turns errors into blanks; a hostile file
of two cells in opposite corners, and the reason "#REF!", are both seen only here.
"""

import posixpath
from xml.parsers.expat import XMLParserType
from zipfile import ZipFile

from exchange_domain.importing.limits import Limits
from exchange_domain.importing.packages import part_chunks
from exchange_domain.importing.reasons import UnreadableList
from exchange_domain.importing.spreadsheet_xml import feed, local_name, parser
from exchange_domain.importing.used_range import NO_VALUE, UsedRange
from exchange_domain.importing.xlsx_rows import NotPlain, scan_rows

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"


def scan_xlsx(package: ZipFile, limits: Limits) -> dict[str, UsedRange]:
    """Used ranges of all worksheets, by name. Raises UnreadableList: damaged, too many rows, columns or cells."""
    targets = _targets(package)
    ranges: dict[str, UsedRange] = {}
    for name, relation, hidden in _sheet_relations(package):
        target = targets.get(relation)
        if target is None or "worksheets/" not in target:
            continue
        ranges[name] = _scan_sheet(package, target)
        ranges[name].hidden = hidden
        ranges[name].check(limits)
    return ranges


def _targets(package: ZipFile) -> dict[str, str]:
    found: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "Relationship":
            target = attributes.get("Target", "")
            found[attributes.get("Id", "")] = (
                target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            )

    reader = parser()
    reader.StartElementHandler = start
    feed(reader, part_chunks(package, _RELATIONS))
    return found


def _sheet_relations(package: ZipFile) -> list[tuple[str, str, bool]]:
    """Name, relation and whether hidden, of every sheet."""
    found: list[tuple[str, str, bool]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id") or key == "id"), "")
            found.append((attributes.get("name", ""), relation, attributes.get("state", "visible") != "visible"))

    reader = parser()
    reader.StartElementHandler = start
    feed(reader, part_chunks(package, _WORKBOOK))
    return found


_PLAIN_NAMES = frozenset({"c", "v", "f", "is"})


class _SheetScan:
    """Handlers of one sheet's XML. Cells without an address follow the one before them."""

    def __init__(self) -> None:
        self.used = UsedRange()
        self.row = -1
        self.column = -1
        self.kind = ""
        self.has_formula = self.has_value = self.in_value = False
        self.value = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name if name in _PLAIN_NAMES else local_name(name)
        if local == "c":
            address = attributes.get("r")
            if address:
                self.row, self.column = _position(address)
            else:
                self.column += 1
            self.kind = attributes.get("t", "")
            self.has_formula = self.has_value = False
        elif local == "v" or local == "is":
            # A formula's text may be empty; any other empty value is a value that was never worked out.
            self.has_value = local == "is" or self.kind == "str"
            self.in_value = True
            self.value = ""
        elif local == "f":
            self.has_formula = True
        elif local == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isdecimal() else self.row + 1
            self.column = -1

    def text(self, data: str) -> None:
        if self.in_value:
            self.has_value = True
            if self.kind == "e":
                self.value += data

    def end(self, name: str) -> None:
        local = name if name in _PLAIN_NAMES else local_name(name)
        if local == "v" or local == "is":
            self.in_value = False
        elif local == "c":
            if self.has_value:
                self.used.include(self.row, self.column)
                if self.kind == "e":
                    self.used.faults[self.row, self.column] = self.value[:20] or "#"
            elif self.has_formula:
                self.used.include(self.row, self.column)
                self.used.faults[self.row, self.column] = NO_VALUE


def _position(address: str) -> tuple[int, int]:
    letters = address.rstrip("0123456789")
    number = address[len(letters) :]
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    if not number or not 1 <= column <= 16_384 or not 1 <= int(number[:8]) <= 1_048_576:
        raise UnreadableList("damaged")
    return int(number) - 1, column - 1


def _scan_sheet(package: ZipFile, part: str) -> UsedRange:
    scan = _SheetScan()

    def by_xml(piece: bytes) -> None:
        feed(_reader(scan), [piece])

    try:
        scan_rows(part_chunks(package, part), scan.used, by_xml)
    except NotPlain:
        scan = _SheetScan()
        feed(_reader(scan), part_chunks(package, part))
    return scan.used


def _reader(scan: _SheetScan) -> XMLParserType:
    reader = parser()
    reader.StartElementHandler = scan.start
    reader.EndElementHandler = scan.end
    reader.CharacterDataHandler = scan.text
    return reader
