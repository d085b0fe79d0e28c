"""Rows → contacts: each row ends in one place, whatever it holds."""

import io
import re

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange_domain.importing import (
    ColumnMapping,
    ColumnRole,
    ImportedNumber,
    ImportOptions,
    ImportResult,
    UnreadableList,
    open_workbook,
    preview,
    read_contacts,
    read_in_batches,
    remarks_file,
)
from tests.importing import list_files

OPTIONS = ImportOptions("RU", "+7-812", "Asia/Omsk")
ONE, TWO, THREE = "8 921 123-45-67", "8 911 765-43-21", "8 (812) 123-45-67"
MAPPING = (
    ColumnMapping(0, ColumnRole.NAME, "Имя"),
    ColumnMapping(1, ColumnRole.PHONE, "Телефон"),
    ColumnMapping(2, ColumnRole.FIELD, "Город"),
)


def read(
    data: bytes, mapping: tuple[ColumnMapping, ...] | None = None, options: ImportOptions = OPTIONS
) -> ImportResult:
    workbook = open_workbook(data, "x")
    if mapping is None:
        mapping = preview(workbook, rules=options.rules).proposed_mapping
    return read_contacts(workbook, None, mapping, options)


def read_rows(*rows: tuple[str | float | None, ...]) -> ImportResult:
    return read(list_files.delimited([("Имя", "Телефон", "Город"), *rows]), MAPPING)


def test_a_contact_has_what_its_row_says():
    result = read_rows((" Иван\u00a0 Петров", "8 921 123-45-67 Анна доб. 5", "Омск "))
    (contact,) = result.contacts
    assert (contact.row, contact.name, contact.fields) == (2, "Иван Петров", {"Город": "Омск"})
    assert contact.numbers == [ImportedNumber("+79211234567", "Анна", "доб. 5")]


def test_each_kind_of_row():
    result = read_rows(
        ("Иван", ONE, ""), ("", "", ""), ("Пётр", "12", "x"), ("Ян", "+7 921 1234567", ""), ("Яна", f"{TWO}, 12", ""),
        ("Никто", "", ""), ("Итого", None, None),
    )  # fmt: skip
    assert [contact.row for contact in result.contacts] == [2, 6]
    assert [(row.row, row.reason) for row in result.rejected] == [(4, "too_short"), (7, "no_number"), (8, "no_number")]
    assert [(row.row, row.first_row) for row in result.duplicates] == [(5, 2)]
    assert [(one.row, one.reason.code) for one in result.warnings] == [(6, "too_short")]
    assert (result.empty_rows, result.total_rows) == (1, 7)
    assert result.rejected[0].cells == ("Пётр", "12", "x")


def test_blank_rows_at_the_end_are_not_rows():
    assert read_rows(("Иван", ONE, ""), ("", "", ""), (" ", "\u00a0", "")).total_rows == 1


def test_a_known_number_beside_a_new_one_is_a_warning():
    result = read_rows(("Иван", ONE, ""), ("Пётр", f"{ONE}; {TWO}", ""))
    assert [[number.e164 for number in contact.numbers] for contact in result.contacts] == [
        ["+79211234567"],
        ["+79117654321"],
    ]
    (warning,) = result.warnings
    assert (warning.row, warning.reason.params) == (3, {"number": "+79211234567", "first_row": 2})


def test_several_number_columns_and_a_person():
    rows = [
        ("Компания", "Контактное лицо", "Телефон", "Телефон 2"),
        ("Ромашка", "Анна", ONE, f"{TWO} Олег"),
        ("Лютик", "", ONE, THREE),
    ]
    result = read(list_files.xlsx(rows))
    assert [contact.name for contact in result.contacts] == ["Ромашка", "Лютик"]
    assert [number.person_name for number in result.contacts[0].numbers] == ["Анна", "Олег"]


def test_names_in_parts_are_joined():
    rows = [("Фамилия", "Имя", "Отчество", "Телефон"), ("Петров", "Иван", "", ONE)]
    assert read(list_files.xlsx(rows)).contacts[0].name == "Петров Иван"


def test_a_contact_without_a_name_takes_its_persons():
    assert read(list_files.xlsx([("Телефон",), (f"{ONE} Иван",), (TWO,)])).contacts[0].name == "Иван"
    rows = [("Компания", "Контактное лицо", "Телефон"), ("", "Анна", ONE), ("Лютик", "", TWO)]
    assert [contact.name for contact in read(list_files.xlsx(rows)).contacts] == ["Анна", "Лютик"]


