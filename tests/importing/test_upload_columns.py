"""Headings, columns and time zones: what is proposed for which list."""

import pytest

from exchange_domain.importing import ColumnMapping, ColumnRole, NumberRules, UnreadableList, open_workbook, preview
from exchange_domain.importing.headings import meaning_of
from exchange_domain.importing.mapping import check_mapping, unique_keys
from exchange_domain.importing.zones import is_zone, zone_of_number, zone_of_text
from tests.importing import list_files

PHONE = "8 921 123-45-6"


def proposed(rows: list_files.Rows) -> tuple[int | None, list[str], list[str]]:
    seen = preview(open_workbook(list_files.xlsx(rows), "x.xlsx"), rules=NumberRules("RU", "+7-812"))
    return (
        seen.header_row,
        [column.key for column in seen.columns],
        [one.role.value for one in seen.proposed_mapping],
    )


@pytest.mark.parametrize(
    ("headings", "roles"),
    [
        (("Имя", "Телефон"), ("name", "phone")),
        (("ФИО", "Моб. тел."), ("name", "phone")),
        (("Name", "Phone Number", "City"), ("name", "phone", "field")),
        (("Company", "Contact person", "Phone 1", "Phone 2"), ("name", "person", "phone", "phone")),
        (("Наименование организации", "Контактное лицо", "Телефон (раб.)"), ("name", "person", "phone")),
        (("Фамилия", "Имя", "Отчество", "Сотовый"), ("name", "name", "name", "phone")),
        (("First name", "Last name", "Company", "Mobile"), ("person", "person", "name", "phone")),
        (("Компания", "Имя", "Директор", "тел"), ("name", "person", "field", "phone")),
        (("ЛПР", "Контактный телефон"), ("name", "phone")),
        (("Firm", "Tel.", "Time zone", "Comment"), ("name", "phone", "time_zone", "field")),
        (("Клиент", "Номер", "Часовой пояс"), ("name", "phone", "time_zone")),
        (("№ п/п", "Название", "Телефоны", "Дата звонка"), ("ignore", "name", "phone", "field")),
        (("Телефон", "Комментарий", "Имя"), ("phone", "field", "name")),
        (("Имя", "Контакт"), ("name", "phone")),
    ],
)
def test_headings(headings: tuple[str, ...], roles: tuple[str, ...]):
    samples = {
        "name": "Иван",
        "person": "Пётр",
        "phone": PHONE,
        "time_zone": "МСК+2",
        "field": "разное 7",
        "ignore": "1",
    }
    rows = [headings, *([f"{samples[role]}{n}" for role in roles] for n in range(4))]
    assert proposed(rows) == (1, list(headings), list(roles))


@pytest.mark.parametrize(
    "heading", ["ID телефона", "Дата номера", "Phone type", "Комментарий к телефону", "Email", "Доход"]
)
def test_headings_that_are_no_numbers(heading: str):
    assert meaning_of(heading) not in ("phone", "perhaps_phone")


def test_a_number_column_is_found_by_its_values():
    rows = [("Заголовок", "Ещё"), ("Иван", "89211234567"), ("Пётр", "8 911 123-45-67"), ("Ян", "-")]
    assert proposed(rows)[2] == ["name", "phone"]


def test_a_column_of_other_digits_is_no_number_column():
    rows = [("Имя", "ИНН", "Сумма", "Телефон"), *[("Иван", f"78012345{n}6", f"{n}00", f"{PHONE}{n}") for n in range(5)]]
    assert proposed(rows)[2] == ["name", "field", "field", "phone"]


def test_header_below_titles_and_blank_rows():
    titles = [("Список контактов",), (), ("Выгрузка за ноябрь", None, None)]
    rows = [*titles, ("Имя", "Город", "Телефон"), ("Иван", "Омск", PHONE + "7")]
    assert proposed(rows)[0] == 4


def test_no_header():
    header, keys, roles = proposed([("Иван", "89211234567", "да"), ("Пётр", "89111234567", "нет")])
    assert header is None
    assert keys == ["A", "B", "C"]
    assert roles[:2] == ["name", "phone"]


def test_one_column_of_numbers():
    assert proposed([("89211234567",), ("89111234567",)]) == (None, ["A"], ["phone"])
    assert proposed([("Телефон",), ("89111234567",)]) == (1, ["Телефон"], ["phone"])


