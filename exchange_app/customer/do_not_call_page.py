"""`/customer/do-not-call`: whom no campaign of this customer calls, and adding more."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    badge,
    button,
    callout,
    card,
    empty_state,
    field,
    head,
    icon_button,
    loading,
    select,
    table,
    text_area,
    text_input,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tn

from .do_not_call_state import BadLine, DoNotCallList, Entry
from .words import digits, sentence


def _source(entry: Entry) -> Any:
    return rx.match(
        entry.source,
        ("call", badge(t("asked in a call"), tone="red", icon="phone-off")),
        ("customer", badge(t("entered by you"), icon="pen-line")),
        badge(t("by the exchange"), tone="blue", icon="shield"),
    )


def _entry(entry: Entry) -> rx.Component:
    remove = icon_button(
        "x",
        t("Take back {number}", number=entry.number),
        outlined=True,
        on_click=DoNotCallList.remove(entry.id),
    )
    return rx.el.tr(
        rx.el.td(rx.el.b(entry.number, class_name="nw", **THEIRS)),
        rx.el.td(_source(entry)),
        rx.el.td(rx.el.span(entry.reason, style={"overflowWrap": "anywhere"}, **THEIRS), class_name="m"),
        rx.el.td(date(entry.at_ms, dateStyle="medium"), class_name="m"),
        rx.el.td(rx.cond(entry.own, remove, ""), class_name="num"),
    )


def _bad(bad: BadLine) -> rx.Component:
    return rx.el.li(
        t("Line {line}:", line=digits(bad.line)),
        " ",
        sentence(bad.text.to(str), bad.params.to(dict[str, Any])),  # type: ignore[attr-defined]
        class_name="s",
    )


def _told() -> rx.Component:
    """What became of the lines."""
    ended = tn(
        "{n} waiting contact is not called any more.", "{n} waiting contacts are not called any more.",
        n=DoNotCallList.ended,
    )  # fmt: skip
    left = rx.el.div(
        rx.el.b(
            tn("{n} line was not taken:", "{n} lines were not taken:", n=DoNotCallList.bad_count),
        ),
        rx.el.ul(rx.foreach(DoNotCallList.bad, _bad)),
        rx.el.p(t("They stand in the field again: correct them there."), class_name="s m"),
        class_name="col",
    )
    return rx.cond(
        DoNotCallList.told,
        rx.el.div(
            callout(
                tn("{n} number added.", "{n} numbers added.", n=DoNotCallList.added),
                rx.cond(
                    DoNotCallList.already_there > 0,
                    tn("{n} was there already.", "{n} were there already.", n=DoNotCallList.already_there),
                    "",
                ),
                " ",
                rx.cond(DoNotCallList.ended > 0, ended, ""),
                tone="accent",
            ),
            rx.cond(DoNotCallList.bad_count > 0, left),
            class_name="col g3",
            role="status",
        ),
    )


def _add() -> rx.Component:
    fault = rx.match(
        DoNotCallList.fault,
        ("nothing", t("There is no number in it")),
        ("too_long", t("This is too long for one go: paste it in parts")),
        "",
    )
    return card(
        rx.el.h2(t("Add numbers")),
        rx.el.form(
            field(
                t("One number a line"),
                text_area(
                    id="numbers",
                    name="numbers",
                    rows=5,
                    default_value=DoNotCallList.draft,
                    key=digits(DoNotCallList.drafted),
                    bad=DoNotCallList.fault != "",
                    spell_check=False,
                    **THEIRS,
                ),
                control_id="numbers",
                hint=t("A reason may stand behind a semicolon: +7 812 555-01-02; asked by letter"),
                error=fault,
            ),
            rx.el.div(button(t("Add to the list"), kind="solid", icon="ban", type="submit")),
            on_submit=DoNotCallList.add,
            class_name="col g3",
        ),
        _told(),
        class_name="col g3",
    )


def _search() -> rx.Component:
    return rx.el.form(
        text_input(
            id="search",
            name="search",
            type="search",
            input_mode="tel",
            placeholder=t("Digits of a number"),
            aria_label=t("Find a number"),
            default_value=DoNotCallList.search,
            max_length=40,
            key=DoNotCallList.search,
        ),
        icon_button("search", t("Find"), outlined=True, type="submit"),
        on_submit=DoNotCallList.find,
        class_name="row",
        style={"minWidth": "230px"},
    )


def _list() -> rx.Component:
    rows = table(
        [(t("Number"), ""), (t("Why"), ""), (t("Remark"), ""), (t("Since"), ""), ("", "num")],
        rx.foreach(DoNotCallList.entries, _entry),
        caption=t("Numbers that are not called"),
    )
    nothing = rx.cond(
        DoNotCallList.search != "",
        empty_state(
            t("No such number on the list"),
            t("Look for fewer digits."),
            button(t("Show all"), on_click=DoNotCallList.forget_search),
            icon="search",
        ),
        empty_state(
            t("Nobody is on the list yet"),
            t("Whoever asks an operator not to be called comes here by itself; others you can add above."),
            icon="phone-off",
        ),
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2(tn("{n} number", "{n} numbers", n=DoNotCallList.total)),
            rx.cond(DoNotCallList.total > 0, _search()),
            class_name="row sb w",
        ),
        rx.cond(DoNotCallList.entries.length() > 0, rows, card(nothing)),
        rx.cond(DoNotCallList.more, rx.el.div(button(t("Show more"), on_click=DoNotCallList.show_more))),
        class_name="col g3",
    )


def do_not_call_page() -> rx.Component:
    several = rx.cond(
        DoNotCallList.customers.length() > 1,
        select(
            id="customer",
            value=digits(DoNotCallList.customer),
            on_change=DoNotCallList.choose,
            aria_label=t("Customer"),
            **THEIRS,
            children=[
                rx.foreach(DoNotCallList.customers, lambda c: rx.el.option(c.name, value=digits(c.id))),
            ],
        ),
    )
    return rx.el.div(
        head(t("Do not call"), several, over=rx.el.span(DoNotCallList.name, **THEIRS)),
        rx.cond(
            DoNotCallList.loaded,
            rx.el.div(
                callout(
                    t("No campaign of yours calls these numbers."),
                    t(
                        "Also not when a number comes with another list, or its contact is deleted. What was asked "
                        "in a call only the exchange can take back."
                    ),
                    tone="blue",
                ),
                _add(),
                _list(),
                class_name="col g4",
            ),
            loading(t("One moment…")),
        ),
        class_name="page",
    )
