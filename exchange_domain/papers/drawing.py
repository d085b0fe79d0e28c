"""A paper as PDF: A4, in the language of who reads it. The same paper gives the same page."""

from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path

from babel import numbers
from fpdf import FPDF
from fpdf.fonts import FontFace

from ..tables import Paper
from ..texts import language, say, say_date, say_n, speaking
from ..words import PaperKind

FONTS = Path(__file__).parent / "fonts"
GRAY = (110, 110, 110)
COLUMNS = (10, 92, 28, 40)
"""Widths in millimetres: number, what, calls, sum."""


def _sum(minor: int, currency: str) -> str:
    """An amount as papers show it: two places, no sign of the currency."""
    return numbers.format_decimal(Decimal(minor) / 100, "#,##0.00", locale=language.get()).replace(
        "\u202f", "\u00a0"
    ) + (f"\u00a0{currency}" if currency else "")


def name_of(paper: Paper) -> str:
    """ "Invoice 2026-000007" in the present language."""
    number = f"{paper.year}-{paper.number:06}"
    if paper.kind is PaperKind.INVOICE:
        return say("Invoice {number}", number=number)
    return say("Act {number}", number=number)


def pdf_of(paper: Paper, lang: str) -> bytes:
    with speaking(lang):
        return _drawn(paper)


def _drawn(paper: Paper) -> bytes:
    page = FPDF(format="A4")
    page.set_margins(20, 18, 20)
    page.add_font("sans", "", FONTS / "sans.ttf")
    page.add_font("sans", "B", FONTS / "sans-bold.ttf")
    page.set_creation_date(datetime.combine(paper.day, time(12), UTC))
    page.set_title(name_of(paper))
    page.set_lang(language.get())
    page.add_page()
    page.set_font("sans", "B", 16)
    title = say("{name} of {day}", name=name_of(paper), day=say_date(paper.day, "long"))
    page.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
    if paper.month is not None:
        page.set_font("sans", "", 11)
        page.multi_cell(
            0,
            6,
            say("Services rendered in {month}", month=say_date(paper.month, "LLLL y")),
            new_x="LMARGIN",
            new_y="NEXT",
        )
    page.ln(4)
    _party(page, say("Seller"), paper.said["seller"])
    _party(page, say("Buyer"), paper.said["buyer"])
    page.ln(2)
    _lines(page, paper)
    _totals(page, paper)
    if paper.kind is PaperKind.INVOICE and paper.said["seller"].get("bank"):
        page.ln(4)
        _heading(page, say("Pay to"))
        for line in paper.said["seller"]["bank"]:
            page.multi_cell(0, 6, str(line), new_x="LMARGIN", new_y="NEXT")
        page.multi_cell(
            0, 6, say("Purpose of payment: {name}", name=name_of(paper)), new_x="LMARGIN", new_y="NEXT"
        )  # fmt: skip
    if paper.kind is PaperKind.ACT:
        page.ln(4)
        page.multi_cell(
            0, 6,
            say("The services were rendered in full and in time. The buyer has no claims as to extent and quality."),
            new_x="LMARGIN", new_y="NEXT",
        )  # fmt: skip
        page.ln(16)
        page.cell(85, 6, say("Seller") + " ____________________")
        page.cell(85, 6, say("Buyer") + " ____________________")
    return bytes(page.output())


def _heading(page: FPDF, words: str) -> None:
    page.set_font("sans", "", 9)
    page.set_text_color(*GRAY)
    page.multi_cell(0, 5, words, new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(0)
    page.set_font("sans", "", 11)


def _party(page: FPDF, role: str, party: dict[str, str]) -> None:
    _heading(page, role)
    page.set_font("sans", "B", 11)
    page.multi_cell(0, 6, str(party["name"]), new_x="LMARGIN", new_y="NEXT")
    page.set_font("sans", "", 11)
    if party.get("tax_id"):
        page.multi_cell(0, 6, say("Tax id {id}", id=str(party["tax_id"])), new_x="LMARGIN", new_y="NEXT")
    if party.get("address"):
        page.multi_cell(0, 6, str(party["address"]), new_x="LMARGIN", new_y="NEXT")
    page.ln(2)


def _lines(page: FPDF, paper: Paper) -> None:
    page.set_font("sans", "", 10)
    with page.table(
        col_widths=COLUMNS, text_align=("RIGHT", "LEFT", "RIGHT", "RIGHT"), headings_style=FontFace(emphasis="BOLD"),
        line_height=6, padding=1,
    ) as table:  # fmt: skip
        table.row(("№", say("What for"), say("Calls"), say("Sum, {currency}", currency=paper.currency)))
        for place, line in enumerate(paper.said["lines"], 1):
            what = say("Calls of the campaign “{name}”", name=line["name"])
            if line["what"] == "prepayment":
                what = say("Prepayment for telephone calls")
            calls = str(line["calls"]) if line["calls"] else ""
            table.row((str(place), what, calls, _sum(line["amount"], "")))


def _totals(page: FPDF, paper: Paper) -> None:
    page.ln(2)
    page.set_font("sans", "B", 11)
    page.cell(
        0, 7, say("Total: {sum}", sum=_sum(paper.total, paper.currency)), align="R", new_x="LMARGIN", new_y="NEXT"
    )
    page.set_font("sans", "", 10)
    if paper.vat_bp:
        rate = numbers.format_percent(Decimal(paper.vat_bp) / 10_000, "#,##0.##%", locale=language.get())
        words = say("of it VAT {rate}: {sum}", rate=rate, sum=_sum(paper.vat, paper.currency))
    else:
        words = say("No VAT is charged")
    page.cell(0, 6, words, align="R", new_x="LMARGIN", new_y="NEXT")
    count = sum(line["calls"] for line in paper.said["lines"])
    if count:
        page.cell(0, 6, say_n("{n} call in all", "{n} calls in all", n=count), align="R", new_x="LMARGIN", new_y="NEXT")
