"""Invoices and acts: ask for one, fetch those there are."""

from typing import Any

import reflex as rx

from exchange_app.design import autosave, button, card, empty_state, field, table
from exchange_app.i18n import date, money, t

from .money_state import Money
from .papers_state import Month, PaperLine, Papers
from .words import digits


def _legal(name: str, label: Any, value: Any, most: int) -> rx.Component:
    return field(
        label,
        autosave(
            id=name, name=digits(Money.customer) + ":" + name, value=value, on_save=Papers.type_legal, max_length=most
        ),
        control_id=name,
    )


def _paper(line: PaperLine) -> rx.Component:
    name = rx.cond(
        line.kind == "act",
        t("Act {number} of {month}", number=line.number, month=date(line.month_ms, month="long", year="numeric")),
        t("Invoice {number}", number=line.number),
    )
    return rx.el.tr(
        rx.el.td(rx.link(name, href="/customer/papers/" + digits(line.id) + ".pdf", is_external=False, download=True)),
        rx.el.td(date(line.at_ms, dateStyle="medium"), class_name="m no-m"),
        rx.el.td(money(line.total, Money.currency), class_name="num"),
    )


def _act(month: Month) -> rx.Component:
    return button(
        t("Act of {month}", month=date(month.at_ms, month="long", year="numeric")),
        icon="file-check",
        on_click=Papers.ask_act(month.value),
    )


def papers_card() -> rx.Component:
    fault = rx.match(
        Papers.fault,
        ("", ""),
        ("not_a_sum", t("Write a sum, such as 5000 or 5000.50.")),
        ("too_little", t("An invoice is over {sum} at least.", sum=money(10_000, Money.currency))),
        ("too_much", t("That is more than an invoice may be over.")),
        ("no_work", t("Nothing was charged in that month.")),
        t("That is not possible now."),
    )
    return rx.cond(
        Papers.there,
        card(
            rx.el.h2(t("Invoices and acts")),
            rx.el.div(
                _legal("legal_name", t("Name of the buyer on papers"), Papers.legal_name, 300),
                _legal("tax_id", t("Tax id"), Papers.tax_id, 40),
                _legal("legal_address", t("Address"), Papers.legal_address, 500),
                class_name="grid c2",
            ),
            rx.el.form(
                field(
                    t("Invoice over"),
                    rx.el.input(
                        id="sum",
                        name="sum",
                        default_value=Papers.amount,
                        key=Papers.amount,
                        input_mode="decimal",
                        auto_complete="off",
                        aria_invalid=Papers.fault != "",
                        class_name="in",
                    ),
                    control_id="sum",
                    hint=t("To pay by bank transfer. An administrator books it when it arrives"),
                    error=fault,
                ),
                button(t("Make the invoice"), icon="file-text", type="submit"),
                on_submit=Papers.ask_invoice,
                class_name="col g3",
                style={"maxWidth": "420px"},
            ),
            rx.cond(
                Papers.months.length() > 0,
                rx.el.div(
                    rx.el.p(t("Months that are over:"), class_name="s m"),
                    rx.el.div(rx.foreach(Papers.months, _act), class_name="row w"),
                    class_name="col g2",
                ),
            ),
            rx.cond(
                Papers.lines.length() > 0,
                table(
                    [(t("Paper"), ""), (t("Day"), ""), (t("Sum"), "num")],
                    rx.foreach(Papers.lines, _paper),
                    caption=t("Invoices and acts, the latest first"),
                ),
                empty_state(
                    t("No papers yet"), t("An invoice is made at once; an act when its month is over."), icon="files"
                ),
            ),
            class_name="col g4",
        ),
    )
