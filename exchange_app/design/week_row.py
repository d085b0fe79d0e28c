"""A day of a week of hours, as a row one can change: on or off, from, until; saved while one types."""

from typing import Any

import reflex as rx

from exchange_app.i18n import t

from .autosave import autosave
from .controls import switch
from .week import Day, weekday_names


def week_row(
    day: Day, *, name: Any, fault: Any, on_time: Any, on_switch: Any, off: Any, closes_first: Any, width: str
) -> rx.Component:
    """For `rx.foreach` over the days of a week.

    `name` goes before `:opens` or `:closes` in what `on_time(name, value)` gets; `on_switch(weekday, on)`. `fault` is a
    code of `with_day`, or bad_time; `off` and `closes_first` are words of the page.
    """
    weekday = rx.match(day.weekday, *enumerate(weekday_names()), "")

    def time(which: str, value: Any, label: Any) -> rx.Component:
        return rx.el.div(
            autosave(
                id=f"{which}-{day.weekday}",
                name=f"{name}:{which}",
                value=value,
                kind="time",
                on_save=on_time,
                aria_label=label,
                show_saved=False,
            ),
            style={"width": width},
        )

    words = rx.match(
        fault,
        ("closes_first", closes_first),
        ("overlaps", t("This runs into the day's next stretch. Not saved yet.")),
        ("bad_time", t("A time such as 09:00 is expected. Not saved yet.")),
        "",
    )
    times = rx.el.div(
        time("opens", day.opens, t("{day}, from", day=weekday)),
        rx.el.span("–", aria_hidden="true"),
        time("closes", day.closes, t("{day}, until", day=weekday)),
        class_name="row",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                switch(weekday, checked=day.on, on_change=lambda on: on_switch(day.weekday, on)),
                style={"minWidth": "170px"},
            ),
            rx.cond(day.on, times, rx.el.span(off, class_name="m")),
            rx.cond(day.more != "", rx.el.span(t("and {times}, kept as it is", times=day.more), class_name="s m")),
            class_name="row w",
            style={"minHeight": "52px"},
        ),
        rx.cond(fault, rx.el.p(words, class_name="err s", role="alert")),
    )
