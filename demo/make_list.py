"""Makes the lists of the sample campaign: real XLSX files, always the same ones.

    python -m demo.make_list [DIR]

All names are invented. Numbers are of the form area + 555-01-NN, which is set aside for fiction in the United States;
the last two digits up to 19 are played by the simulated switch in a known way (switch_simulator/dialplan.toml).
"""

import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter

FOLDER = Path(__file__).parent / "furniture"
SCHOOL_FOLDER = Path(__file__).parent / "school"
CONTACTS, EARLIER = "contacts.xlsx", "earlier_contacts.xlsx"
SEED = 1907

HEADINGS = ("Компания", "Контактное лицо", "Обращение", "Телефон", "Второй телефон", "Город", "Чем занимаются",
            "Что нужно", "Язык")  # fmt: skip
WIDTHS = (30, 26, 20, 34, 20, 20, 24, 34, 10)

AREAS = {
    "Санкт-Петербург": "+7 812", "Москва": "+7 495", "Казань": "+7 843", "Екатеринбург": "+7 343",
    "Новосибирск": "+7 383", "Самара": "+7 846", "Ростов-на-Дону": "+7 863", "Нижний Новгород": "+7 831",
    "Краснодар": "+7 861", "Пермь": "+7 342", "Калининград": "+7 401",
    "New York": "+1 212", "Boston": "+1 617", "Chicago": "+1 312", "Philadelphia": "+1 215", "Washington": "+1 202",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One contact. `last` are the last two digits of its number, which say how a call to it goes."""

    last: str
    company: str
    person: str
    address: str
    city: str
    trade: str
    need: str

    @property
    def english(self) -> bool:
        return AREAS[self.city].startswith("+1")


def cast(folder: Path) -> list[Row]:
    """Who is in a list, in its order: a person who tries the demo soon meets each way a call can go."""
    lines = (folder / "cast.txt").read_text("utf-8").splitlines()
    return [Row(*(cell.strip() for cell in line.split("|"))) for line in lines if not line.startswith("#")]


SECOND = (("Павел, снабжение", "81"), ("Марина, приёмная", "82"), ("Олег Викторович", "83"), ("Front desk", "84"))
"""Who answers a contact's second number, for some of them."""


FIRST_NAMES = ("Анна", "Борис", "Вера", "Глеб", "Дина", "Егор", "Жанна", "Илья", "Кира", "Лев", "Майя", "Нина", "Олег",
               "Рита")  # fmt: skip
LAST_NAMES = ("Авдеенко", "Бойко", "Вальтер", "Гринь", "Дорош", "Живаго", "Заяц", "Коваль", "Лис", "Мороз", "Орлик",
              "Сорока")  # fmt: skip


def area_number(city: str, last: str) -> str:
    """A number as people write it: "+7 812 555-01-20"."""
    area = AREAS[city]
    return f"{area} 555-01-{last}" if area.startswith("+7") else f"{area} 555 01{last}"


def contacts() -> Iterator[tuple[str, ...]]:
    """The list of the campaign, 60 rows."""
    taken: set[str] = set()
    spare = random.Random(SEED)
    for place, row in enumerate(cast(FOLDER)):
        number = _free(row.city, row.last, taken, spare)
        second = ""
        if row.company and place % 5 == 1:
            who, digits = SECOND[3] if row.english else SECOND[place % 3]
            other = _free(row.city, digits, taken, spare)
            if place % 2:
                number = f"{number} {row.address}; {other} {who}"
            else:
                second = f"{other} ({who})"
        yield _cells(row, number, second)


def earlier_contacts() -> Iterator[tuple[str, ...]]:
    """The list that was called in the days before: persons who had asked for a catalogue."""
    chance = random.Random(SEED + 1)
    needs = ("стол", "стулья", "шкаф", "кухня", "полки", "кровать", "стойка")
    cities = [city for city in AREAS if AREAS[city].startswith("+7")]
    taken: set[str] = set()
    names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
    for name in chance.sample(names, 48):
        last = f"{chance.randint(40, 99)}"
        row = Row(last, "", name, name.split()[0], chance.choice(cities), "частное лицо", chance.choice(needs))
        yield _cells(row, _free(row.city, last, taken, chance), "")


def school_contacts() -> Iterator[tuple[str, ...]]:
    """The other customer's list."""
    for row in cast(SCHOOL_FOLDER):
        yield _cells(row, area_number(row.city, row.last), "")


def _free(city: str, last: str, taken: set[str], chance: random.Random) -> str:
    """A number that no other contact has: with those last digits, or with others that no played number has."""
    number = area_number(city, last)
    played = int(last) < 20
    while number in taken:
        # One that answers stays one that answers; the others are spread over numbers that nothing is said of.
        number = area_number(city, f"{chance.choice((0, 11, 12, 5)) if played else chance.randint(85, 99):02}")
        played = False
    taken.add(number)
    return number


def _cells(row: Row, number: str, second: str) -> tuple[str, ...]:
    language = "English" if row.english else "русский"
    return (row.company, row.person, row.address, number, second, row.city, row.trade, row.need, language)


def write(file: Path, lines: Iterable[tuple[str, ...]]) -> None:
    """One sheet with headings, values as text; the same bytes for the same lines."""
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2026, 11, 1), "author": "Мебельная мастерская «Дубрава»"})
        sheet = book.add_worksheet("Контакты")
        bold = book.add_format({"bold": True, "bottom": 1})
        for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, heading, bold)
        for number, cells in enumerate(lines, 1):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(number, column, cell)
        sheet.freeze_panes(1, 0)


FILES = (
    ("furniture", CONTACTS, contacts),
    ("furniture", EARLIER, earlier_contacts),
    ("school", CONTACTS, school_contacts),
)


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else FOLDER.parent
    for folder, name, lines in FILES:
        (root / folder).mkdir(parents=True, exist_ok=True)
        write(root / folder / name, lines())
        print(f"written: {root / folder / name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
