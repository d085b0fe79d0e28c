"""Frames into a file, part by part: one writer for each format."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import polars as pl
import xlsxwriter

from .words import FileFormat

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
SHEET_ROWS = 1_048_575
"""Of an XLSX sheet, below its headings."""
LONGEST_CELL = 32_767
SHOWN = "%Y-%m-%d %H:%M:%S"


class Writer(Protocol):
    def add(self, frame: pl.DataFrame) -> None:
        """Rows with the headings of the first frame."""
        ...

    def close(self) -> None:
        """The file is complete after it."""
        ...


def writer(file_format: FileFormat, path: Path, zone: ZoneInfo) -> Writer:
    """`zone`: moments are shown by its clock; Parquet keeps them as moments."""
    match file_format:
        case FileFormat.CSV:
            return CsvWriter(path, zone)
        case FileFormat.XLSX:
            return XlsxWriter(path, zone)
        case FileFormat.PARQUET:
            return ParquetWriter(path)


def defused(value: str) -> str:
    """As a cell that no spreadsheet works out.

    >>> defused("=1+1"), defused("+78125550101"), defused("Anna")
    ("'=1+1", "'+78125550101", 'Anna')
    """
    return f"'{value}" if value.startswith(DANGEROUS) else value


class CsvWriter:
    """UTF-8 with a byte order mark, so that spreadsheets read Cyrillic; fields apart by commas (RFC 4180)."""

    def __init__(self, path: Path, zone: ZoneInfo):
        self._file, self._zone, self._first = path.open("wb"), zone, True
        self._file.write(b"\xef\xbb\xbf")

    def add(self, frame: pl.DataFrame) -> None:
        safe = frame.with_columns(
            pl.col(pl.String).map_elements(defused, return_dtype=pl.String),
            pl.col(pl.Datetime).dt.convert_time_zone(self._zone.key).dt.strftime(SHOWN),
        ).rename(defused)
        safe.write_csv(self._file, include_header=self._first)
        self._first = False

    def close(self) -> None:
        self._file.close()


class XlsxWriter:
    """Written to disk as the rows come; what one sheet cannot hold goes on in the next."""

    def __init__(self, path: Path, zone: ZoneInfo):
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._bold = self._book.add_format({"bold": True})
        self._money = self._book.add_format({"num_format": "0.00"})
        self._text = self._book.add_format({"num_format": "@"})
        self._zone, self._sheet, self._line = zone, None, SHEET_ROWS

    def add(self, frame: pl.DataFrame) -> None:
        if self._sheet is None:
            self._next_sheet(frame.columns)
        for row in frame.iter_rows():
            if self._line >= SHEET_ROWS:
                self._next_sheet(frame.columns)
            self._line += 1
            for column, value in enumerate(row):
                self._cell(column, value)

    def _next_sheet(self, headings: list[str]) -> None:
        self._sheet, self._line = self._book.add_worksheet(), 0
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(len(headings) - 1, 0), 18)
        for column, heading in enumerate(headings):
            self._sheet.write_string(0, column, heading[:LONGEST_CELL], self._bold)

    def _cell(self, column: int, value: Any) -> None:
        sheet = self._sheet
        assert sheet is not None
        match value:
            case None | "":
                return
            case str():
                sheet.write_string(self._line, column, value[:LONGEST_CELL], self._text)
            case datetime():
                sheet.write_string(self._line, column, value.astimezone(self._zone).strftime(SHOWN), self._text)
            case int():
                sheet.write_number(self._line, column, value)
            case _:
                # A decimal: the format's own cells are doubles, which hold two places of any sum here exactly enough.
                sheet.write_number(self._line, column, value, self._money)

    def close(self) -> None:
        if self._sheet is None:
            self._book.add_worksheet()
        self._book.close()


class ParquetWriter:
    """Each part is a file beside, put together at the end without having them all in memory."""

    def __init__(self, path: Path):
        self._path, self._parts, self._count = path, TemporaryDirectory(dir=path.parent), 0

    def add(self, frame: pl.DataFrame) -> None:
        frame.write_parquet(Path(self._parts.name) / f"{self._count:06}.parquet")
        self._count += 1

    def close(self) -> None:
        try:
            if self._count:
                pl.scan_parquet(Path(self._parts.name) / "*.parquet").sink_parquet(self._path)
        finally:
            self._parts.cleanup()
