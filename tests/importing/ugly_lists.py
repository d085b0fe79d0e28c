"""Forty and more ugly lists, each with the report it must have beside it.

`python -m tests.importing.ugly_lists FOLDER` writes them there, `NAME` and `NAME.expected.json`.
"""

import io
import json
import sys
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from tests.importing import list_files
from tests.importing.list_files import delimited, ods, ods_package, package, xlsx, xlsx_of_xml, xlsx_sheets

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD = ("Имя", "Телефон", "Город")
A, B, C = "+79211234501", "+79211234502", "+79211234503"
ROW_A, ROW_B, ROW_C = ("Анна", "8 921 123-45-01", "Омск"), ("Борис", "8 921 123-45-02", "Казань"), ("Вера", C, "Омск")
PLAIN = [HEAD, ROW_A, ROW_B, ROW_C]


@dataclass(frozen=True)
class Ugly:
    """A file and its report. What is not said is empty; `refused` is (code, params) of a file that cannot be used."""

    name: str
    data: bytes
    numbers: list[str] = field(default_factory=list)
    """Of all contacts, in the file's order."""
    rejected: dict[int, list[str]] = field(default_factory=dict)
    """Codes by the file's row."""
    warnings: dict[int, list[str]] = field(default_factory=dict)
    duplicates: dict[int, int] = field(default_factory=dict)
    """Row of the first one by row of the repeat."""
    empty: int = 0
    sheets: list[str] = field(default_factory=lambda: [""])
    sheet: str = ""
    fields: dict[int, dict[str, str]] = field(default_factory=dict)
    """Of rows whose values are of interest."""
    people: dict[str, str] = field(default_factory=dict)
    """Who answers, by number."""
    refused: tuple[str, dict[str, Any]] | None = None

    def expected(self) -> dict[str, Any]:
        if self.refused:
            return {"refused": list(self.refused)}
        return {
            "sheets": self.sheets, "sheet": self.sheet, "numbers": self.numbers, "rejected": self.rejected,
            "warnings": self.warnings, "duplicates": self.duplicates, "empty": self.empty, "fields": self.fields,
            "people": self.people,
        }  # fmt: skip


def _book(make: Any) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    make(book, book.add_worksheet("Лист1"))
    book.close()
    return target.getvalue()


def _write(page: Any, rows: Any) -> None:
    for n, row in enumerate(rows):
        page.write_row(n, 0, row)


def _dates() -> bytes:
    def make(book: Any, page: Any) -> None:
        styles = [
            book.add_format({"num_format": f}) for f in ("dd.mm.yyyy", "mm/dd/yy", "d mmmm yyyy", "yyyy-mm-dd hh:mm")
        ]
        page.write_row(0, 0, ("Имя", "Телефон", "Дата", "Срок", "Визит", "Время", "Словами"))
        page.write_row(1, 0, ("Анна", A))
        for column, style in enumerate(styles[:3], 2):
            page.write_datetime(1, column, date(2026, 3, 9), style)
        page.write_datetime(1, 5, datetime(2026, 3, 9, 14, 30), styles[3])
        page.write_string(1, 6, "9 марта 2026")

    return _book(make)


def _merged() -> bytes:
    def make(book: Any, page: Any) -> None:
        page.merge_range(0, 0, 0, 2, "Клиенты за ноябрь")
        page.write_row(2, 0, HEAD)
        page.merge_range(3, 0, 4, 0, "Анна")
        page.write_string(3, 1, A)
        page.write_string(4, 1, B)
        page.write_string(3, 2, "Омск")
        page.write_string(4, 2, "Омск")

    return _book(make)


def _formulas() -> bytes:
    def make(book: Any, page: Any) -> None:
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, ("Анна", "", "Омск"))
        page.write_formula(1, 1, '="+7"&"9211234501"', None, A)
        page.write_row(2, 0, ("Борис", "", "Омск"))
        page.write_formula(2, 1, "=D9", None, "#REF!")
        page.write_formula(3, 0, "=1/0", None, "#DIV/0!")
        page.write_row(3, 1, (C, "Омск"))

    return _book(make)


def _hidden() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title, page.sheet_state = "Служебный", "hidden"
    for row in [HEAD, ("Лишний", "89219999999", "Омск")]:
        page.append(row)
    shown = book.create_sheet("Контакты")
    for row in PLAIN:
        shown.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _sealed_zip() -> bytes:
    data = bytearray(xlsx(PLAIN))
    # The flag "encrypted" of the first part, in its own header and in the directory.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40 * 2**20)
    return target.getvalue()


def _rows(*phones: Any) -> list[tuple[Any, ...]]:
    return [HEAD, *((f"К{n}", phone, "Омск") for n, phone in enumerate(phones, 2))]


