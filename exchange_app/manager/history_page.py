"""`/manager/history`: every transfer to this manager, with a search, and what came of it in their own words."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    MANAGER_RESULTS,
    button,
    callout,
    card,
    dialog,
    empty_state,
    head,
    icon_button,
    kbd,
    key,
    loading,
    table,
)
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, t, tc

from .history_state import History
from .look import LOOK
from .own_words_pane import own_words, results
from .own_words_state import OwnWords
from .words import length, outcome_badge

H = History


def _row(row: Any) -> rx.Component:
    said = rx.cond(row.said != "", MANAGER_RESULTS.badge(row.said))
    return rx.el.tr(
        rx.el.td(date(row.at_ms, day="numeric", month="short", hour="2-digit", minute="2-digit"), class_name="m nw"),
        rx.el.td(
            rx.el.div(rx.cond(row.contact != "", row.contact, row.person), class_name="b", **THEIRS),
            rx.cond(
                (row.person != "") & (row.person != row.contact), rx.el.div(row.person, class_name="s m", **THEIRS)
            ),
        ),
        rx.el.td(rx.cond(row.note != "", row.note, row.about), **THEIRS, class_name="tl"),
        rx.el.td(row.operator, **THEIRS, class_name="m no-m"),
        rx.el.td(rx.cond(row.talk_s > 0, length(row.talk_s), "—"), class_name="num m"),
        rx.el.td(rx.cond(row.said != "", said, outcome_badge(row))),
        rx.el.td(
            icon_button(
                rx.icon("pencil", aria_hidden="true"),
                t("Result and note: {name}", name=rx.cond(row.contact != "", row.contact, row.person)),
                on_click=H.open(row.transfer_id),
            ),
            class_name="rt",
        ),
        key=row.transfer_id,
    )


def _list() -> rx.Component:
    filled = rx.fragment(
        table(
            [
                (t("When"), ""),
                (t("Contact"), ""),
                (t("About"), ""),
                (t("Operator"), ""),
                (t("Talk"), "num"),
                (t("Result"), ""),
                (tc("column of buttons", "Change"), ""),
            ],
            rx.foreach(H.rows, _row),
            caption=t("Transfers to you, latest first"),
        ),
        rx.cond(
            H.more | (H.page > 1),
            rx.el.nav(
                button(tc("pages", "Later"), icon="arrow-left", disabled=H.page == 1, on_click=H.turn(-1)),
                rx.el.span(t("page {n}", n=H.page), class_name="m s", aria_live="polite"),
                button(tc("pages", "Earlier"), icon="arrow-right", disabled=~H.more, on_click=H.turn(1)),
                class_name="row w",
                aria_label=t("Pages"),
            ),
        ),
    )
    none = rx.cond(
        H.query != "",
        empty_state(
            t("Nothing found"), t("Look for a name, a part of a number, or a word of a note."), icon="search-x"
        ),
        empty_state(
            t("No transfers yet"),
            t("Each contact that is handed over to you stands here afterwards, with what came of it."),
            icon="phone-incoming",
        ),
    )
    return rx.cond(H.rows.length() > 0, filled, card(none))


def _dialog() -> rx.Component:
    return dialog(
        rx.el.span(H.contact, **THEIRS),
        rx.cond(
            OwnWords.transfer_id != "",
            own_words(),
            callout(t("This transfer never reached you."), t("There is nothing to say of it."), tone="gray"),
        ),
        button(t("Close"), key="Esc", on_click=H.change_opened(False)),
        *(key(f"Digit{place}", OwnWords.choose(OwnWords.transfer_id, code)) for place, code in results()),
        open=H.opened,
        on_open_change=H.change_opened,
        width="640px",
    )


def history_page() -> rx.Component:
    return rx.el.div(
        rx.el.style(LOOK),
        head(t("History")),
        rx.el.div(
            rx.el.label(t("Search"), " ", kbd("/"), html_for="history-search", class_name="s b no-m"),
            # Uncontrolled: what is typed is the browser's, the list follows a moment later.
            rx.el.input(
                id="history-search",
                type="search",
                class_name="in",
                on_change=H.search.debounce(300),
                placeholder=t("a name, a number, a word of a note"),
                aria_label=t("Search"),
                auto_complete="off",
            ),
            class_name="f search",
        ),
        key("Slash", focus="history-search"),
        rx.cond(H.unread, callout(t("The list could not be read."), t("Try again in a moment."), tone="amber")),
        rx.cond(H.loaded, _list(), loading(t("One moment…"))),
        _dialog(),
        class_name="page col g4",
    )