def test_letters_are_those_of_the_sheet():
    seen = preview(open_workbook(list_files.xlsx([(), (None, None, "Иван", 89211234567)]), "x.xlsx"))
    assert [column.letters for column in seen.columns] == ["C", "D"]
    assert seen.sample_rows == ((2, ("Иван", "89211234567")),)


def test_known_cities_give_the_time_zone():
    rows = [("Имя", "Город", "Телефон"), ("Иван", "г. Омск", PHONE + "1"), ("Пётр", "Казань", PHONE + "2")]
    assert proposed(rows)[2] == ["name", "time_zone", "phone"]
    rows += [(f"Ян {n}", f"Деревня {n}", PHONE + "3") for n in range(5)]
    assert proposed(rows)[2] == ["name", "field", "phone"]


def test_a_list_without_numbers_says_so():
    seen = preview(open_workbook(list_files.xlsx([("Имя", "Город"), ("Иван", "Омск")]), "x.xlsx"))
    assert not seen.has_numbers


def test_preview_shows_cleaned_rows_and_counts_all():
    rows = [("Имя", "Телефон"), *[(f" Иван\u00a0{n}", 89211234500 + n) for n in range(50)], (), ("Пётр", "1")]
    seen = preview(open_workbook(list_files.xlsx(rows), "x.xlsx"), limit=3)
    assert seen.sample_rows == tuple((n + 2, (f"Иван {n}", str(89211234500 + n))) for n in range(3))
    assert seen.row_count == 52


def test_keys_are_unique_and_fit_for_placeholders():
    headings = ["  Город \n (факт) ", "город (факт)", "", "{{Имя}}", "Имя", "х" * 100, "х" * 100]
    keys = unique_keys(headings, list("ABCDEFG"))
    assert keys[:5] == ["Город (факт)", "город (факт) 2", "C", "Имя", "Имя 2"]
    assert len({key.casefold() for key in keys}) == len(keys)
    assert all(len(key) <= 60 for key in keys)


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ([ColumnMapping(0, ColumnRole.NAME)], "no_phone_column"),
        ([ColumnMapping(5, ColumnRole.PHONE)], "no_such_column"),
        ([ColumnMapping(0, ColumnRole.PHONE), ColumnMapping(0, ColumnRole.NAME)], "no_such_column"),
        (
            [
                ColumnMapping(0, ColumnRole.PHONE),
                ColumnMapping(1, ColumnRole.FIELD, "А"),
                ColumnMapping(2, ColumnRole.FIELD, "а "),
            ],
            "repeated_key",
        ),
    ],
)
def test_a_wrong_mapping_is_refused(mapping: list[ColumnMapping], code: str):
    with pytest.raises(UnreadableList) as caught:
        check_mapping(mapping, 3)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Moscow", "Europe/Moscow"),
        ("asia/omsk", "Asia/Omsk"),
        ("America/New York", "America/New_York"),
        ("МСК", "Europe/Moscow"),
        ("мск +2", "Asia/Yekaterinburg"),
        ("MSK-1", "Europe/Kaliningrad"),
        ("МСК+9 ч", "Asia/Kamchatka"),
        ("UTC+5", "Etc/GMT-5"),
        ("UTC−03:00", "Etc/GMT+3"),
        ("+05:30", "Asia/Kolkata"),
        ("GMT", "UTC"),
        ("г. Омск", "Asia/Omsk"),
        ("Екатеринбург (МСК+2)", "Asia/Yekaterinburg"),
        ("Орёл", "Europe/Moscow"),
        ("London", "Europe/London"),
        ("Лос-Анджелес", "America/Los_Angeles"),
        ("МСК+30", None),
        ("UTC+20", None),
        ("5", None),
        ("деревня", None),
        ("", None),
    ],
)
def test_zones_as_people_write_them(text: str, zone: str | None):
    assert zone_of_text(text) == zone
    assert zone is None or is_zone(zone)


@pytest.mark.parametrize(
    ("e164", "zone"),
    [
        ("+78121234567", "Europe/Moscow"),
        ("+73432123456", "Asia/Yekaterinburg"),
        ("+79211234567", None),
        ("+442079460958", "Europe/London"),
        ("+12125550123", "America/New_York"),
    ],
)
def test_zones_by_number(e164: str, zone: str | None):
    assert zone_of_number(e164) == zone