def test_time_zone_of_column_then_number_then_campaign():
    rows = [("Телефон", "Часовой пояс"), (ONE, "МСК+2"), (THREE, ""), (TWO, ""), ("8 912 123-45-67", "там")]
    result = read(list_files.xlsx(rows))
    assert [contact.time_zone for contact in result.contacts] == [
        "Asia/Yekaterinburg", "Europe/Moscow", "Asia/Omsk", "Asia/Omsk",
    ]  # fmt: skip
    assert [(one.row, one.reason.code) for one in result.warnings] == [(5, "unknown_time_zone")]
    assert result.contacts[0].fields == {"Часовой пояс": "МСК+2"}


def test_long_texts_are_cut_with_a_warning():
    result = read_rows(("И" * 300, ONE, "г" * 3000))
    (contact,) = result.contacts
    assert (len(contact.name), len(contact.fields["Город"])) == (200, 2000)
    assert {one.reason.params["column"] for one in result.warnings} == {"Имя", "Город"}


def test_too_many_numbers_in_a_row():
    many = "; ".join(f"8 921 123-45-{n:02}" for n in range(25))
    result = read_rows(("Иван", many, ""), ("Пётр", "8 921 123-45-24", ""))
    assert [len(contact.numbers) for contact in result.contacts] == [20, 1]
    assert [one.reason.code for one in result.warnings] == ["too_many_numbers"]


def test_formulas_errors_and_merged_cells():
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Имя", "Телефон", "Город"])
    page.append(["Ошибка", "#REF!", "Омск"])
    page["B2"].data_type = "e"
    page.append(["Без значения", "=B2", ""])
    page.append(["Город с ошибкой", ONE, "#N/A"])
    page["C4"].data_type = "e"
    page.append(["Объединены", TWO, ""])
    page.append(["", THREE, ""])
    page.merge_cells("A5:A6")
    target = io.BytesIO()
    book.save(target)
    result = read(target.getvalue(), MAPPING)
    assert [(row.row, row.reason, row.params["cell"]) for row in result.rejected] == [
        (2, "cell_error", "B2"), (3, "formula_without_value", "B3"),
    ]  # fmt: skip
    assert [(one.row, one.reason.params) for one in result.warnings] == [(4, {"cell": "C4", "value": "#N/A"})]
    assert [contact.name for contact in result.contacts] == ["Город с ошибкой", "Объединены", ""]
    assert result.contacts[0].fields == {}


def test_old_excel_file(xls: bytes):
    result = read(xls)
    assert [(contact.name, contact.fields) for contact in result.contacts] == [
        ("Иван", {"Дата": "2024-01-02", "Город": "Омск"}), ("Мария", {}),
    ]  # fmt: skip
    assert [(row.row, row.reason) for row in result.rejected] == [(7, "cell_error"), (8, "no_number")]
    assert result.rejected[0].params == {"cell": "C7", "value": "#REF!"}


def test_no_phone_column_is_told():
    with pytest.raises(UnreadableList) as caught:
        read(list_files.xlsx([("Имя", "Город"), ("Иван", "Омск")]))
    assert caught.value.code == "no_phone_column"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (ImportOptions("QQ"), "unknown_country"),
        (ImportOptions("RU", "город"), "bad_default_prefix"),
        (ImportOptions("RU", "", "Moscow"), "unknown_default_time_zone"),
    ],
)
def test_wrong_options_are_refused(options: ImportOptions, code: str):
    with pytest.raises(UnreadableList) as caught:
        read(list_files.delimited([("Имя", "Телефон", "Город"), ("Иван", ONE, "")]), MAPPING, options)
    assert caught.value.code == code


def test_batches_are_the_whole_in_parts():
    rows = [("Имя", "Телефон", "Город"), *[(f"Имя {n}", f"8921{n % 70:07}", "") for n in range(100)]]
    workbook = open_workbook(list_files.delimited(rows), "x")
    whole = read_contacts(workbook, None, MAPPING, OPTIONS)
    parts = list(read_in_batches(workbook, None, MAPPING, OPTIONS, batch=7))
    joined = parts[0]
    for part in parts[1:]:
        joined.extend(part)
    assert len(parts) == 15
    assert joined == whole


