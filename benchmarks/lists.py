"""The list that is imported: six columns as a small business has them, always the same."""

import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import xlsxwriter

HEADINGS = ("Компания", "Контактное лицо", "Телефон", "Город", "Сумма заказа", "Комментарий")
CITIES = ("Москва", "Казань", "Самара", "Омск", "Пермь", "Уфа", "Томск")


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """Numbers in four spellings, each once."""
    chance = random.Random(1)
    for n in range(count):
        digits = f"{9_000_000_000 + n * 499}"
        phone = (
            f"+7{digits}", f"8 ({digits[:3]}) {digits[3:6]}-{digits[6:8]}-{digits[8:]}", f"8{digits}", digits,
        )[n % 4]  # fmt: skip
        comment = "звонить после обеда" if n % 3 else ""
        yield (
            f"ООО «Ромашка {n}»", f"Иван Петров {n % 1000}", phone, chance.choice(CITIES),
            str(chance.randint(100, 99_999)), comment,
        )  # fmt: skip


def write(folder: Path, count: int) -> tuple[Path, Path]:
    """The same list as CSV and as XLSX."""
    delimited, book = folder / "list.csv", folder / "list.xlsx"
    frame = pl.DataFrame(list(rows(count)), schema=list(HEADINGS), orient="row")
    frame.write_csv(delimited, separator=";")
    with xlsxwriter.Workbook(str(book), {"constant_memory": True}) as written:
        page = written.add_worksheet("Клиенты")
        page.write_row(0, 0, HEADINGS)
        for line, row in enumerate(frame.iter_rows(), 1):
            for column, cell in enumerate(row):
                if cell:
                    page.write_string(line, column, cell)
    return delimited, book
