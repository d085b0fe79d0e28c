"""What is accepted as a list, and how everything else is refused."""

import contextlib
import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exchange_domain.importing import Limits, UnreadableList, open_workbook
from exchange_domain.importing.cell_text import cell_address
from exchange_domain.importing.excel_cells import read_cells
from exchange_domain.importing.spreadsheet_xml import feed
from exchange_domain.importing.xlsx_scan import _reader, _scan_sheet, _SheetScan
from tests.importing import list_files

ROWS = [("Имя", "Телефон"), ("Иван", "89211234567")]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(data: bytes, limits: Limits | None = None) -> UnreadableList:
    with pytest.raises(UnreadableList) as caught:
        workbook = open_workbook(data, "list.xlsx", limits or Limits())
        workbook.grid()
    # Every refusal can be told in both languages.
    assert caught.value.text("ru") and caught.value.text("en")
    return caught.value


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("xlsx", list_files.xlsx(ROWS)),
        ("ods", list_files.ods(ROWS)),
        ("csv", list_files.delimited(ROWS)),
        ("csv", list_files.delimited(ROWS, "cp1251", "\t")),
        ("csv", list_files.delimited(ROWS, "utf-16")),
        ("csv", "Имя,Телефон\nBM Group,89211234567".encode()),
        ("csv", b"BM Group,89211234567"),
    ],
)
def test_type_is_judged_by_content(kind: str, data: bytes):
    workbook = open_workbook(data, "misnamed.pdf")
    assert workbook.kind == kind
    assert [cell for row in workbook.grid().frame.rows() for cell in row if cell][-1] == "89211234567"


@pytest.mark.parametrize("data", [b"", b"   \r\n\n", b"\xef\xbb\xbf", b"\x00" * 50])
def test_empty_file(data: bytes):
    assert refusal(data).code == "empty_file"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("PDF", b"%PDF-1.7\n%\xe2\xe3"),
        ("PNG", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(20)),
        ("RTF", b"{\\rtf1\\ansi hello}"),
        ("HTML", b"<html><table><tr><td>8921</td></tr></table></html>"),
        ("XML", b'<?xml version="1.0"?><Workbook/>'),
        ("vCard", b"BEGIN:VCARD\r\nTEL:+79211234567\r\nEND:VCARD"),
        ("EXE", b"MZ\x90\x00\x03\x00" + bytes(300)),
        ("?", bytes(range(256)) * 8),
        ("DOCX", list_files.package({"word/document.xml": "<w/>"})),
        ("ZIP", list_files.package({"a.txt": "hello"})),
        ("ODT", list_files.package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"})),
        ("XLSB", list_files.package({"xl/workbook.bin": "x"})),
        ("DOC", OLE + bytes(2000) + "WordDocument".encode("utf-16-le")),
    ],
)
def test_unsupported_type(kind: str, data: bytes):
    error = refusal(data)
    assert (error.code, error.params) == ("unsupported_type", {"kind": kind})


def test_password_protected():
    assert refusal(OLE + bytes(2000) + "EncryptedPackage".encode("utf-16-le")).code == "password_protected"
    sealed = list_files.ods_package("", manifest="<m:manifest><m:encryption-data/></m:manifest>")
    assert refusal(sealed).code == "password_protected"


def test_protected_xls_is_told_by_its_filepass_record(xls: bytes):
    position = xls.index(b"\x42\x00\x02\x00")  # CODEPAGE, the same place and length class as FILEPASS
    assert refusal(xls[:position] + b"\x2f\x00\x02\x00" + xls[position + 4 :]).code == "password_protected"


@pytest.mark.parametrize("size", [30, 200, 700])
def test_damaged_xlsx(size: int):
    assert refusal(list_files.xlsx(ROWS)[:size]).code == "damaged"


def test_damaged_parts():
    assert refusal(list_files.xlsx_of_xml("<row><c></row>")).code == "damaged"
    assert refusal(list_files.ods_package("<table:table>")).code == "damaged"
    assert refusal(OLE + bytes(100)).code == "damaged"
    assert refusal(list_files.package({"[Content_Types].xml": "<a/>"})).code == "damaged"


@pytest.mark.parametrize("cut", [600, 1500, 3000, 5000])
def test_damaged_xls(xls: bytes, cut: int):
    assert refusal(xls[:cut]).code in ("damaged", "unsupported_type")


def test_flipped_bytes_never_escape_as_another_error(xls: bytes):
    for position in range(512, len(xls), 37):
        broken = bytearray(xls)
        broken[position] ^= 0xFF
        with contextlib.suppress(UnreadableList):
            open_workbook(bytes(broken), "x.xls")


def test_a_forged_file_that_aborts_its_reader_is_only_damaged(xls: bytes):
    # One byte in the table of sectors: the native reader then asks for all memory there is, and aborts.
    forged = bytearray(xls)
    forged[2103] ^= 0xFF
    with pytest.raises(UnreadableList) as caught:
        read_cells(bytes(forged), 1)
    assert caught.value.code == "damaged"


def test_too_large():
    error = refusal(b"1" * (2**20 + 1), Limits(file_bytes=2**20))
    assert (error.code, error.params) == ("too_large", {"size": 2, "limit": 1})


def test_zip_bomb_is_refused_by_its_directory():
    bomb = list_files.package({"xl/workbook.xml": "<a/>", "xl/media": b"0" * 40 * 2**20})
    assert len(bomb) < 100_000
    assert refusal(bomb).code == "unpacks_too_large"
    many = list_files.package({f"part{n}": b"0" * 2**20 for n in range(20)})
    assert refusal(many, Limits(unpacked_bytes=16 * 2**20)).code == "unpacks_too_large"


