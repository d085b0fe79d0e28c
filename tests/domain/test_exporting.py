"""Exported files: every row, numbers as text, no formulas, money exact, in each format; and long ones by mail."""

import asyncio
import csv
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import text

from exchange_domain import campaigns, database, export_files, exporting
from exchange_domain.export_writers import DANGEROUS, defused
from exchange_domain.tables import ExportFile, Mail
from exchange_domain.words import ExportKind, ExportState, FileFormat, MailState, Outcome
from job_worker import exports, post
from tests.app.conftest import world
from tests.app.customer.conftest import Shop, shop

__all__ = ["shop", "world"]
EVIL = '=HYPERLINK("http://evil.example","x")'


async def _campaign(shop: Shop) -> UUID:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    call = await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01", "katalog": True}, note=EVIL)
    await shop.contact("@SUM(A1)", "+78125550199", "+78125550198", Город="-1+1")
    return call


async def _made(shop: Shop, tmp_path: Path, kind: ExportKind, file_format: FileFormat, lang: str = "en") -> Path:
    path = tmp_path / f"file.{file_format.value}"
    await exporting.make(shop.campaign, kind, file_format, lang, path)
    return path


async def test_csv(shop: Shop, tmp_path: Path) -> None:
    call = await _campaign(shop)
    raw = (await _made(shop, tmp_path, ExportKind.RESULTS, FileFormat.CSV)).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    assert (row["Contact"], row["Number"], row["Result"]) == ("Ирина", "'+78125550101", "Success")
    assert row["Note"] == f"'{EVIL}" and row["Price, RUB"] == "81.00" and row["Talk, seconds"] == "60"
    assert (row["День"], row["Каталог"], row["Город"], row["Call id"]) == ("2026-12-01", "yes", "Казань", str(call))
    assert not any(cell.startswith(DANGEROUS) for cell in row.values())
    raw = (await _made(shop, tmp_path, ExportKind.CONTACTS, FileFormat.CSV, "ru")).read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(raw)))
    assert rows[0][0] != "Contact" and rows[2][:2] == ["'@SUM(A1)", "'+78125550199, +78125550198"]
    assert not any(cell.startswith(DANGEROUS) for line in rows for cell in line)


async def test_xlsx(shop: Shop, tmp_path: Path) -> None:
    await _campaign(shop)
    path = await _made(shop, tmp_path, ExportKind.RESULTS, FileFormat.XLSX)
    sheet = load_workbook(path).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    cells = dict(zip(headings, sheet[2], strict=True))
    assert (cells["Number"].value, cells["Number"].data_type) == ("+78125550101", "s")
    assert (cells["Note"].value, cells["Note"].data_type) == (EVIL, "s"), "a text, and no formula"
    assert (cells["Price, RUB"].value, cells["Price, RUB"].number_format) == (81, "0.00")
    assert fastexcel.read_excel(str(path)).load_sheet(0).to_polars().height == 1


async def test_parquet(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await _campaign(shop)
    for n in range(5):
        await shop.contact(f"Contact {n}", f"+7812555050{n}")
        await shop.call(Outcome.REFUSED)
    monkeypatch.setattr(exporting, "PART", 2)
    frame = pl.read_parquet(await _made(shop, tmp_path, ExportKind.RESULTS, FileFormat.PARQUET))
    assert frame.height == 6 and frame.schema["Number"] == pl.String
    assert frame.schema["Price, RUB"].is_decimal() and frame["Price, RUB"][0] == Decimal("81.00")
    assert frame.schema["Time"] == pl.Datetime("us", "UTC") and frame["Number"][0] == "+78125550101"
    assert os.listdir(tmp_path) == ["file.parquet"], "parts are gone"


@pytest.mark.parametrize("file_format", list(FileFormat))
async def test_nothing_yet(shop: Shop, tmp_path: Path, file_format: FileFormat) -> None:
    """A file with its headings, and no rows."""
    path = await _made(shop, tmp_path, ExportKind.RESULTS, file_format)
    match file_format:
        case FileFormat.CSV:
            assert len(path.read_text("utf-8-sig").strip().splitlines()) == 1
        case FileFormat.XLSX:
            assert [c.value for c in load_workbook(path).worksheets[0][1]][:2] == ["Time", "Contact"]
        case FileFormat.PARQUET:
            assert pl.read_parquet(path).height == 0


async def test_every_row_is_there_once(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PART", 3)
    for n in range(10):
        await shop.contact(f"Contact {n}", f"+7812555060{n}")
    path = await _made(shop, tmp_path, ExportKind.CONTACTS, FileFormat.CSV)
    names = [row["Contact"] for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))]
    assert names == [f"Contact {n}" for n in range(10)]


@given(st.text())
def test_no_cell_is_a_formula(value: str) -> None:
    shown = defused(value)
    assert not shown.startswith(DANGEROUS) and shown.removeprefix("'") in (value, value.removeprefix("'"))


async def _order(shop: Shop) -> UUID:
    async with database.session() as s:
        return await export_files.order(s, shop.campaign, shop.owner, ExportKind.RESULTS, FileFormat.CSV, "ru")


async def test_a_long_one_is_ordered_made_and_told_once(
    shop: Shop, tmp_path: Path, settings_env: Callable[..., None]
) -> None:
    await _campaign(shop)
    first, again = await _order(shop), await _order(shop)
    assert first == again
    await exports.make(first)
    await exports.make(first)
    async with database.session() as s:
        export = await s.get_one(ExportFile, first)
        mails = (await s.execute(text("select id, subject, body from mail"))).all()
    assert (export.state, export.rows) == (ExportState.READY, 1)
    assert export_files.path_of(export).stat().st_size > 100
    assert len(mails) == 1 and f"/customer/exports/{first}" in mails[0].body
    await post.send(mails[0].id)
    async with database.session() as s:
        assert (await s.get_one(Mail, mails[0].id)).state is MailState.KEPT, "there is no mail server"
        assert await export_files.forget(s, datetime.now(UTC) + timedelta(days=1)) == 1
    assert not await asyncio.to_thread(lambda: list(export_files.folder().iterdir()))


async def test_a_failure_is_the_end_only_at_the_last_try(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await _campaign(shop)
    export_id = await _order(shop)

    async def broken(*_: Any) -> int:
        raise RuntimeError("disk full")

    monkeypatch.setattr(exporting, "make", broken)
    for last, state in ((False, ExportState.WAITING), (True, ExportState.FAILED)):
        with pytest.raises(RuntimeError):
            await exports.make(export_id, last_try=last)
        async with database.session() as s:
            assert (await s.get_one(ExportFile, export_id, populate_existing=True)).state is state