# Cells as lists have them, and some that nobody would write.
cells = st.one_of(
    st.sampled_from(
        ["", " ", ONE, TWO, THREE, "123-45-67", "12", "нет", "#REF!", "=1+1", "Иван", "89211234567.0", "8,92E+10",
         "МСК+2", f"{ONE}, {TWO}", f"Иван {ONE}", "доб. 5", "+1 650 253 0000", "2024-01-02", "'89217654321", "@x", "-5",
         '"', "a;b", "x\ny"]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=12),
)  # fmt: skip
tables = st.lists(st.tuples(cells, cells, cells), max_size=12)


@given(tables)
@settings(deadline=None)
def test_every_row_ends_in_exactly_one_place(rows: list[tuple[str, str, str]]):
    # A marked last row keeps blank ones before it from being the file's blank end.
    result = read_rows(*rows, ("конец", "8 999 999-99-99", ""))
    places = [
        *(contact.row for contact in result.contacts),
        *(row.row for row in result.rejected),
        *(row.row for row in result.duplicates),
    ]
    assert len(places) == len(set(places))
    assert len(places) + result.empty_rows == result.total_rows == len(rows) + 1
    blank = {row for row, values in enumerate(rows, 2) if not "".join(values).strip()}
    assert not blank & set(places)
    numbers = [number.e164 for contact in result.contacts for number in contact.numbers]
    assert len(numbers) == len(set(numbers))
    assert all(re.fullmatch(r"\+[1-9]\d{6,14}", number) for number in numbers)
    assert {one.row for one in result.warnings} <= {contact.row for contact in result.contacts}


@given(tables)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_table_in_every_format_gives_the_same(rows: list[tuple[str, str, str]]):
    table = [("Имя", "Телефон", "Город"), *rows, ("конец", "8 999 999-99-99", "")]
    results = [read(build(table), MAPPING) for build in (list_files.delimited, list_files.xlsx, list_files.ods)]
    for other in results[1:]:
        assert other.contacts == results[0].contacts
        assert [(row.row, row.reasons) for row in other.rejected] == [
            (row.row, row.reasons) for row in results[0].rejected
        ]
        assert [row.row for row in other.duplicates] == [row.row for row in results[0].duplicates]
        assert other.empty_rows == results[0].empty_rows


def file_of(result: ImportResult, language: str) -> bytes:
    return remarks_file(result.columns, result.remarks(), language)


def sheets_of(data: bytes) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {page.title: list(page.iter_rows(values_only=True)) for page in book.worksheets}


def test_file_of_rejected_rows():
    result = read_rows(
        ("=HYPERLINK(1)", "@SUM(1)", "+7"), ("Иван", ONE, "-1"), ("Пётр", f"{TWO}, 12", ""), ("Ян", ONE, "007"),
    )  # fmt: skip
    data = file_of(result, "ru")
    pages = sheets_of(data)
    assert list(pages) == ["Не загружено", "Замечания", "Повторы"]
    assert pages["Не загружено"] == [
        ("Имя", "Телефон", "Город", "Строка в файле", "Причина"),
        ("=HYPERLINK(1)", "@SUM(1)", "+7", 2, "буквы в номере «@SUM(1)»"),
    ]
    assert pages["Замечания"][1][3:] == (4, "номер «12» слишком короткий")
    assert pages["Повторы"][1] == ("Ян", ONE, "007", 5, "номер +79211234567 уже есть в строке 3")
    page = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.data_type for cell in page[2]] == ["s", "s", "s", "n", "s"]


def test_file_of_rejected_rows_in_english():
    pages = sheets_of(file_of(read_rows(("Иван", "12", "")), "en"))
    assert pages == {
        "Not imported": [
            ("Имя", "Телефон", "Город", "Row in the file", "Reason"),
            ("Иван", "12", None, 2, "number “12” is too short"),
        ]
    }


def test_corrected_file_can_be_uploaded_again():
    data = file_of(read_rows(("Иван", "8 921 123-45-6", "Омск"), ("Пётр", "12", "Омск")), "ru")
    seen = preview(open_workbook(data, "x"), rules=OPTIONS.rules)
    assert [one.role.value for one in seen.proposed_mapping] == ["name", "phone", "time_zone", "ignore", "ignore"]
    assert [one.reason for one in read(data).rejected] == ["not_valid", "too_short"]
