"""`/customer/campaign/[id]/hours`: when contacts may be called, how long, how often."""

from typing import Any

import reflex as rx

from exchange_app.design import OUTCOMES, autosave, button, callout, card, field, switch
from exchange_app.design.week import Day
from exchange_app.design.week_row import week_row
from exchange_app.i18n import t

from .callers_card import callers
from .days_off_card import days_off
from .here import Here, of_campaign
from .hours_state import LIMITS, RETRY, Hours, Limit
from .steps import step_foot, step_head
from .words import digits


def _day(day: Day) -> rx.Component:
    return week_row(
        day,
        name=f"{Here.number}:{day.weekday}",
        fault=Hours.day_faults[digits(day.weekday)],
        on_time=Hours.change_time,
        on_switch=Hours.switch_day,
        off=t("no calls"),
        closes_first=t("Calling would end before it begins. Not saved yet."),
        width="140px",
    )


def _number(name: str, limit: Limit, label: Any, hint: Any) -> rx.Component:
    words = rx.match(
        Hours.wrong[name],
        ("range", t("From {least} to {most}. Not saved.", least=limit.least, most=limit.most)),
        ("kept", t("No recording is kept for more than {days} days here. Not saved.", days=Hours.kept_most)),
        ("warning", t("The warning must sound at least 5 seconds before the end. Not saved.")),
        "",
    )
    return field(
        label,
        autosave(
            id=name,
            name=f"{Here.number}:{name}",
            value=Hours.shown[name],
            kind="number",
            on_save=Hours.change_limit,
            custom_attrs={"min": limit.least, "max": limit.most, "step": 1},
        ),
        control_id=name,
        hint=hint,
        error=rx.cond(Hours.wrong[name], words, ""),
    )


def _hours() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h2(t("Calling hours")),
            button(t("Monday's hours for all days"), kind="ghost", on_click=Hours.copy_monday),
            class_name="row sb w",
        ),
        rx.el.p(t("By the clock of each contact: nobody is called at night in their own town."), class_name="m"),
        rx.cond(
            ~Here.has_hours,
            callout(t("No day is switched on."), t("Nothing can be called until one is."), tone="amber"),
        ),
        rx.el.ul(rx.foreach(Hours.days, _day), style={"listStyle": "none", "padding": 0}),
        class_name="col g3",
    )


def _limits() -> rx.Component:
    return card(
        rx.el.h2(t("One call")),
        _number(
            "longest_call_s",
            LIMITS["longest_call_s"],
            t("Longest call, minutes"),
            t("The switch ends the call by itself then. This much money is held before each call"),
        ),
        rx.el.div(
            _number(
                "warning_s", LIMITS["warning_s"], t("Warning before the end, seconds"), t("The operator hears a tone")
            ),
            _number("ring_s", LIMITS["ring_s"], t("Ring for, seconds"), t("Five rings are about 30 seconds")),
            class_name="grid",
            style={"gridTemplateColumns": "1fr 1fr"},
        ),
        _number(
            "wrap_up_s",
            LIMITS["wrap_up_s"],
            t("Time to write the result, seconds"),
            t("After it the call is closed by itself"),
        ),
        switch(
            rx.cond(Hours.recording, t("Calls are recorded"), t("Calls are not recorded")),
            checked=Hours.recording,
            on_change=Hours.switch_recording,
        ),
        rx.cond(
            Hours.recording,
            switch(
                rx.cond(
                    Hours.masking_allowed,
                    t("Operators may pause the recording"),
                    t("Operators may not pause the recording"),
                ),
                checked=Hours.masking_allowed,
                on_change=Hours.switch_masking,
            ),
        ),
        _number(
            "keep_recordings_days",
            LIMITS["keep_recordings_days"],
            t("Keep recordings for, days"),
            t("Counted from the call; then they are deleted. Their length and the result stay"),
        ),
        class_name="col g4",
    )


def _retries() -> rx.Component:
    def after(outcome: str) -> rx.Component:
        return _number(f"retry_{outcome}", RETRY, t("After “{outcome}”, minutes", outcome=OUTCOMES.word(outcome)), None)

    return card(
        rx.el.h2(t("Trying again")),
        _number(
            "max_attempts",
            LIMITS["max_attempts"],
            t("Attempts for one contact"),
            t("A call-back or a wrong number is not counted"),
        ),
        rx.el.div(
            *(after(outcome) for outcome in ("no_answer", "busy", "unreachable", "dropped")),
            class_name="grid",
            style={"gridTemplateColumns": "1fr 1fr"},
        ),
        _number(
            "min_gap_s",
            LIMITS["min_gap_s"],
            t("Least rest of a number, minutes"),
            t("Between two calls to the same number, also of other campaigns; the longer rest counts"),
        ),
        _number(
            "max_calls_per_day",
            LIMITS["max_calls_per_day"],
            t("Calls a day, of the whole campaign"),
            t(
                "Empty: as many as it takes. One number is called at most {n} times a day, over all campaigns",
                n=Hours.number_cap,
            ),
        ),
        class_name="col g4",
    )


def hours_page() -> rx.Component:
    return of_campaign(
        rx.el.div(
            step_head(t("Hours and limits"), "hours"),
            rx.el.div(
                rx.el.div(_hours(), days_off(), callers(), class_name="col g4"),
                rx.el.div(_limits(), _retries(), class_name="col g4"),
                class_name="grid c2",
                style={"alignItems": "start"},
            ),
            step_foot((t("Script and form"), "script"), (t("Managers and results"), "people")),
            class_name="page",
        )
    )
