"""`/admin/tariffs`: what calls cost, and what operators get of it."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    badge,
    button,
    callout,
    card,
    dialog,
    empty_state,
    field,
    head,
    loading,
    select,
    table,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, number, t, tc

from .tariffs_state import CURRENCIES, TariffLine, Tariffs


def _line(line: TariffLine) -> rx.Component:
    def of(amount: Any) -> Any:
        return money(amount, line.currency)

    return rx.el.tr(
        rx.el.td(
            date(line.from_ms, dateStyle="medium"), " ",
            rx.cond(line.in_force, badge(t("in force"), tone="accent", icon="check")),
            rx.cond(line.future, badge(t("to come"), tone="blue", icon="clock")),
            class_name="nw",
        ),
        rx.el.td(
            rx.cond(line.customer != "", rx.el.span(line.customer, **THEIRS), t("everybody")), class_name="no-m"
        ),
        rx.el.td(of(line.per_answered_call), class_name="num"),
        rx.el.td(of(line.per_minute), class_name="num"),
        rx.el.td(of(line.per_success), class_name="num"),
        rx.el.td(t("{n} %", n=number(line.share)), class_name="num no-m"),
        rx.el.td(of(line.operator_per_call), class_name="num no-m"),
        rx.el.td(of(line.registration_bonus), class_name="num no-m"),
        rx.el.td(rx.cond(line.future, button(t("Take back"), on_click=Tariffs.remove(line.id)))),
        key=line.id,
    )  # fmt: skip


def _sum(name: str, label: Any, hint: Any = None) -> rx.Component:
    wrong = Tariffs.wrong == name
    return field(
        label,
        text_input(id=name, name=name, input_mode="decimal", bad=wrong),
        control_id=name,
        hint=hint,
        error=rx.cond(wrong, t("A sum such as 12.50 is expected."), ""),
    )


def _form() -> rx.Component:
    fault = rx.match(
        Tariffs.wrong,
        ("twice", callout(t("There are prices from this moment on already."), t("Take those back first."), tone="red",
                          alert=True)),
        rx.fragment(),
    )  # fmt: skip
    return dialog(
        t("New prices"),
        rx.el.form(
            rx.el.div(
                field(
                    t("Currency"),
                    select(*((code, code) for code in CURRENCIES), id="currency", value=Tariffs.currency,
                           on_change=Tariffs.choose_currency, **THEIRS),
                    control_id="currency",
                ),
                field(
                    t("From"),
                    text_input(id="from", name="from", type="date", bad=Tariffs.wrong == "from"),
                    control_id="from",
                    hint=t("Empty: from now on"),
                    error=rx.cond(Tariffs.wrong == "from", t("A date is expected."), ""),
                ),
                _sum("per_answered_call", t("Answered call")),
                _sum("per_minute", t("Minute of talk")),
                _sum("per_success", t("Success")),
                field(
                    t("Operator's share, percent"),
                    text_input(id="share", name="share", input_mode="decimal", bad=Tariffs.wrong == "share"),
                    control_id="share",
                    hint=t("Of what the customer is charged"),
                    error=rx.cond(Tariffs.wrong == "share", t("A percentage from 0 to 100 is expected."), ""),
                ),
                _sum("operator_per_call", t("Operator's sum per call"), t("For each placed call, answered or not")),
                _sum("registration_bonus", t("Registration bonus"), t("For a new customer")),
                class_name="grid c2",
            ),
            fault,
            rx.el.div(
                button(t("Not now"), type="button", on_click=Tariffs.show_form(False)),
                button(t("Set prices"), kind="solid", type="submit"),
                class_name="row sb w",
            ),
            on_submit=Tariffs.add,
            class_name="col g3",
        ),
        open=Tariffs.adding,
        on_open_change=Tariffs.show_form,
        width="720px",
    )  # fmt: skip


def tariffs_page() -> rx.Component:
    rows = table(
        [
            (t("From"), ""), (tc("tariff", "For"), "no-m"), (t("Answered call"), "num"), (t("Minute"), "num"),
            (t("Success"), "num"), (t("Operator's share"), "num no-m"), (t("and per call"), "num no-m"),
            (t("Bonus"), "num no-m"), ("", ""),
        ],
        rx.foreach(Tariffs.lines, _line),
        caption=t("Prices, the latest first"),
    )  # fmt: skip
    return rx.el.div(
        head(
            t("Tariffs"),
            button(t("New prices"), kind="solid", icon="plus", on_click=Tariffs.show_form(True)),
        ),
        rx.cond(
            Tariffs.loaded,
            rx.cond(
                Tariffs.lines.length() > 0,
                rows,
                card(empty_state(t("No prices yet"), t("Nothing can be called until there are some."), icon="coins")),
            ),
            loading(t("One moment…")),
        ),
        _form(),
        class_name="page",
    )
