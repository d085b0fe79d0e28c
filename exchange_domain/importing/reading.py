"""Rows → contacts, each row judged once, in the file's order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from exchange_domain.importing.cell_text import clean_text, is_error_value
from exchange_domain.importing.limits import FIELD_LENGTH, NAME_LENGTH, NUMBERS_PER_ROW
from exchange_domain.importing.mapping import ColumnMapping, ColumnRole, check_mapping
from exchange_domain.importing.number_cells import ImportedNumber, NumberCell, parse_cell
from exchange_domain.importing.numbers import NumberRules
from exchange_domain.importing.plain_numbers import PlainNumbers
from exchange_domain.importing.reasons import Reason, UnreadableList
from exchange_domain.importing.result import DuplicateRow, ImportedContact, ImportResult, RejectedRow, Warned
from exchange_domain.importing.table import SheetTable, table_of
from exchange_domain.importing.used_range import NO_VALUE
from exchange_domain.importing.workbook import Workbook
from exchange_domain.importing.zones import is_zone, same_time, zone_of_text

_BATCH = 10_000
_CELLS_REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The campaign's settings which an import needs."""

    country: str = "RU"
    default_prefix: str = ""
    default_time_zone: str = "Europe/Moscow"

    @property
    def rules(self) -> NumberRules:
        """Raises UnreadableList: unknown_country, bad_default_prefix."""
        return NumberRules(self.country, self.default_prefix)


def read_contacts(
    workbook: Workbook, sheet: str | None, mapping: Sequence[ColumnMapping], options: ImportOptions
) -> ImportResult:
    """All rows of a sheet (None: the first non-empty one), judged.

    Raises UnreadableList: no_phone_column, no_such_column, repeated_key, no_such_sheet, no_rows, bad options.
    """
    result: ImportResult | None = None
    for part in read_in_batches(workbook, sheet, mapping, options):
        if result is None:
            result = part
        else:
            result.extend(part)
    if result is None:
        raise UnreadableList("no_rows")
    return result


def read_in_batches(
    workbook: Workbook,
    sheet: str | None,
    mapping: Sequence[ColumnMapping],
    options: ImportOptions,
    batch: int = _BATCH,
) -> Iterator[ImportResult]:
    """The same in parts of `batch` rows, so that a long list need not be held in memory as contacts."""
    table = table_of(workbook.grid(sheet), options.rules, workbook.limits)
    yield from batches_of(table, mapping, options, batch)


def batches_of(
    table: SheetTable, mapping: Sequence[ColumnMapping], options: ImportOptions, batch: int = _BATCH
) -> Iterator[ImportResult]:
    """The rows of a table, judged in parts. Raises UnreadableList as `read_contacts` does."""
    if not is_zone(options.default_time_zone):
        raise UnreadableList("unknown_default_time_zone", zone=options.default_time_zone)
    check_mapping(mapping, len(table.columns))
    reader = _RowReader(table, sorted(mapping, key=lambda one: one.column), options.rules, options.default_time_zone)
    headings = tuple(column.heading for column in table.columns)
    for start in range(0, max(1, table.frame.height), batch):
        part = ImportResult(headings)
        for row, cells in enumerate(table.frame.slice(start, batch).iter_rows(), table.first_row + start):
            reader.judge(row, cells, part)
        yield part


