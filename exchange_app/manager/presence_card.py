"""Available or away, and the hours of the week."""

from typing import Any

import reflex as rx

from exchange_app.design import autosave, badge, button, callout, card, dialog, key, switch
from exchange_app.design.week import Day, weekday_names
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


def _weekday(number: Any) -> Any:
    return rx.match(number, *enumerate(weekday_names()), "")


def _time(day: Day, which: str, value: Any, label: Any) -> rx.Component:
    return rx.el.div(
        autosave(
            id=f"{which}-{day.weekday}",
            name=f"{day.weekday}:{which}",
            value=value,
            kind="time",
            on_save=P.change_time,
            aria_label=label,
            show_saved=False,
        ),
        style={"width": "128px"},
    )


def _day(day: Day) -> rx.Component:
    name = _weekday(day.weekday)
    fault = P.faults[rx.Var.create(day.weekday).to(str)]
    words = rx.match(
        fault,
        ("closes_first", t("It would end before it begins. Not saved yet.")),
        ("overlaps", t("This runs into the day's next stretch. Not saved yet.")),
        ("bad_time", t("A time such as 09:00 is expected. Not saved yet.")),
        "",
    )
    times = rx.el.div(
        _time(day, "opens", day.opens, t("{day}, from", day=name)),
        rx.el.span("–", aria_hidden="true"),
        _time(day, "closes", day.closes, t("{day}, until", day=name)),
        class_name="row",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                switch(name, checked=day.on, on_change=lambda on: P.switch_day(day.weekday, on)),
                style={"minWidth": "170px"},
            ),
            rx.cond(day.on, times, rx.el.span(t("no transfers"), class_name="m")),
            class_name="row w",
            style={"minHeight": "52px"},
        ),
        rx.cond(fault, rx.el.p(words, class_name="err s", role="alert")),
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