def test_part_larger_than_it_declares_is_damaged():
    honest = list_files.ods(ROWS * 200)
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        size = archive.getinfo("content.xml").file_size
    lying = honest.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != honest
    assert refusal(lying).code == "damaged"


def test_two_far_corners_do_not_fill_the_memory():
    corners = list_files.xlsx_of_xml(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )
    assert refusal(corners).code == "too_many_rows"
    wide = list_files.xlsx_of_xml('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>')
    assert refusal(wide).code == "too_many_columns"
    repeated = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" '
    repeated += 'table:number-columns-repeated="250"><text:p>x</text:p></table:table-cell></table:table-row>'
    assert (
        refusal(list_files.ods_package(f'<table:table table:name="S">{repeated}</table:table>')).code
        == "too_many_cells"
    )


def test_formatted_blank_cells_are_not_in_use():
    data = list_files.xlsx_of_xml(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>89211234567</t></is></c><c r="XFD1" s="0"/></row>'
        '<row r="1048576"><c r="A1048576" s="0"></c></row>'
    )
    assert open_workbook(data, "x").grid().frame.shape == (1, 1)


def test_too_many_rows():
    rows = [("Телефон",)] + [(f"8921{n:07}",) for n in range(2_000)]
    for data in (list_files.delimited(rows), list_files.xlsx(rows), list_files.ods(rows)):
        assert refusal(data, Limits(rows=500)).code == "too_many_rows"


def test_entities_are_refused():
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbb">]><a>&b;</a>'
    data = list_files.package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": bomb})
    assert refusal(data).code == "damaged"


def test_no_rows():
    assert refusal(list_files.xlsx([])).code == "no_rows"
    assert refusal(list_files.ods([(None, None)])).code == "no_rows"


def test_sheets_are_listed_and_the_first_filled_one_is_the_default():
    data = list_files.xlsx_sheets({"Пусто": [], "Один": ROWS, "Два": [("x",)]})
    workbook = open_workbook(data, "x")
    assert workbook.sheets == ("Пусто", "Один", "Два")
    assert workbook.default_sheet == "Один"
    assert workbook.grid("Два").frame.rows() == [("x",)]
    with pytest.raises(UnreadableList) as caught:
        workbook.grid("Три")
    assert (caught.value.code, caught.value.params) == ("no_such_sheet", {"sheet": "Три"})


def test_a_hidden_sheet_is_not_the_default():
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.append(["Справочник"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Контакты").append(["Иван", "89211234567"])
    target = io.BytesIO()
    book.save(target)
    workbook = open_workbook(target.getvalue(), "x")
    assert workbook.sheets == ("Sheet", "Контакты")
    assert workbook.default_sheet == "Контакты"


def test_file_of_another_writer_is_read():
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["B2"], page["C2"], page["C3"] = "Имя", "Телефон", 89211234567
    target = io.BytesIO()
    book.save(target)
    grid = open_workbook(target.getvalue(), "x").grid()
    assert grid.first_column == 1
    assert grid.frame.rows() == [(None, None), ("Имя", "Телефон"), (None, "89211234567")]


CELLS = st.sampled_from([
    '<c r="{}"><v>1</v></c>', '<c r="{}" t="s"><v>0</v></c>', '<c r="{}" t="inlineStr"><is><t>x</t></is></c>',
    '<c r="{}" s="3"/>', '<c r="{}" t="e"><v>#N/A</v></c>',
    '<c r="{}"><f>A1</f></c>', '<c r="{}"><f>A1</f><v>2</v></c>',
    '<c r="{}" t="str"><f>A1</f><v></v></c>', '<c r="{}"><v/></c>', "<c r='{}'><v>1</v></c>", "<c><v>1</v></c>",
    '<c r="{}"><v><!-- --></v></c>',
])  # fmt: skip


@st.composite
def sheet_rows(draw: st.DrawFn) -> str:
    rows, number = "", 0
    for _ in range(draw(st.integers(0, 6))):
        number += draw(st.integers(1, 3))
        columns = sorted(draw(st.sets(st.integers(0, 30), max_size=5)))
        cells = "".join(draw(CELLS).format(cell_address(number, column)) for column in columns)
        head = draw(st.sampled_from([f'<row r="{number}">', f'<row r="{number}" spans="1:3" x14:dy="0.2">', "<row>"]))
        rows += f"{head}{cells}</row>" if cells else draw(st.sampled_from([f'<row r="{number}"/>', ""]))
    return rows


@given(sheet_rows(), st.booleans())
@example('<row r="1"><c r="A1"><v>1</v></c></row><row><c><v>1</v></c></row>', False)
@settings(max_examples=300, deadline=None)
def test_plain_rows_are_seen_as_by_the_xml_parser(rows: str, prefixed: bool):
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x14="x"'
    sheet = f"<worksheet {space}><sheetData>{rows}</sheetData></worksheet>".encode()
    if prefixed:
        sheet = re.sub(rb"<(/?)(?=[a-z])", rb"<\1p:", sheet).replace(b"xmlns=", b"xmlns:p=")
    whole = _SheetScan()
    feed(_reader(whole), [sheet])
    with zipfile.ZipFile(io.BytesIO(list_files.package({"sheet.xml": sheet}))) as package:
        assert _scan_sheet(package, "sheet.xml") == whole.used