@dataclass(slots=True)
class _RowReader:
    """Judges one row after another; remembers numbers seen and number cells parsed."""

    table: SheetTable
    mapping: Sequence[ColumnMapping]
    rules: NumberRules
    default_time_zone: str
    phones: list[int] = field(init=False)
    others: list[tuple[int, ColumnRole, str]] = field(init=False)
    """Column, role and key of what is no number."""
    first_rows: dict[str, int] = field(default_factory=dict)
    parsed: dict[str, NumberCell] = field(default_factory=dict)
    plain: PlainNumbers = field(init=False)

    def __post_init__(self) -> None:
        self.plain = PlainNumbers(self.rules)
        self.phones = [one.column for one in self.mapping if one.role is ColumnRole.PHONE]
        self.others = [
            (one.column, one.role, one.key.strip() or self.table.columns[one.column].key)
            for one in self.mapping
            if one.role not in (ColumnRole.PHONE, ColumnRole.IGNORE)
        ]

    def judge(self, row: int, cells: Sequence[str | None], part: ImportResult) -> None:
        """Adds the row to exactly one list of `part`, or counts it as empty."""
        part.total_rows += 1
        cleaned = [clean_text(cell) if cell else "" for cell in cells]
        has_faults = bool(self.table.faults) and any((row, n) in self.table.faults for n in range(len(cells)))
        if not has_faults and not any(cleaned):
            part.empty_rows += 1
            return
        shown = self._as_uploaded(row, cells)
        problems: list[Reason] = []
        numbers = self._numbers(row, cleaned, problems)
        if not numbers:
            part.rejected.append(RejectedRow(row, tuple(problems) or (Reason("no_number"),), shown))
            return
        fresh = [number for number in numbers if number.e164 not in self.first_rows]
        if not fresh:
            number = numbers[0].e164
            part.duplicates.append(DuplicateRow(row, self.first_rows[number], number, shown))
            return
        for number in numbers:
            first_row = self.first_rows.setdefault(number.e164, row)
            if first_row != row:
                problems.append(Reason("duplicate", {"number": number.e164, "first_row": first_row}))
        if len(fresh) > NUMBERS_PER_ROW:
            problems.append(Reason("too_many_numbers", {"limit": NUMBERS_PER_ROW}))
            for number in fresh[NUMBERS_PER_ROW:]:
                del self.first_rows[number.e164]
            fresh = fresh[:NUMBERS_PER_ROW]
        part.contacts.append(self._contact(row, cleaned, fresh, problems, shown))
        part.warnings += [Warned(row, problem, shown) for problem in problems]

    def _contact(
        self,
        row: int,
        cleaned: list[str],
        numbers: list[ImportedNumber],
        problems: list[Reason],
        shown: tuple[str, ...],
    ) -> ImportedContact:
        names: list[str] = []
        people: list[str] = []
        fields: dict[str, str] = {}
        zone: str | None = None
        stated = ""
        for column, role, key in self.others:
            value = cleaned[column]
            if fault := self._fault(row, column, value):
                problems.append(fault)
                continue
            if not value:
                continue
            if role is ColumnRole.NAME:
                names.append(value)
            elif role is ColumnRole.PERSON:
                people.append(value)
            else:
                fields[key] = value if len(value) <= FIELD_LENGTH else self._cut(value, FIELD_LENGTH, key, problems)
            if role is ColumnRole.TIME_ZONE:
                zone, stated = zone_of_text(value), value[:60]
                if zone is None:
                    problems.append(Reason("unknown_time_zone", {"value": stated}))
        person = self._name(people, ColumnRole.PERSON, problems)
        name = self._name(names, ColumnRole.NAME, problems) or person
        if person:
            numbers = [
                number if number.person_name else ImportedNumber(number.e164, person, number.note) for number in numbers
            ]
        name = name or next((number.person_name for number in numbers if number.person_name), "")
        by_number = next((found for number in numbers if (found := self.plain.zone_of(number.e164))), None)
        if zone is None:
            zone = by_number or self.default_time_zone
        elif by_number is not None and not same_time(zone, by_number):
            problems.append(Reason("zone_differs", {"value": stated, "zone": by_number}))
        return ImportedContact(row, name, fields, numbers, zone, shown)

    def _numbers(self, row: int, cleaned: list[str], problems: list[Reason]) -> list[ImportedNumber]:
        """The row's good numbers, each once; the bad ones go to `problems`."""
        found: dict[str, ImportedNumber] = {}
        for column in self.phones:
            text = cleaned[column]
            if fault := self._fault(row, column, text):
                problems.append(fault)
                continue
            if not text:
                continue
            cell = self._parse(text)
            problems += cell.problems
            for number in cell.numbers:
                known = found.get(number.e164)
                if known is None:
                    found[number.e164] = number
                elif number.person_name and not known.person_name:
                    found[number.e164] = ImportedNumber(number.e164, number.person_name, known.note or number.note)
        return list(found.values())

    def _parse(self, text: str) -> NumberCell:
        if (plain := self.plain.e164(text)) is not None:
            return NumberCell((ImportedNumber(plain),))
        cell = self.parsed.get(text)
        if cell is None:
            cell = parse_cell(text, self.rules)
            if len(self.parsed) >= _CELLS_REMEMBERED:
                self.parsed.clear()
            self.parsed[text] = cell
        return cell

    def _fault(self, row: int, column: int, text: str) -> Reason | None:
        value = self.table.faults.get((row, column)) if self.table.faults else None
        if value is None and not (text[:1] in ("#", "E") and is_error_value(text)):
            return None
        cell = f"{self.table.columns[column].letters}{row}"
        if value == NO_VALUE:
            return Reason("formula_without_value", {"cell": cell})
        return Reason("cell_error", {"cell": cell, "value": value or text})

    def _as_uploaded(self, row: int, cells: Sequence[str | None]) -> tuple[str, ...]:
        faults = self.table.faults
        if not faults:
            return tuple([cell or "" for cell in cells])
        return tuple(
            cell or (faults.get((row, n), "").replace(NO_VALUE, "") if faults else "") for n, cell in enumerate(cells)
        )

    def _name(self, parts: list[str], role: ColumnRole, problems: list[Reason]) -> str:
        text = " ".join(" ".join(parts).split())
        return text if len(text) <= NAME_LENGTH else self._cut(text, NAME_LENGTH, self._heading(role), problems)

    def _heading(self, role: ColumnRole) -> str:
        return next((self.table.columns[one.column].key for one in self.mapping if one.role is role), "")

    @staticmethod
    def _cut(value: str, limit: int, column: str, problems: list[Reason]) -> str:
        if len(value) <= limit:
            return value
        problems.append(Reason("cut", {"column": column, "limit": limit}))
        return value[:limit].rstrip()
