"""A list as customers send them: 200 rows of every kind, and exactly what must become of it."""

import io
from dataclasses import dataclass, field
from random import Random
from typing import Any

import xlsxwriter

COUNTRY = "RU"
DEFAULT_PREFIX = "+7-812"
"""The campaign's settings with which the expected report holds."""

_TITLE = "База клиентов на ноябрь"
_HEADINGS = ("№", "Компания", "Контактное лицо", "Телефон", "Доп. телефон", "Город", "Комментарий")
_FIRST_ROW = 4
_CITIES = ("Санкт-Петербург", "Омск", "г. Екатеринбург", "Казань", "Владивосток", "Самара")


@dataclass(frozen=True)
class ExpectedReport:
    """What the import of the list must say."""

    report: dict[str, int]
    """The report of the list_import row, when the campaign was empty."""
    rejected: dict[int, str]
    """Reason's code by the file's row."""
    duplicates: dict[int, int]
    """Row of the first one by row of the repeat."""
    warnings: dict[int, str]
    """Reason's code by the file's row."""
    empty: tuple[int, ...]


@dataclass
class _Line:
    kind: str
    phone: Any = None
    more: Any = None
    numbers: int = 0
    reason: str = ""
    repeats: int | None = None
    """Index of the line whose number it repeats."""
    formula: tuple[str, Any] | None = None
    """Formula in the telephone's cell and its stored value."""
    row: int = field(default=0)


def messy_xlsx() -> tuple[bytes, ExpectedReport]:
    """The file, and what must come out of it. The same at each call."""
    lines = _lines()
    return _file(lines), _expected(lines)


def _mobile(n: int) -> str:
    return f"{9_211_000_000 + n * 1_237}"


def _shown(digits: str, style: int) -> Any:
    """The ten digits as people write them, in eight ways; the last two are a number in the cell."""
    a, b, c, d = digits[:3], digits[3:6], digits[6:8], digits[8:]
    return (
        f"8 ({a}) {b}-{c}-{d}",
        f"+7 {a} {b} {c} {d}",
        f"8{digits}",
        f"7{digits}",
        f"\u00a0+7({a}){b}\u2013{c}\u2013{d} ",
        f"'8-{a}-{b}-{c}-{d}",
        float(f"8{digits}"),
        int(digits),
    )[style % 8]


def _lines() -> list[_Line]:
    lines = [_Line("good", _shown(_mobile(n), n), numbers=1) for n in range(150)]
    lines += [_Line("local", f"{310 + n}-{10 + n}-{20 + n}", numbers=1) for n in range(6)]
    for n in range(10):
        one, two = _shown(_mobile(500 + n), 0), _shown(_mobile(600 + n), 1)
        joined = (f"{one}, {two}", f"{one}; {two}", f"{one}\n{two}", f"Иван {one}; Мария {two}", f"{one} и {two}")[
            n % 5
        ]
        lines.append(_Line("two", joined, numbers=2))
    lines += [
        _Line("both columns", _shown(_mobile(700 + n), n), _shown(_mobile(750 + n), 0), numbers=2) for n in range(5)
    ]
    lines += [
        _Line("warning", _shown(_mobile(800 + n), n), bad, numbers=1, reason=reason)
        for n, (bad, reason) in enumerate(
            (
                ("8 921 12", "too_short"),
                ("уточнить", "not_a_number"),
                ("+7 921 123 45 67 89", "too_long"),
                ("112", "short_number"),
            )
        )
    ]
    lines += [
        _Line("bad", bad, reason=reason)
        for bad, reason in (
            ("8 921 12", "too_short"),
            ("+7 (921) 123-45-67-89", "too_long"),
            ("не знаю", "not_a_number"),
            ("8921123456O", "letters"),
            ("8 (000) 123-45-67", "not_valid"),
            ("8-809-123-45-67", "premium"),
            ("112", "short_number"),
            ("8,92112E+10", "rounded"),
            ("+999 123 45 67 89", "unknown_country_code"),
            ("-", "no_number"),
        )
    ]
    lines += [_Line("blank number", reason="no_number") for _ in range(2)]
    lines += [
        _Line("formula", formula=('="8921"&"7654321"', "89217654321"), numbers=1),
        _Line("broken formula", formula=("=#REF!", "#REF!"), reason="cell_error"),
    ]
    lines += [_Line("empty") for _ in range(3)]
    Random(7).shuffle(lines)
    good = [n for n, line in enumerate(lines) if line.kind == "good"]
    # Repeats follow what they repeat, each written in another way than the first time.
    for n in range(8):
        digits = "".join(sign for sign in str(lines[good[n]].phone).removesuffix(".0") if sign.isdigit())[-10:]
        lines.append(_Line("repeat", _shown(digits, n + 1), repeats=good[n]))
    for row, line in enumerate(lines, _FIRST_ROW):
        line.row = row
    assert len(lines) == 200
    return lines


def _file(lines: list[_Line]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.add_worksheet("Заметки")
    sheet = book.add_worksheet("Контакты")
    sheet.write_string(0, 0, _TITLE)
    for column, heading in enumerate(_HEADINGS):
        sheet.write_string(_FIRST_ROW - 2, column, heading)
    for count, line in enumerate(lines, 1):
        if line.kind == "empty":
            continue
        row = line.row - 1
        sheet.write_number(row, 0, count)
        sheet.write_string(row, 1, f"ООО «Ромашка {count}»")
        sheet.write_string(row, 2, f"Контакт {chr(ord('А') + count % 30)}.")
        if line.formula:
            formula, value = line.formula
            sheet.write_formula(row, 3, formula, None, value)
        for column, cell in ((3, line.phone), (4, line.more)):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell)
            elif cell is not None:
                sheet.write_number(row, column, cell)
        # A local number's area has a clock of its own.
        sheet.write_string(row, 5, _CITIES[0 if line.kind == "local" else count % len(_CITIES)])
        if count % 7 == 0:
            sheet.write_string(row, 6, '=HYPERLINK("http://example.com";"скидка")')
    book.close()
    return target.getvalue()


def _expected(lines: list[_Line]) -> ExpectedReport:
    taken = [line for line in lines if line.numbers]
    rejected = {line.row: line.reason for line in lines if line.reason and not line.numbers}
    warnings = {line.row: line.reason for line in lines if line.reason and line.numbers}
    duplicates = {line.row: lines[line.repeats].row for line in lines if line.repeats is not None}
    empty = tuple(line.row for line in lines if line.kind == "empty")
    report = {
        "added": len(taken),
        "extended": 0,
        "already_there": 0,
        "elsewhere": 0,
        "moved": 0,
        "numbers_added": sum(line.numbers for line in taken),
        "do_not_call": 0,
        "rejected": len(rejected),
        "duplicates": len(duplicates),
        "empty": len(empty),
        "warnings": len(warnings),
        "wrong_zone": 0,
        "total": len(lines),
    }
    return ExpectedReport(report, rejected, duplicates, warnings, empty)
