"""`/moderator/cards`: by what calls are judged, campaign by campaign."""

from typing import Any

import reflex as rx

from exchange_app.design import button, card, dialog, empty_state, field, head, loading, table
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t, tn
from exchange_app.judged import code_words, criterion_words
from exchange_domain.score_cards import CODES, CRITERIA, MOST_OWN

from .cards_state import CardLine, Cards


def _line(line: CardLine) -> rx.Component:
    adds = rx.cond(
        (line.criteria > 0) | (line.codes > 0),
        rx.fragment(
            tn("{n} criterion", "{n} criteria", n=line.criteria), ", ", tn("{n} reason", "{n} reasons", n=line.codes)
        ),
        rx.el.span(t("nothing"), class_name="m"),
    )
    return rx.el.tr(
        rx.el.td(rx.el.b(line.name, **THEIRS), rx.el.div(line.customer, class_name="s m", **THEIRS)),
        rx.el.td(adds, class_name="rt"),
        rx.el.td(button(t("Change"), icon="pencil", on_click=Cards.edit(line.id)), class_name="ear"),
        key=line.id,
    )


def _of_every_call() -> rx.Component:
    return card(
        rx.el.h2(t("Of every call")),
        rx.el.div(
            rx.el.div(
                rx.el.h3(t("Criteria, 0 to 2 points each")),
                rx.el.ul(*(rx.el.li(criterion_words(one, "")) for one in CRITERIA), class_name="list s"),
            ),
            rx.el.div(
                rx.el.h3(t("Reasons to reject")),
                rx.el.ul(
                    *(rx.el.li(rx.el.b(one, **THEIRS), " ", code_words(one)) for one in CODES), class_name="list s"
                ),
            ),
            class_name="grid c2",
        ),
    )


def _labels(name: str, label: Any, value: Any) -> rx.Component:
    fault = rx.match(
        Cards.fault,
        (f"{name}_too_many", t("At most {n} fit.", n=MOST_OWN)),
        (f"{name}_too_long", t("A line has at most 80 characters.")),
        "",
    )
    return field(
        label,
        rx.el.textarea(id=name, name=name, rows=4, max_length=4000, class_name="in", default_value=value, **THEIRS),
        control_id=name,
        hint=t("One on a line, {n} at most", n=MOST_OWN),
        error=fault,
    )


def _dialog() -> rx.Component:
    return dialog(
        rx.el.span(Cards.name, **THEIRS),
        rx.el.form(
            _labels("criteria", t("Its own criteria"), Cards.criteria),
            _labels("codes", t("Its own reasons to reject"), Cards.codes),
            rx.el.div(
                button(t("Not now"), type="button", on_click=Cards.show_dialog(False)),
                button(t("Save"), kind="solid", type="submit"),
                class_name="row sb w",
            ),
            on_submit=Cards.save,
            class_name="col g3",
        ),
        open=Cards.open > 0,
        on_open_change=Cards.show_dialog,
    )


def cards_page() -> rx.Component:
    return rx.el.div(
        head(t("Score cards")),
        rx.cond(
            Cards.loaded,
            rx.el.div(
                _of_every_call(),
                rx.cond(
                    Cards.lines.length() > 0,
                    table(
                        [(t("Campaign"), ""), (t("Adds"), ""), (t("Actions"), "")],
                        rx.foreach(Cards.lines, _line),
                        caption=t("Campaigns and what they add"),
                    ),
                    card(empty_state(t("No campaigns yet"), t("Each may add criteria and reasons of its own."),
                                     icon="list-checks")),
                ),
                class_name="col g4",
            ),
            loading(t("One moment…")),
        ),
        _dialog(),
        class_name="page",
    )  # fmt: skip
