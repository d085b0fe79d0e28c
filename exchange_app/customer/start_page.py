"""`/customer/campaign/[id]/start`: what is there, what is missing, what it costs, and the start."""

from typing import Any

import reflex as rx

from exchange_app.design import autosave, badge, button, callout, card, dialog, field, link_button
from exchange_app.i18n import money, rich, t

from .caps_field import cap_field
from .caps_state import Caps
from .here import Here, of_campaign
from .pilot_card import pilot_switch
from .run_state import Run
from .steps import step_foot, step_head


def refusal() -> Any:
    """Why the campaign was not started or paused: what is missing, and where to put it right."""

    def at(step: str, words: Any) -> rx.Component:
        return rx.link(words, href=f"/customer/campaign/{Here.number}/{step}")

    def said(fact: Any, what: Any) -> rx.Component:
        return callout(fact, what, tone="red", alert=True)

    funds = t(
        "A call can cost up to {needed}, and {available} is on the account.",
        needed=money(Run.needed, Here.currency),
        available=money(Run.available, Here.currency),
    )
    return rx.match(
        Run.refused,
        ("", rx.fragment()),
        (
            "no_script",
            said(
                t("There is no script yet."),
                rich("{write}, then start.", write=at("script", t("Write and publish it"))),
            ),
        ),
        (
            "no_contacts",
            said(t("There is nobody to call."), rich("{upload}, then start.", upload=at("list", t("Upload a list")))),
        ),
        (
            "no_hours",
            said(t("No calling hours are set."), rich("{set}, then start.", set=at("hours", t("Switch on a day")))),
        ),
        (
            "no_funds",
            said(
                t("The money does not reach for one call."),
                rx.fragment(funds, " ", rx.link(t("How to pay in"), href="/customer/money")),
            ),
        ),
        (
            "no_tariff",
            said(
                t("No prices are set for your currency."), t("Write to the exchange; nothing can be called until then.")
            ),
        ),
        (
            "pilot",
            said(
                t("The first calls are to be heard first."),
                rich("{hear} and let the campaign go on there.", hear=at("", t("Hear them on the page of results"))),
            ),
        ),
        (
            "not_possible",
            said(t("A finished campaign stays finished."), t("Make a new one; the list can be uploaded again.")),
        ),
        said(t("That is not possible now."), t("Reload the page to see how things stand.")),
    )


def _check(ready: Any, name: Any, there: Any, missing: Any, step: str, needed: bool = True) -> rx.Component:
    mark = rx.cond(
        ready,
        badge(t("ready"), tone="accent", icon="check"),
        badge(t("missing"), tone="red", icon="x")
        if needed
        else badge(t("advice"), tone="amber", icon="triangle-alert"),
    )
    return rx.el.li(
        mark,
        rx.el.div(rx.el.b(name), rx.el.div(rx.cond(ready, there, missing), class_name="s m"), class_name="grow"),
        rx.link(t("Change"), href=f"/customer/campaign/{Here.number}/{step}" if not step.startswith("/") else step),
        class_name="row",
        style={"padding": "12px 0", "borderTop": "1px solid var(--line)", "gap": "12px"},
    )


def _checks() -> rx.Component:
    funded = Here.available >= Here.needed
    return card(
        rx.el.h2(t("Before the start")),
        rx.el.ul(
            _check(Here.has_list, t("List"), t("Contacts are there."), t("Upload whom to call."), "list"),
            _check(
                Here.has_script,
                t("Script and form"),
                t("Operators know what to say."),
                t("Write and publish it."),
                "script",
            ),
            _check(
                Here.has_hours,
                t("Hours and limits"),
                t("At least one day is switched on."),
                t("Switch on a day."),
                "hours",
            ),
            _check(
                Here.has_tariff & funded,
                t("Money"),
                t(
                    "{available} on the account; one call holds {needed} at most.",
                    available=money(Here.available, Here.currency),
                    needed=money(Here.needed, Here.currency),
                ),
                rx.cond(
                    Here.has_tariff,
                    t(
                        "One call can cost up to {needed}, and {available} is there.",
                        available=money(Here.available, Here.currency),
                        needed=money(Here.needed, Here.currency),
                    ),
                    t("No prices are set for your currency."),
                ),
                "/customer/money",
            ),
            _check(
                Here.has_managers,
                t("Managers"),
                t("Interested contacts can be handed over."),
                t("You can start without: nobody is connected to you at once then."),
                "people",
                needed=False,
            ),
            style={"listStyle": "none", "padding": 0},
        ),
        class_name="col g3",
    )


def run_buttons() -> Any:
    """Start, pause: what the status allows."""
    start = button(t("Start calling"), kind="solid", icon="play", on_click=Run.start)
    return rx.match(
        rx.cond(Here.pilot == "review", "review", Here.status),
        ("review", rx.fragment()),
        ("active", button(t("Pause"), icon="pause", on_click=Run.pause)),
        ("out_of_funds", button(t("Pause"), icon="pause", on_click=Run.pause)),
        ("finished", rx.fragment()),
        start,
    )


def finish_dialog() -> rx.Component:
    return dialog(
        t("Finish the campaign?"),
        rx.el.p(t("No more calls will be made, and it cannot be started again. Results and money stay as they are.")),
        rx.el.div(
            button(t("Keep it"), on_click=Run.ask_finish(False)),
            button(t("Finish"), kind="red", on_click=Run.finish),
            class_name="row w",
            style={"justifyContent": "flex-end"},
        ),
        open=Run.finishing,
        on_open_change=Run.ask_finish,
        alert=True,
    )


def _name() -> rx.Component:
    return card(
        field(
            t("Name of the campaign"),
            autosave(id="name", name=f"{Here.number}:name", value=Here.name, on_save=Here.rename, max_length=200),
            control_id="name",
            hint=t("Operators see it on their board"),
        ),
        cap_field(
            t("Spend in a day at most"),
            t("This campaign alone, by the day of your time zone. Empty: no limit. Calls go on the next day"),
            name=f"{Here.number}:cap",
            on_save=Caps.change_campaign_cap,
        ),
        pilot_switch(),
        rx.cond(
            (Here.status != "draft") & (Here.status != "finished"),
            rx.el.div(button(t("Finish the campaign"), kind="redline", on_click=Run.ask_finish(True))),
        ),
        class_name="col g4",
    )


def start_page() -> rx.Component:
    return of_campaign(
        rx.el.div(
            step_head(t("Start"), "start", run_buttons()),
            rx.el.div(
                refusal(),
                rx.cond(
                    Here.pilot == "review",
                    callout(
                        t("The first calls are to be heard first."),
                        tone="amber",
                        actions=[
                            link_button(
                                t("Hear them on the page of results"),
                                f"/customer/campaign/{Here.number}",
                                icon="headphones",
                            )
                        ],
                    ),
                ),
                class_name="col",
                style={"marginBottom": "16px"},
            ),
            rx.el.div(_checks(), _name(), class_name="grid c2", style={"alignItems": "start"}),
            finish_dialog(),
            step_foot((t("Managers and results"), "people"), (t("Results"), "")),
            class_name="page",
        )
    )
