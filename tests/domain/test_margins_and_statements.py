"""What campaigns earn and what an operator has earned: the ledger's own sums, in tables and files."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import polars as pl
from starlette.applications import Starlette

from exchange_app import operator as operator_pages
from exchange_domain import campaigns, costs, database, disputes, earnings, ledger, margins, operator_statement
from exchange_domain.calls import totals
from exchange_domain.words import FileFormat, Outcome
from tests.app.conftest import ORIGIN, world
from tests.app.customer.conftest import Shop, as_account, shop

__all__ = ["shop", "world"]
NOW = datetime.now(UTC)


async def _worked(shop: Shop) -> None:
    """Two calls, one of them contested and half given back; a carrier is owed for one."""
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    first = await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})
    await shop.contact("Второй", "+78125550777")
    await shop.call(Outcome.REFUSED)
    async with database.session() as s:
        await costs.book(s, first, per_minute=90, billed_s=60, currency="RUB", call_id=first)
        contested = await disputes.contest(s, first, shop.customer, shop.owner, "не тот", NOW)
        await disputes.decide(s, contested.id or 0, None, refund=True, operator_keeps=True, at=NOW)


async def test_a_campaigns_margin_is_what_the_ledger_says(shop: Shop) -> None:
    await _worked(shop)
    async with database.session() as s:
        found = await margins.by_campaign(s, NOW - timedelta(days=1), NOW + timedelta(days=2))
        spent = -sum(x.amount for x in await ledger.statement(s, shop.customer) if x.kind not in ("bonus", "deposit"))
        pay = (await ledger.earnings(s, shop.operator)).held
        tally = sum(t.charge for t in await totals(s, shop.campaign))
    (row,) = found.to_dicts()
    assert row == {
        "customer": "Мастерская", "campaign": "Замер", "currency": "RUB", "calls": 2, "charged": spent,
        "operators": pay, "telephony": 90, "contested": 0, "margin": spent - pay - 90,
    }  # fmt: skip
    assert tally == spent, "what the page of results says was spent is without what was given back"
    assert found.schema["margin"] == pl.Int64


async def test_nothing_before_and_nothing_after(shop: Shop) -> None:
    await _worked(shop)
    async with database.session() as s:
        assert (await margins.by_campaign(s, NOW - timedelta(days=9), NOW - timedelta(days=8))).is_empty()


async def test_money_of_an_open_dispute_is_no_margin(shop: Shop) -> None:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    call = await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})
    async with database.session() as s:
        before = (await margins.by_campaign(s, NOW - timedelta(days=1), NOW + timedelta(days=2))).to_dicts()[0]
        await disputes.contest(s, call, shop.customer, shop.owner, "не тот", NOW)
        after = (await margins.by_campaign(s, NOW - timedelta(days=1), NOW + timedelta(days=2))).to_dicts()[0]
    assert after["contested"] == after["charged"] == before["charged"]
    assert after["margin"] == after["charged"] - after["operators"] - after["contested"] < before["margin"]


async def test_an_operators_statement_adds_up(shop: Shop, tmp_path: Path) -> None:
    await _worked(shop)
    async with database.session() as s:
        await earnings.release_due(s, NOW + timedelta(days=30))
        has = await ledger.earnings(s, shop.operator)
    path = tmp_path / "s.csv"
    rows = await operator_statement.make(shop.operator, FileFormat.CSV, ZoneInfo("Europe/Moscow"), "en", path)
    lines = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert len(lines) == rows >= 5

    def total(column: str) -> Decimal:
        return sum((Decimal(line[column].removeprefix("'")) for line in lines), Decimal(0))

    assert total("Available") == Decimal(has.available) / 100 and total("Pending") == Decimal(has.held) / 100
    assert {"Pay for a call", "Contested by the customer", "Review over: available"} <= {line["What"] for line in lines}


async def test_the_statement_is_ones_own(shop: Shop) -> None:
    await _worked(shop)
    transport = httpx.ASGITransport(app=Starlette(routes=operator_pages.routes()), client=("192.0.2.7", 5))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as web:
        assert (await web.get("/operator/statement.csv")).status_code == 401
        assert (await (await as_account(web, shop.owner)).get("/operator/statement.csv")).status_code == 403
        mine = await as_account(web, shop.operator)
        answer = await mine.get("/operator/statement.csv", params={"zone": "../etc"})
        assert answer.status_code == 200 and "Замер" in answer.text
        assert (await mine.get("/operator/statement.xlsx")).content.startswith(b"PK")
        assert (await mine.get("/operator/statement.exe")).status_code == 404
