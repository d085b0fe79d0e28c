"""`/admin/numbers`: whom nobody may call, and the right to be forgotten."""

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
    table,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, number, t, tn

from .numbers_state import Forbidden, Numbers


def _source(code: Any) -> Any:
    return rx.match(
        code,
        ("call", badge(t("said in a call"), icon="phone")),
        ("customer", badge(t("by a customer"), icon="building-2")),
        badge(t("by an administrator"), icon="shield"),
    )


def _line(line: Forbidden) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.number, class_name="b nw", **THEIRS),
        rx.el.td(line.reason, class_name="no-m", **THEIRS),
        rx.el.td(_source(line.source), class_name="rt"),
        rx.el.td(date(line.at_ms, dateStyle="medium"), class_name="nw no-m"),
        rx.el.td(button(t("May be called"), on_click=Numbers.allow(line.id)), class_name="ear"),
        key=line.id,
    )


def _forbid() -> rx.Component:
    bad = Numbers.fault == "no_number"
    return card(
        rx.el.h2(t("Nobody may call")),
        rx.el.form(
            field(
                t("Number"),
                text_input(id="number", name="number", input_mode="tel", placeholder="+7 812 123-45-67", bad=bad,
                           auto_complete="off"),
                control_id="number",
                error=rx.cond(bad, t("A whole number with + and the country's code is expected."), ""),
            ),
            field(t("Why"), text_input(id="reason", name="reason", max_length=200), control_id="reason"),
            button(t("Forbid"), kind="solid", type="submit", icon="ban"),
            on_submit=Numbers.forbid,
            key=Numbers.forbidden,
            class_name="col g3",
        ),
    )  # fmt: skip


def _erase() -> rx.Component:
    fault = rx.match(
        Numbers.erase_fault,
        ("no_number", t("A whole number with + and the country's code is expected.")),
        ("on_the_line", t("This number is in a call that is not over. Try again when it is.")),
        ("broker", t("The messages could not be cleaned, so nothing was erased. Try again.")),
        "",
    )
    kinds = (
        ("contacts", t("Contacts")), ("calls", t("Calls")), ("recordings", t("Recordings")),
        ("switch_records", t("Records of the switch")), ("mentions", t("Texts about others")),
        ("rejected_files", t("Files of rejected rows")), ("exports", t("Exported files")),
    )  # fmt: skip
    return card(
        rx.el.h2(t("Erase a person")),
        rx.el.p(
            t("Names, notes, answers and recordings with this number go, everywhere. Money and counts stay."),
            class_name="m",
        ),
        rx.el.form(
            field(
                t("Number"),
                text_input(id="erase-number", name="number", input_mode="tel", auto_complete="off"),
                control_id="erase-number",
                error=fault,
            ),
            button(t("Erase"), kind="redline", type="submit", icon="eraser"),
            on_submit=Numbers.ask_to_erase,
            class_name="col g3",
        ),
        rx.cond(
            Numbers.done.length() > 0,
            rx.el.div(
                callout(t("Erased."), t("The recordings' files follow within a minute."), tone="accent"),
                rx.el.dl(
                    *(rx.fragment(rx.el.dt(label), rx.el.dd(number(Numbers.done[kind]))) for kind, label in kinds),
                    class_name="dl",
                ),
                class_name="col g3",
                role="status",
            ),
        ),
        class_name="col g3",
    )


def _question() -> rx.Component:
    return dialog(
        t("Erase everything about this number?"),
        rx.el.p(rx.el.b(Numbers.erasing, **THEIRS)),
        rx.el.p(t("It cannot be undone.")),
        rx.el.div(
            button(t("Not now"), on_click=Numbers.show_question(False)),
            button(t("Erase"), kind="redline", on_click=Numbers.erase(False)),
            button(t("Erase, and nobody calls it again"), kind="red", on_click=Numbers.erase(True)),
            class_name="row w",
        ),
        open=Numbers.erasing != "",
        on_open_change=Numbers.show_question,
        alert=True,
    )


def numbers_page() -> rx.Component:
    rows = table(
        [(t("Number"), ""), (t("Why"), "no-m"), (t("Who said so"), ""), (t("Since"), "no-m"), (t("Actions"), "")],
        rx.foreach(Numbers.lines, _line),
        caption=t("Numbers nobody may call, the latest first"),
    )
    listed = rx.el.div(
        rx.el.div(
            rx.el.p(tn("{n} number", "{n} numbers", n=Numbers.total), class_name="m"),
            rx.el.form(
                text_input(id="search", name="search", type="search", placeholder=t("Digits of it"),
                           aria_label=t("Find a number")),
                button(t("Find"), type="submit", icon="search"),
                on_submit=Numbers.find, class_name="row", role="search",
            ),
            class_name="row w sb",
        ),
        rx.cond(
            Numbers.lines.length() > 0,
            rows,
            card(empty_state(t("No number is forbidden"), t("What contacts ask for in calls comes here by itself, to "
                             "their customer's list."), icon="phone-off")),
        ),
        rx.cond(Numbers.more, rx.el.div(button(t("Show more"), on_click=Numbers.show_more))),
        class_name="col g3",
    )  # fmt: skip
    return rx.el.div(
        head(t("Numbers")),
        rx.cond(
            Numbers.loaded,
            rx.el.div(
                rx.el.div(_forbid(), _erase(), class_name="col g4"),
                listed,
                id="ig",
                class_name="grid",
                style={"gridTemplateColumns": "380px minmax(0,1fr)", "alignItems": "start"},
            ),
            loading(t("One moment…")),
        ),
        _question(),
        class_name="page",
    )
