"""`/customer/campaign/[id]/figures`: when and where calls are answered, and what a success costs."""

from typing import Any

import reflex as rx

from exchange_app.design import card, link_button, loading, segment, segmented, stat
from exchange_app.design.bars import columns_chart, rows_chart
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, number, t, tn

from .figures_state import WINDOWS, Bar, Figures
from .here import Here, of_campaign


def _legend() -> rx.Component:
    return rx.el.div(rx.el.span(t("calls")), rx.el.span(t("answered")), class_name="legend", aria_hidden="true")


def _counts(bar: Bar) -> Any:
    return t(
        "{calls} calls, {answered} answered, {reach} %",
        calls=number(bar.calls),
        answered=number(bar.answered),
        reach=bar.reach,
    )


def _hours() -> rx.Component:
    def label(bar: Bar) -> Any:
        return date(bar.at_ms, hour="2-digit")

    def words(bar: Bar) -> Any:
        return t(
            "{when}: {counts}",
            when=date(bar.at_ms, weekday="short", hour="2-digit", minute="2-digit"),
            counts=_counts(bar),
        )

    return card(
        rx.el.div(rx.el.h2(t("Calls per hour, the last day")), _legend(), class_name="row sb w"),
        columns_chart(Figures.hours, label=label, words=words, empty=t("No calls yet"), every=4),
        class_name="col g3",
    )


def _clocks() -> rx.Component:
    return card(
        rx.el.h2(t("Answered by the hour of the contact's own day")),
        rows_chart(
            Figures.clocks,
            label=lambda bar: t("{hour}:00", hour=bar.label),
            value=lambda bar: t("{n} %", n=bar.reach),
            words=_counts,
            empty=t("No calls yet"),
        ),
        class_name="col g3",
    )


def _zones() -> rx.Component:
    return card(
        rx.el.h2(t("Answered by region")),
        rx.el.p(t("By the time zone of the contact's number."), class_name="s m"),
        rows_chart(
            Figures.zones,
            label=lambda bar: rx.el.span(bar.label, **THEIRS),
            value=lambda bar: t("{n} %", n=bar.reach),
            words=_counts,
            empty=t("No calls yet"),
        ),
        class_name="col g3",
    )


def _days() -> rx.Component:
    def cost(bar: Bar) -> Any:
        return rx.cond(bar.cost > 0, money(bar.cost, Here.currency), t("no success"))

    def words(bar: Bar) -> Any:
        return tn(
            "{n} success, {money} spent",
            "{n} successes, {money} spent",
            n=bar.successes,
            money=money(bar.charge, Here.currency),
        )

    return card(
        rx.el.h2(t("Cost per success, by day")),
        rows_chart(
            Figures.days,
            label=lambda bar: date(bar.at_ms, day="numeric", month="short", weekday="short"),
            value=cost,
            words=words,
            empty=t("No calls yet"),
        ),
        class_name="col g3",
    )


def _sums() -> rx.Component:
    return rx.el.div(
        stat(t("Calls"), number(Figures.calls)),
        stat(t("Answered"), t("{n} %", n=Figures.reach)),
        stat(t("Cost per success"), rx.cond(Figures.cost > 0, money(Figures.cost, Here.currency), "—")),
        class_name="row w",
        style={"gap": "32px"},
    )


def figures_page() -> rx.Component:
    windows = [
        segment(
            tn("{n} day", "{n} days", n=days),
            on=Figures.window == days,
            on_click=Figures.choose_window(str(days)),
        )
        for days in WINDOWS
    ]
    return of_campaign(
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.p(rx.link(Here.name, href=f"/customer/campaign/{Here.number}", **THEIRS), class_name="s m"),
                    rx.el.h1(t("Figures")),
                ),
                rx.el.div(
                    segmented(*windows, label=t("Of how long")),
                    link_button(t("Results"), f"/customer/campaign/{Here.number}", icon="chart-column"),
                    class_name="row w",
                ),
                class_name="head",
            ),
            rx.cond(
                Figures.loaded,
                rx.el.div(
                    _sums(),
                    _hours(),
                    rx.el.div(_clocks(), _zones(), class_name="grid c2", style={"alignItems": "start"}),
                    _days(),
                    class_name="col g4",
                ),
                loading(t("One moment…")),
            ),
            class_name="page",
            on_unmount=Figures.leave,
        )
    )
