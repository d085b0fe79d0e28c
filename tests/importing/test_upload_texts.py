"""Encodings, separators, and what a person sees in a cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_domain.importing import UnreadableList, open_workbook, preview
from exchange_domain.importing.cell_text import cell_address, clean_text, is_error_value, western_digits
from exchange_domain.importing.delimited import separator_of
from exchange_domain.importing.encodings import decode
from tests.importing import list_files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866"])
@pytest.mark.parametrize(
    "text",
    [
        "Имя;Телефон\nИван;89211234567\n",
        "Иван\n",
        "Рога и копыта;8 921 123-45-67;Омск\n",
        "ФИО,ТЕЛЕФОН\nСИДОРОВ,89211234567\n",
        "Щёлково\tАлёна\t+7 921 123 45 67\n",
    ],
)
def test_russian_text_of_any_encoding(encoding: str, text: str):
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("text", ["ЖЭК №5;89211234567", "ООО «Щит»", "ЮЛЯ", "Эдя", "ф", "ЦУМ — Чита"])
def test_short_and_untypical_text_is_the_usual_encoding(text: str):
    assert decode(text.encode("cp1251")) == (text, "cp1251")


def test_utf_16_of_either_byte_order():
    text = "Имя;Телефон\n"
    assert decode(b"\xfe\xff" + text.encode("utf-16-be"))[0] == text
    assert decode(b"\xff\xfe" + text.encode("utf-16-le"))[0] == text


def test_western_text():
    assert decode("José;Müller;Zoë;+44 20 7946 0958\n".encode("cp1252"))[0].startswith("José;Müller;Zoë")


def test_a_broken_byte_does_not_turn_utf_8_into_another_encoding():
    data = ("Имя;Телефон\n" + "Иван Петрович;89211234567\n" * 10).encode()
    text, encoding = decode(data.replace("Иван".encode(), b"\xd0\x98\xd0", 1))
    assert encoding == "utf-8"
    assert "Петрович" in text


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "rows",
    [
        [("Имя", "Телефон"), ("Иван", "8 921 123-45-67")],
        [("Имя", "Телефон", "Заметка"), ("Иван", "8921, 8911", "да; нет"), ("Пётр", "8911", "a|b, c"), ("Ян", "1", "")],
        [("Имя", "Телефон"), ("ООО «Рога, копыта»; филиал", "8\n9")],
        [("a", "b")],
    ],
)
def test_separator(separator: str, rows: list[tuple[str, ...]]):
    data = list_files.delimited(rows, separator=separator)
    assert open_workbook(data, "x.csv").grid().frame.rows() == rows


def test_single_column_with_commas_in_some_cells_stays_one_column():
    text = "Телефон\n8 921 123-45-67\n8 911 123-45-67, 8 912 123-45-67\n8 913 123-45-67\n"
    assert separator_of(text) not in ",;|\t"


def test_separator_hint_is_no_row():
    grid = open_workbook("sep=|\r\nИмя|Телефон\r\nИ;в;ан|1,2\r\n".encode("cp1251"), "x.csv").grid()
    assert grid.frame.rows() == [("Имя", "Телефон"), ("И;в;ан", "1,2")]


def test_quoted_line_breaks_and_quotes_keep_row_numbers():
    data = 'Имя;Телефон\n"Иван\nПетров";8 921 123-45-67\n"ООО ""Рога""";8 911 123-45-67\n'.encode()
    rows = preview(open_workbook(data, "x.csv")).sample_rows
    assert rows == ((2, ("Иван\nПетров", "8 921 123-45-67")), (3, ('ООО "Рога"', "8 911 123-45-67")))


def test_unclosed_quote_is_told_with_its_row():
    data = 'Имя;Телефон\nИван;1\n"Пётр;2\nЯн;3\n'.encode()
    with pytest.raises(UnreadableList) as caught:
        open_workbook(data, "x.csv")
    assert (caught.value.code, caught.value.params) == ("unclosed_quote", {"row": 3})


def test_rows_of_unequal_length():
    grid = open_workbook("Список\n\nИмя;Телефон;Город\nИван;1\nПётр;2;Омск;лишнее\n".encode(), "x.csv").grid()
    assert grid.frame.rows()[-2:] == [("Иван", "1", None, None), ("Пётр", "2", "Омск", "лишнее")]


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("  Иван\u00a0 Петров ", "Иван Петров"),
        ("'89211234567", "89211234567"),
        ("’’8921", "8921"),
        ("89217654321.0", "89217654321"),
        ("2024-01-02 00:00:00", "2024-01-02"),
        ("2024-01-02T10:11:12", "2024-01-02 10:11:12"),
        ("1899-12-31 10:30:00", "10:30:00"),
        ("\u200e+7 921\u202c", "+7 921"),
        ("а\r\nб", "а\nб"),
        ("12.50", "12.50"),
        ("\x00\x01", ""),
    ],
)
def test_visible_text(raw: str, seen: str):
    assert clean_text(raw) == seen


@given(st.text())
def test_cleaning_twice_changes_nothing(raw: str):
    once = clean_text(raw)
    assert clean_text(once) == once


def test_digits_of_any_script():
    assert western_digits("٨٩٢١ १२३ ＋７–1") == "8921 123 +7-1"


@pytest.mark.parametrize("value", ["#REF!", "#Н/Д", "#ССЫЛКА!", "#DIV/0!", "Err:502"])
def test_error_values(value: str):
    assert is_error_value(value)
    assert not is_error_value(value + " в отчёте")


def test_cell_addresses():
    assert [cell_address(4, column) for column in (0, 25, 26, 701, 702)] == ["A4", "Z4", "AA4", "ZZ4", "AAA4"]
