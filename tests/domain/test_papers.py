"""Invoices and acts: numbers without gaps, sums that are the statement's, VAT that is in the total, readable PDF."""

import asyncio
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import text

from exchange_domain import campaigns, database, disputes, ledger, papers
from exchange_domain.papers import PaperError
from exchange_domain.papers.documents import vat_in
from exchange_domain.tables import Customer
from exchange_domain.words import Outcome, PaperKind
from tests.app.conftest import world
from tests.app.customer.conftest import Shop, shop

__all__ = ["shop", "world"]
NOW = datetime.now(UTC)
NEXT_MONTH = NOW + timedelta(days=32)


@pytest.fixture
def seller(settings_env: Callable[..., None], shop: Shop) -> None:
    settings_env(
        seller_name="ООО «Биржа»", seller_tax_id="7812345678", seller_address="Казань, ул. Баумана, 1",
        seller_bank="р/с 40702810000000000001; БИК 044525000", vat_bp="2000",
    )  # fmt: skip


def words(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\u00a0", " ")


async def test_an_invoice_can_be_read(shop: Shop, seller: None) -> None:
    async with database.session() as s:
        customer = await s.get_one(Customer, shop.customer)
        customer.legal_name, customer.tax_id = "ИП Дубравин Пётр", "164900000000"
        s.add(customer)
        made = await papers.invoice(s, shop.customer, 1_234_500, NOW)
    assert (made.number, made.total, made.vat, made.kind) == (1, 1_234_500, 205_750, PaperKind.INVOICE)
    russian, english = words(papers.pdf_of(made, "ru")), words(papers.pdf_of(made, "en"))
    for one in (
        "ООО «Биржа»",
        "7812345678",
        "ИП Дубравин Пётр",
        "12 345,00",
        "20",
        "2 057,50",
        "р/с 40702810000000000001",
    ):
        assert one in russian, (one, russian)
    assert f"Invoice {made.year}-000001" in english and "12,345.00" in english and "2,057.50" in english
    assert papers.pdf_of(made, "ru") == papers.pdf_of(made, "ru"), "the same paper is the same page"


async def test_numbers_have_no_gaps_however_many_ask_at_once(shop: Shop, seller: None) -> None:
    async def ask(n: int) -> None:
        async with database.session() as s:
            await papers.invoice(s, (shop.customer, shop.other_customer)[n % 2], 10_000 + n, NOW)
            if n % 5 == 4:
                raise RuntimeError("it breaks off")

    await asyncio.gather(*(ask(n) for n in range(20)), return_exceptions=True)
    async with database.session() as s:
        found = (await s.execute(text("select number from paper order by number"))).scalars().all()
    assert found == list(range(1, 17))


async def test_the_act_is_what_the_statement_says(shop: Shop, seller: None) -> None:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    calls = [await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})]
    for n in range(3):
        await shop.contact(f"Contact {n}", f"+7812555040{n}")
        calls.append(await shop.call(Outcome.REFUSED))
    async with database.session() as s:
        contested = await disputes.contest(s, calls[0], shop.customer, shop.owner, "не тот", NOW)
        assert contested.id is not None
        await disputes.decide(
            s, contested.id, shop.operator, refund=contested.amount // 2, operator_keeps=True, words="", at=NOW
        )
    async with database.session() as s:
        spent = -sum(x.amount for x in await ledger.statement(s, shop.customer) if x.kind not in ("bonus", "deposit"))
        made = await papers.act_of(s, shop.customer, date.today(), NEXT_MONTH)
    assert made.total == spent > 0
    (line,) = made.said["lines"]
    assert (line["name"], line["calls"]) == ("Замер", 4)
    async with database.session() as s:
        again = await papers.act_of(s, shop.customer, date.today(), NEXT_MONTH)
        assert again.id == made.id, "a month has one act"
        assert await papers.months_with_work(s, shop.customer, NEXT_MONTH) == [made.month]
        assert await papers.one(s, made.id or 0, (shop.other_customer,)) is None
    assert "Замер" in words(papers.pdf_of(made, "ru"))


async def test_what_is_refused(shop: Shop, seller: None, settings_env: Callable[..., None]) -> None:
    async def refused(wanted) -> str:
        with pytest.raises(PaperError) as error:
            async with database.session() as s:
                await wanted(s)
        return error.value.code

    assert await refused(lambda s: papers.act_of(s, shop.customer, date.today(), NOW)) == "not_over"
    assert await refused(lambda s: papers.act_of(s, shop.customer, date(2026, 1, 1), NOW)) == "no_work"
    assert await refused(lambda s: papers.invoice(s, shop.customer, 99, NOW)) == "too_little"
    assert await refused(lambda s: papers.invoice(s, shop.customer, 10**15, NOW)) == "too_much"
    settings_env(seller_name="")
    assert await refused(lambda s: papers.invoice(s, shop.customer, 10_000, NOW)) == "no_seller"


@given(st.integers(0, 10**13), st.integers(0, 10_000))
def test_the_vat_is_what_the_total_holds(total: int, rate: int) -> None:
    vat = vat_in(total, rate)
    assert 0 <= vat <= total
    assert abs(vat * (10_000 + rate) - total * rate) * 2 <= 10_000 + rate, "to the nearest minor unit"