def _all(name: str, data: bytes, **more: Any) -> Ugly:
    """A list whose three contacts come in whole."""
    return Ugly(name, data, numbers=[A, B, C], **more)


SHEET = {"sheets": ["Лист1"], "sheet": "Лист1"}


# ruff: noqa: E501 - a list and its report side by side


def ugly_lists(xls: bytes) -> list[Ugly]:
    """All of them; `xls` is the BIFF8 file that lies beside the tests: no program of ours writes that format."""
    text = delimited(PLAIN)
    return [
        # --- texts
        _all("utf-8.csv", text),
        _all("utf-8 with a mark, commas.csv", b"\xef\xbb\xbf" + delimited(PLAIN, separator=",")),
        _all("windows-1251.csv", delimited(PLAIN, "cp1251")),
        _all("dos.csv", delimited(PLAIN, "cp866")),
        _all("koi8.csv", delimited(PLAIN, "koi8-r")),
        _all("utf-16 with tabs.txt", delimited(PLAIN, "utf-16", "\t")),
        _all("separator named.csv", b"sep=|\r\n" + delimited(PLAIN, separator="|")),
        _all("old mac line ends.csv", text.replace(b"\r\n", b"\r")),
        _all("a zero byte.csv", text.replace(b";", b"\x00;", 1)),
        Ugly("line breaks in cells.csv", 'Имя;Телефон\r\n"Анна\r\nПетровна";"8 921 123-45-01\r\n8 921 123-45-02"\r\n'.encode(),
             numbers=[A, B]),
        Ugly("quotation mark left open.csv", 'Имя;Телефон\r\n"Анна;8 921 123-45-01\r\nБорис;8 921 123-45-02\r\n'.encode(),
             refused=("unclosed_quote", {"row": 2})),
        Ugly("rows of all lengths.csv", "Имя;Телефон;Город\r\nАнна;8 921 123-45-01\r\nБорис;8 921 123-45-02;Омск;лишнее;ещё\r\n;;\r\nВера\r\n".encode(),
             numbers=[A, B], rejected={5: ["no_number"]}, empty=1),
        # --- headings and rows
        _all("no headings.csv", delimited(PLAIN[1:])),
        _all("title and blank rows above.xlsx", xlsx([("База клиентов",), (None,), HEAD, *PLAIN[1:]]), **SHEET),
        Ugly("blank rows between.xlsx", xlsx([HEAD, ROW_A, (None,), (" ", "\u00a0"), ROW_B, (None,)]), numbers=[A, B], empty=2,
             **SHEET),
        Ugly("headings only.xlsx", xlsx([HEAD]), refused=("no_rows", {})),
        _all("two columns of one name.csv", delimited([("Имя", "Телефон", "Имя"), *PLAIN[1:]])),
        _all("wide apart.xlsx", xlsx([(None, None, *row) for row in PLAIN]), **SHEET),
        # --- workbooks
        _all("several sheets.xlsx", xlsx_sheets({"Пусто": [], "Список": PLAIN, "Прочее": [("x",)]}),
             sheets=["Пусто", "Список", "Прочее"], sheet="Список"),
        _all("hidden sheet first.xlsx", _hidden(), sheets=["Служебный", "Контакты"], sheet="Контакты"),
        Ugly("merged cells.xlsx", _merged(), numbers=[A, B], **SHEET),
        Ugly("formulas and errors.xlsx", _formulas(), numbers=[A, C], rejected={3: ["cell_error"]},
             warnings={4: ["cell_error"]}, **SHEET),
        Ugly("formulas never worked out.xlsx",
             xlsx_of_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>Телефон</t></is></c></row>'
                         '<row r="2"><c r="A2"><f>B2</f></c></row><row r="3"><c r="A3"><v>89211234501</v></c></row>'),
             numbers=[A], rejected={2: ["formula_without_value"]}, sheets=["S"], sheet="S"),
        Ugly("five styles of dates.xlsx", _dates(), numbers=[A], **SHEET,
             fields={2: {"Дата": "2026-03-09", "Срок": "2026-03-09", "Визит": "2026-03-09", "Время": "2026-03-09 14:30:00",
                         "Словами": "9 марта 2026"}}),
        _all("libreoffice.ods", ods(PLAIN), **SHEET),
        Ugly("excel 97.xls", xls, numbers=["+79217654321", "+79117654321"],
             rejected={7: ["cell_error"], 8: ["no_number"]}, sheets=["Пусто", "Контакты"], sheet="Контакты"),
        # --- numbers
        Ugly("numbers as floats.xlsx", xlsx(_rows(89211234501.0, 79211234502, 9.211234503e9)), numbers=[A, B, C], **SHEET),
        Ugly("powers of ten.csv", delimited(_rows("8,9211234501E+10", "8.92E+10", "7.9211234503e10")), numbers=[A, C],
             rejected={3: ["rounded"]}),
        Ugly("apostrophes before numbers.csv", delimited(_rows("'89211234501", "’8-921-123-45-02", "`+79211234503")),
             numbers=[A, B, C]),
        Ugly("blanks nobody sees.csv",
             delimited(_rows("8\u00a0921\u00a0123\u201145\u201101", "\u200e+7\u2009921\u2009123\u200945\u200902", "\ufeff+79211234503\u200b")),
             numbers=[A, B, C]),
        Ugly("arabic and full-width digits.csv", delimited(_rows("+٧٩٢١١٢٣٤٥٠١", "８９２１１２３４５０２", "۷۹۲۱۱۲۳۴۵۰۳")),
             numbers=[A, B, C]),
        Ugly("several numbers with people.csv",
             delimited(_rows("Анна 8 921 123-45-01, Борис 8 921 123-45-02", "8 921 123-45-03 доб. 12")), numbers=[A, B, C],
             people={A: "Анна", B: "Борис"}),
        Ugly("the same number in three spellings.csv", delimited(_rows("89211234501", "+7 (921) 123-45-01", "9211234501")),
             numbers=[A], duplicates={3: 2, 4: 2}),
        Ugly("nobody is rung there.csv", delimited(_rows("112", "8-809-123-45-67", "12345", "нет", "8921123450O", "+999 1234567")),
             rejected={2: ["short_number"], 3: ["premium"], 4: ["too_short"], 5: ["no_number"], 6: ["letters"],
                       7: ["unknown_country_code"]}),
        Ugly("good beside bad.csv", delimited(_rows("8 921 123-45-01, 12")), numbers=[A], warnings={2: ["too_short"]}),
        Ugly("clocks in doubt.csv",
             delimited([HEAD, ("Анна", A, "Атлантида"), ("Борис", "8 (343) 355-50-01", "Москва"), ROW_C,
                        *((f"К{n}", f"8921000000{n}", "МСК+4") for n in range(4))]),
             numbers=[A, "+73433555001", C, *(f"+7921000000{n}" for n in range(4))],
             warnings={2: ["unknown_time_zone"], 3: ["zone_differs"]}),
        Ugly("formulas as poison.csv", delimited([("Имя", "Телефон", "Заметка"), ('=HYPERLINK("http://x";"Анна")', A, "@SUM(1)")]),
             numbers=[A], fields={2: {"Заметка": "@SUM(1)"}}),
        Ugly("novels in cells.csv", delimited([("Имя", "Телефон", "Заметка"), ("А" * 300, A, "б" * 3000)]), numbers=[A],
             warnings={2: ["cut", "cut"]}, fields={2: {"Заметка": "б" * 2000}}),
        # --- what is no list
        Ugly("nothing.csv", b"", refused=("empty_file", {})),
        Ugly("blanks only.xlsx", xlsx([]), refused=("no_rows", {})),
        Ugly("really a pdf.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", refused=("unsupported_type", {"kind": "PDF"})),
        Ugly("really a web page.xls", b"<html><table><tr><td>1</td></tr></table></html>",
             refused=("unsupported_type", {"kind": "HTML"})),
        Ugly("really word.xlsx", package({"word/document.xml": "<w/>"}), refused=("unsupported_type", {"kind": "DOCX"})),
        _all("really a workbook.csv", xlsx(PLAIN), **SHEET),
        _all("really a text.xlsx", text),
        Ugly("password, new excel.xlsx", OLE + bytes(2000) + "EncryptedPackage".encode("utf-16-le"),
             refused=("password_protected", {})),
        Ugly("password, zip.xlsx", _sealed_zip(), refused=("password_protected", {})),
        Ugly("password, libreoffice.ods", ods_package("", manifest="<m:manifest><m:encryption-data/></m:manifest>"),
             refused=("password_protected", {})),
        Ugly("zip bomb.xlsx", _bomb(), refused=("unpacks_too_large", {"limit": 1536})),
        Ugly("cut off in the middle.xlsx", xlsx(PLAIN)[:900], refused=("damaged", {})),
        Ugly("two cells in far corners.xlsx",
             xlsx_of_xml('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
             refused=("too_many_rows", {"count": 1_048_576, "limit": 1_000_000})),
        Ugly("wider than wide.csv", (";".join("x" * 301) + "\n").encode(), refused=("too_many_columns", {"count": 301, "limit": 300})),
    ]  # fmt: skip


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    xls = (Path(list_files.__file__).parent / "files" / "contacts.xls").read_bytes()
    made = ugly_lists(xls)
    for one in made:
        (folder / one.name).write_bytes(one.data)
        (folder / f"{one.name}.expected.json").write_text(
            json.dumps(one.expected(), ensure_ascii=False, indent=1), encoding="utf-8"
        )
    print(f"{len(made)} lists in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
