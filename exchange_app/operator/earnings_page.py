"""What was earned: the balance, the days, each call."""

from typing import Any

import reflex as rx

from exchange_app.design import OUTCOMES, badge, button, card, empty_state, head, loading, section, stat, table
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, t, tc, tn
from exchange_app.shell import browser_zone

from .earnings_state import Earnings
from .look import LOOK
from .payout_cards import ask_button, ask_dialog, wishes


def _balance() -> rx.Component:
    return rx.el.div(
        card(
            stat(tc("money", "Available"), money(Earnings.available, Earnings.currency)),
            rx.el.p(t("Reviewed, yours to be paid out."), class_name="s m"),
            ask_button(),
            class_name="col",
        ),
        card(
            stat(t("On review"), money(Earnings.pending, Earnings.currency)),
            rx.el.p(t("Earned, and available when the review of the calls is over."), class_name="s m"),
        ),
        class_name="grid c2",
    )


def _day(day: Any) -> rx.Component:
    return rx.el.tr(
        # A day is a date without a time: read in one zone and shown in the same.
        rx.el.td(date(day.day, weekday="short", day="numeric", month="long", timeZone="UTC"), class_name="b"),
        rx.el.td(tn("{n} call", "{n} calls", n=day.calls), class_name="num no-m"),
        rx.el.td(tn("{n} talk", "{n} talks", n=day.answered), class_name="num no-m"),
        rx.el.td(tn("{n} success", "{n} successes", n=day.successes), class_name="num no-m"),
        rx.el.td(
            money(day.pay, Earnings.currency),
            rx.cond(day.unsettled > 0, rx.el.div(t("+ {n} being reckoned", n=day.unsettled), class_name="xs m")),
            class_name="num b",
        ),
    )


def _call(call: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(date(call.at_ms, dateStyle="short", timeStyle="short"), class_name="nw"),
        rx.el.td(
            badge(
                rx.cond(call.disposition != "", rx.el.span(call.disposition, **THEIRS), OUTCOMES.word(call.outcome)),
                tone=OUTCOMES.tone(call.outcome),
                icon=OUTCOMES.icon(call.outcome),
            ),
            class_name="rt",
        ),
        rx.el.td(call.campaign, **THEIRS),
        rx.el.td(call.talk, class_name="num no-m"),
        rx.el.td(
            rx.cond(call.pay >= 0, money(call.pay, call.currency), rx.el.span(t("being reckoned"), class_name="m")),
            class_name="num b",
        ),
        key=call.call_id,
    )


def _calls() -> rx.Component:
    return rx.fragment(
        table(
            [
                (t("When"), ""),
                (t("How it ended"), ""),
                (t("Campaign"), ""),
                (t("Talk"), "num"),
                (tc("sum", "Pay"), "num"),
            ],
            rx.foreach(Earnings.calls, _call),
            caption=t("Calls with their pay, latest first"),
        ),
        rx.cond(
            Earnings.more | (Earnings.page > 1),
            rx.el.nav(
                button(t("Later calls"), icon="arrow-left", disabled=Earnings.page == 1, on_click=Earnings.later),
                rx.el.span(t("page {n}", n=Earnings.page), class_name="m s", aria_live="polite"),
                button(t("Earlier calls"), icon="arrow-right", disabled=~Earnings.more, on_click=Earnings.earlier),
                class_name="row w",
                aria_label=t("Pages"),
            ),
        ),
    )


def earnings_page() -> rx.Component:
    filled = rx.el.div(
        _balance(),
        section(
            t("By day"),
            table(
                [
                    (t("Day"), ""),
                    (t("Calls"), "num no-m"),
                    (t("Talks"), "num no-m"),
                    (t("Successes"), "num no-m"),
                    (tc("sum", "Pay"), "num"),
                ],
                rx.foreach(Earnings.days, _day),
                caption=t("The last fourteen days"),
                class_name="",
                role="region",
                aria_label=t("By day"),
                tab_index=0,
            ),
        ),
        wishes(),
        section(t("Calls"), _calls()),
        class_name="col g5",
    )
    empty = rx.el.div(
        _balance(),
        empty_state(
            t("No calls yet"),
            t("After your first call its pay stands here, with the reason for each sum."),
            icon="wallet",
        ),
        class_name="col g4",
    )
    return rx.el.div(
        rx.el.style(LOOK),
        browser_zone(Earnings.enter),
        head(
            t("Earnings"),
            button(t("Statement as a file"), icon="download", on_click=Earnings.fetch_statement),
        ),
        rx.cond(Earnings.loaded, rx.cond(Earnings.calls.length() > 0, filled, empty), loading(t("Adding up…"))),
        ask_dialog(),
        class_name="page",
    )
