"""Available or away, and the hours of the week."""

import reflex as rx

from exchange_app.design import badge, button, callout, card, dialog, key, switch
from exchange_app.design.week import Day
from exchange_app.design.week_row import week_row
from exchange_app.i18n import date, t
from exchange_app.shell import browser_zone

from .presence_state import Presence

P = Presence


def presence_badge() -> rx.Component:
    """For the top bar: whether transfers come."""
    return rx.cond(
        P.there,
        badge(t("Available"), tone="accent", icon="circle-check"),
        badge(t("Away"), tone="gray", icon="circle-minus"),
    )


def _now() -> rx.Component:
    back = date(P.back_ms, weekday="short", hour="2-digit", minute="2-digit")
    return rx.el.p(
        rx.cond(
            P.away,
            t("You are away: transfers go to the others, and operators are told so."),
            rx.cond(
                P.there,
                t("Transfers come to you."),
                rx.cond(
                    P.back_ms > 0,
                    t("Outside your hours. Transfers come again on {at}.", at=back),
                    t("Outside your hours."),
                ),
            ),
        ),
        class_name="s m",
        aria_live="polite",
    )


def presence_card() -> rx.Component:
    return card(
        rx.el.h2(t("Are you there?")),
        switch(
            rx.cond(P.away, t("Away"), t("Available")), checked=~P.away, on_change=lambda on: P.set_away(~on.to(bool))
        ),
        _now(),
        rx.cond(P.unsaved, callout(t("Not saved."), t("Try again in a moment."), tone="red", alert=True)),
        rx.el.div(
            button(
                rx.cond(P.away, t("I am back"), t("I am away")),
                key="A",
                icon=None,
                on_click=P.set_away(~P.away),
            ),
            button(t("Hours"), key="H", icon="calendar-clock", on_click=P.show(True)),
            class_name="row w",
        ),
        class_name="col g3",
    )


def _day(day: Day) -> rx.Component:
    return week_row(
        day,
        name=f"{day.weekday}",
        fault=P.faults[rx.Var.create(day.weekday).to(str)],
        on_time=P.change_time,
        on_switch=P.switch_day,
        off=t("no transfers"),
        closes_first=t("It would end before it begins. Not saved yet."),
        width="128px",
    )


def hours_dialog() -> rx.Component:
    return dialog(
        t("Your hours"),
        rx.el.p(
            rx.cond(
                P.hours,
                t("Transfers come in these hours, by the clock of {zone}.", zone=P.zone),
                t("Without hours transfers come round the clock. Switch a day on to begin."),
            ),
            class_name="s m",
        ),
        rx.el.ul(rx.foreach(P.days, _day), class_name="col"),
        rx.el.div(
            rx.cond(P.hours, button(t("Round the clock"), kind="ghost", on_click=P.always)),
            button(t("Close"), key="Esc", on_click=P.show(False)),
            class_name="row w",
        ),
        open=P.opened,
        on_open_change=P.show,
        width="640px",
    )


def presence_keys() -> rx.Component:
    return rx.fragment(
        key("KeyA", P.set_away(~P.away)),
        key("KeyH", P.show(True)),
        browser_zone(P.here),
    )
