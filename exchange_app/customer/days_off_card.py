"""The card of days on which nobody is called, on the page of hours and limits."""

from typing import Any

import reflex as rx

from exchange_app.design import badge, button, card, field, icon_button, select, switch, text_input
from exchange_app.i18n import date, t

from .days_off_state import DaysOff, OwnDay
from .words import digits


def _shown(day: Any) -> Any:
    # A date without a time is midnight in UTC for the browser: shown in that zone it stays the same date everywhere.
    return date(day, weekday="short", day="numeric", month="long", year="numeric", timeZone="UTC")


def _holiday(day: Any) -> rx.Component:
    return rx.el.li(badge(_shown(day), icon="calendar-x"))


def _own_day(own: OwnDay) -> rx.Component:
    return rx.el.li(
        rx.el.span(_shown(own.day), class_name="b grow"),
        rx.cond(
            own.working,
            badge(t("called"), tone="accent", icon="calendar-check"),
            badge(t("no calls"), icon="calendar-x"),
        ),
        icon_button("x", t("Take back {day}", day=_shown(own.day)), outlined=True, on_click=DaysOff.take_back(own.day)),
        class_name="row",
        style={"minHeight": "48px"},
    )


def _holidays() -> rx.Component:
    coming = rx.cond(
        DaysOff.holidays_off & (DaysOff.coming.length() > 0),
        rx.el.div(
            rx.el.p(t("The next ones, by the date where the contact is:"), class_name="s m"),
            rx.el.ul(
                rx.foreach(DaysOff.coming, _holiday),
                class_name="row w",
                style={"listStyle": "none", "padding": 0, "gap": "8px"},
            ),
            class_name="col",
        ),
    )
    return rx.cond(
        DaysOff.known,
        rx.fragment(
            switch(
                rx.cond(
                    DaysOff.holidays_off, t("No calls on public holidays"), t("Public holidays are called like any day")
                ),
                checked=DaysOff.holidays_off,
                on_change=DaysOff.switch_holidays,
            ),
            coming,
        ),
        rx.el.p(
            t("Public holidays of the campaign's country are not known here; enter them yourself."), class_name="m"
        ),
    )


def _add() -> rx.Component:
    fault = rx.match(
        DaysOff.fault,
        ("no_day", t("Choose a day")),
        ("past", t("This day is past")),
        ("too_far", t("Choose a day in the next two years")),
        ("too_many", t("A year of days is the most. Take some back first")),
        "",
    )
    day = text_input(id="day-off", name="day", type="date", bad=DaysOff.fault != "", key=digits(DaysOff.taken))
    kind = select(
        ("off", t("no calls")),
        ("working", t("called all the same")),
        id="day-kind",
        name="kind",
        aria_label=t("What is on that day"),
    )
    return rx.el.form(
        field(
            t("Another day"),
            rx.el.div(
                rx.el.div(day, class_name="grow", style={"minWidth": "160px"}),
                rx.el.div(kind, class_name="grow", style={"minWidth": "160px"}),
                button(t("Add the day"), icon="plus", type="submit"),
                class_name="row w",
            ),
            control_id="day-off",
            error=fault,
            hint=t("A day that is called and has no hours of its own takes those of the day before"),
        ),
        on_submit=DaysOff.add,
    )


def days_off() -> rx.Component:
    return card(
        rx.el.h2(t("Days off")),
        _holidays(),
        rx.cond(
            DaysOff.own.length() > 0,
            rx.el.ul(rx.foreach(DaysOff.own, _own_day), style={"listStyle": "none", "padding": 0}),
            rx.el.p(t("No days of your own yet."), class_name="s m"),
        ),
        _add(),
        class_name="col g3",
    )
