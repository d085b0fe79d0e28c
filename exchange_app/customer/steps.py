"""The way from a name to a running campaign, and back to any step of it."""

from typing import Any

import reflex as rx

from exchange_app.design import CAMPAIGN_STATES, link_button
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import t

from .here import Here


def _step(number: int, name: str, label: Any, done: Any, here: str) -> rx.Component:
    on = name == here
    current: dict[str, Any] = {"aria_current": "step"} if on else {}
    mark = rx.cond(done, rx.icon("check", size=14, aria_hidden="true"), rx.fragment(str(number)))
    return rx.el.li(
        rx.link(
            rx.el.em(mark),
            label,
            rx.cond(done, rx.el.span(t("done"), class_name="sr"), rx.fragment()),
            href=f"/customer/campaign/{Here.number}/{name}",
            underline="none",
            color="inherit",
            class_name="row",
            style={"minHeight": "32px"},
            **current,
        ),
        class_name="on" if on else rx.cond(done, "done", ""),
    )


def steps(here: str) -> rx.Component:
    """The steps of the campaign; `here` is the one that is open."""
    ready = Here.has_list & Here.has_script & Here.has_hours
    return rx.el.nav(
        rx.el.ol(
            _step(1, "list", t("List"), Here.has_list, here),
            _step(2, "script", t("Script and form"), Here.has_script, here),
            _step(3, "hours", t("Hours and limits"), Here.has_hours, here),
            _step(4, "people", t("Managers and results"), Here.has_managers, here),
            _step(5, "start", t("Start"), ready & (Here.status != "draft"), here),
            class_name="steps",
            style={"listStyle": "none", "padding": 0},
        ),
        aria_label=t("Steps"),
    )


def step_head(title: Any, here: str, *actions: Any) -> rx.Component:
    """The heading of a step: whose campaign, what the step is, where one can go."""
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.p(
                    rx.link(Here.name, href=f"/customer/campaign/{Here.number}", **THEIRS),
                    " ",
                    CAMPAIGN_STATES.badge(Here.status),
                    class_name="s m row w",
                ),
                rx.el.h1(title),
            ),
            rx.el.div(*actions, class_name="row w"),
            class_name="head",
        ),
        steps(here),
        class_name="col g3",
        style={"marginBottom": "24px"},
    )


def step_foot(back: tuple[Any, str] | None, onward: tuple[Any, str] | None, *, solid: Any = False) -> rx.Component:
    """The way to the steps beside. `solid` where going on is the view's main action."""

    def link(step: tuple[Any, str], icon: str, kind: Any) -> rx.Component:
        return link_button(step[0], f"/customer/campaign/{Here.number}/{step[1]}", kind=kind, icon=icon)

    return rx.el.div(
        link(back, "arrow-left", "line") if back else rx.el.span(),
        link(onward, "arrow-right", "solid" if solid is True else "line") if onward else rx.el.span(),
        class_name="row sb w",
        style={"marginTop": "24px"},
    )
