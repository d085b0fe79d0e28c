"""`/admin`: how the exchange does just now."""

from typing import Any

import reflex as rx

from exchange_app.design import (
    badge,
    button,
    card,
    data_list,
    empty_state,
    head,
    link_button,
    loading,
    progress,
    section,
    stat,
    table,
)  # fmt: skip
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, number, t

from .carrier_form import carrier_form
from .carrier_state import CarrierForm
from .system_state import CarrierLine, SwitchLine, System


def _switch_state(code: Any) -> Any:
    return rx.match(
        code,
        ("up", badge(t("works"), tone="accent", icon="check")),
        ("draining", badge(t("nobody new is seated"), tone="amber", icon="log-out")),
        ("silent", badge(t("no engine drives it"), tone="red", icon="triangle-alert")),
        ("lost", badge(t("lost"), tone="red", icon="unplug")),
        badge(t("turned off"), icon="power"),
    )


def _switch(line: SwitchLine) -> rx.Component:
    share = rx.cond(line.max_seats > 0, line.seats * 100 // line.max_seats, 0)
    return rx.el.tr(
        rx.el.td(line.name, class_name="b", **THEIRS),
        rx.el.td(_switch_state(line.state), class_name="rt"),
        rx.el.td(
            t("{n} of {most}", n=number(line.seats), most=number(line.max_seats)),
            progress(share, label=t("Seats taken"), thin=True),
            class_name="no-m",
        ),
        rx.el.td(number(line.sessions), class_name="num no-m"),
        rx.el.td(
            rx.el.span(
                rx.cond(
                    line.draining,
                    button(t("Seat again"), on_click=System.drain(line.name, False)),
                    button(t("Drain"), on_click=System.drain(line.name, True)),
                ),
                rx.cond(
                    line.enabled,
                    button(t("Turn off"), on_click=System.enable(line.name, False)),
                    button(t("Turn on"), on_click=System.enable(line.name, True)),
                ),
                class_name="row w",
            ),
            class_name="ear",
        ),
        key=line.name,
    )


def _carrier(line: CarrierLine) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.name, class_name="b", **THEIRS),
        rx.el.td(
            rx.cond(
                line.enabled, badge(t("in use"), tone="accent", icon="check"), badge(t("turned off"), icon="power")
            ),
            class_name="rt",
        ),
        rx.el.td(number(line.on_the_line), class_name="num"),
        rx.el.td(number(line.rates), class_name="num no-m"),
        rx.el.td(
            rx.el.div(
                button(t("Change"), on_click=CarrierForm.change(line.name)),
                rx.cond(
                    line.enabled,
                    button(t("Turn off"), on_click=System.enable_carrier(line.name, False)),
                    button(t("Turn on"), on_click=System.enable_carrier(line.name, True)),
                ),
                class_name="row w",
            ),
            class_name="ear",
        ),
        key=line.name,
    )


def _of(name: str) -> Any:
    return System.figures[name]


def _concern(name: str, label: Any, href: str = "") -> tuple[Any, Any]:
    value = rx.cond(
        _of(name) > 0, badge(number(_of(name)), tone="amber", icon="triangle-alert"), badge("0", tone="accent")
    )
    return label, rx.el.a(value, href=href) if href else value


def _aside() -> rx.Component:
    return rx.el.div(
        card(
            rx.el.h2(t("The last 24 hours")),
            data_list(
                (t("Calls"), number(_of("calls"))),
                (t("Answered"), number(_of("answered"))),
                (t("Transfers"), number(_of("transfers"))),
                (t("Successes"), number(_of("successes"))),
                (t("Over the time limit"), number(_of("overran"))),
                (t("Charged"), money(_of("charged"), System.currency)),
                (t("Earned by operators"), money(_of("paid"), System.currency)),
            ),
        ),
        card(
            rx.el.h2(t("What waits")),
            data_list(
                _concern("unsettled", t("Calls without settlement")),
                _concern("recordings_waiting", t("Recordings on switches")),
                _concern("recordings_lost", t("Recordings lost")),
                _concern("jobs_waiting", t("Background jobs")),
                _concern("jobs_failed", t("Background jobs that failed")),
                _concern("mails_failed", t("Letters not sent")),
                _concern("flags", t("Flags")),
                _concern("reviews", t("Calls to be heard")),
                _concern("appeals", t("Appeals")),
                _concern("disputes", t("Contested charges")),
            ),
        ),
        class_name="col g4",
    )


def system_page() -> rx.Component:
    switches = rx.cond(
        System.switches.length() > 0,
        table(
            [
                (t("Switch"), ""),
                (t("State"), ""),
                (t("Seats"), "no-m"),
                (t("Channels"), "num no-m"),
                (t("Actions"), ""),
            ],
            rx.foreach(System.switches, _switch),
            caption=t("Switches"),
        ),
        card(empty_state(t("No switch is known"), t("It comes here when the first engine drives it."), icon="server")),
    )
    carriers = rx.cond(
        System.carriers.length() > 0,
        table(
            [
                (t("Carrier"), ""), (t("State"), ""), (t("On the line"), "num"), (t("Rates"), "num no-m"),
                (t("Actions"), ""),
            ],
            rx.foreach(System.carriers, _carrier),
            caption=t("Carriers"),
        ),
        card(
            empty_state(
                t("No carriers are entered"),
                t("Every call goes out through the one gateway of the settings."),
                icon="phone-outgoing",
            )
        ),
    )  # fmt: skip
    return rx.el.div(
        head(
            t("System"),
            button(t("Look again"), icon="refresh-cw", on_click=System.look_again),
            link_button(t("Log"), "/admin/log", icon="scroll-text"),
        ),
        rx.cond(
            System.loaded,
            rx.el.div(
                rx.el.div(
                    rx.el.div(
                        card(stat(t("Operators on shift"), number(_of("on_shift")))),
                        card(stat(t("Calls on the line"), number(_of("in_calls")))),
                        card(stat(t("As of"), date(System.at_ms, timeStyle="medium"))),
                        class_name="grid c3",
                    ),
                    section(t("Switches"), switches),
                    section(
                        t("Carriers"),
                        carriers,
                        actions=[
                            button(t("A new carrier"), icon="plus", on_click=CarrierForm.enter_new, id="new-carrier")
                        ],
                    ),
                    class_name="col g5",
                ),
                _aside(),
                id="ag",
                class_name="grid",
                style={"gridTemplateColumns": "minmax(0,1fr) 340px", "alignItems": "start"},
            ),
            loading(t("One moment…")),
        ),
        carrier_form(),
        class_name="page",
    )
