"""CSV and its relatives: finds the separator, reads records with quoted line breaks, keeps rows of any length."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import polars as pl

from exchange_domain.importing.encodings import decode
from exchange_domain.importing.limits import Limits
from exchange_domain.importing.reasons import UnreadableList

_SEPARATORS = ("\t", ";", "|", ",")
"""Equally good ones are taken in this order: commas also stand inside values."""
_NO_SEPARATOR = "\x1f"
_SAMPLE_RECORDS = 300
_SAMPLE_SIGNS = 200_000
_BATCH = 20_000
_LONGEST_CELL = 131_072
_END = "\x02end of list\x03"


def read_delimited(data: bytes, limits: Limits) -> pl.DataFrame:
    """All records as text columns "0", "1", …; record n of the file is row n.

    Raises UnreadableList: damaged, unclosed_quote, cell_too_long, too_many_rows, too_many_columns.
    """
    text, _ = decode(data)
    text = text.replace("\x00", "").removesuffix("\x1a")
    first, _, rest = text.partition("\n")
    if first.rstrip("\r").lower().startswith("sep=") and len(first.rstrip("\r")) <= 5:
        separator = first.rstrip("\r")[4:] or _NO_SEPARATOR
        # Spreadsheets obey this hint and do not show it, so it is no row.
        text = rest
    else:
        separator = separator_of(text)
    frames = list(_frames(text, separator, limits))
    if not frames:
        return pl.DataFrame()
    return pl.concat(frames, how="diagonal")


def separator_of(text: str) -> str:
    """The sign which cuts most records into several cells, and the most of them alike; else one that never occurs."""
    sample = text if len(text) <= _SAMPLE_SIGNS else text[:_SAMPLE_SIGNS].rpartition("\n")[0]
    best, best_score = _NO_SEPARATOR, (0.0, 1)
    for separator in _SEPARATORS:
        if separator not in sample:
            continue
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
        try:
            records = islice((record for record in reader if any(cell.strip() for cell in record)), _SAMPLE_RECORDS)
            widths = Counter(len(record) for record in records)
        except csv.Error:
            continue
        # A comma in some cells of a single column does not part it.
        if widths[1] * 2 >= widths.total():
            continue
        score = max((round(count / widths.total(), 2), width) for width, count in widths.items() if width > 1)
        if score > best_score:
            best, best_score = separator, score
    return best


def _frames(text: str, separator: str, limits: Limits) -> Iterator[pl.DataFrame]:
    csv.field_size_limit(_LONGEST_CELL)
    # The closing record tells whether a quotation mark has swallowed the rest of the file.
    source = io.StringIO(text if text.endswith(("\n", "\r")) else text + "\n", newline="")
    lines = iter(source.readline, "")
    reader = csv.reader(_with_end(lines), delimiter=separator)
    row = 0
    closed = False
    while not closed:
        batch: list[list[str]] = []
        try:
            for record in reader:
                if record == [_END]:
                    closed = True
                    break
                row += 1
                batch.append(record)
                if len(batch) >= _BATCH:
                    break
            else:
                raise UnreadableList("unclosed_quote", row=row)
        except csv.Error as error:
            raise UnreadableList("cell_too_long", row=row + 1, limit=_LONGEST_CELL) from error
        if row > limits.rows + 1_000:
            raise UnreadableList("too_many_rows", count=row, limit=limits.rows)
        if batch:
            yield _frame(batch, limits)


def _with_end(lines: Iterator[str]) -> Iterator[str]:
    yield from lines
    yield _END + "\n"


def _frame(batch: list[list[str]], limits: Limits) -> pl.DataFrame:
    width = max(1, max(map(len, batch)))
    if width > limits.columns:
        raise UnreadableList("too_many_columns", count=width, limit=limits.columns)
    columns = {str(n): [record[n] if n < len(record) else None for record in batch] for n in range(width)}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
