"""Between calls: what the shift has brought, a break in time, other work on offer, call-backs that were promised."""

from typing import Any

import reflex as rx

from exchange_app.design import button, callout, card
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, number, seconds_since, seconds_until, t, tn

from .desk_state import Desk
from .offer_state import Offer
from .script_pane import objections_card
from .today_state import Today
from .words import price

LEAST_S = 300
"""Before five minutes of a shift, pay per hour says nothing."""
BREAK_AFTER_MS = 50 * 60_000
"""Voice and attention need a rest: a break is advised after so much work on end."""


def _per_hour() -> Any:
    seconds = seconds_since(Desk.shift_started_ms)
    return rx.cond(
        seconds >= LEAST_S,
        number(
            Today.shift_pay * 3600 / Today.unit / (seconds + 1),
            style="currency",
            currency=Today.currency,
            currencyDisplay="narrowSymbol",
            maximumFractionDigits=0,
        ),
        t("after five minutes"),
    )


def _shift_card() -> rx.Component:
    hours = seconds_since(Desk.shift_started_ms) // 60
    return card(
        rx.el.h3(t("This shift")),
        rx.el.dl(
            rx.el.dt(t("You work")),
            rx.el.dd(tn("{n} minute", "{n} minutes", n=hours), class_name="num"),
            rx.el.dt(t("Calls")),
            rx.el.dd(Today.shift_calls, class_name="num"),
            rx.el.dt(t("Successes")),
            rx.el.dd(Today.shift_successes, class_name="num"),
            rx.el.dt(t("Earned")),
            rx.el.dd(money(Today.shift_pay, Today.currency), class_name="num b"),
            rx.el.dt(t("An hour")),
            rx.el.dd(_per_hour(), class_name="num"),
            class_name="dl",
        ),
        rx.cond(
            Today.unsettled > 0,
            rx.el.p(
                tn("pay for {n} call is being reckoned", "pay for {n} calls is being reckoned", n=Today.unsettled),
                class_name="s m",
            ),
        ),
        class_name="col",
    )


def _break() -> rx.Component:
    due = (Desk.shift_started_ms > 0) & (seconds_until(Desk.shift_started_ms + BREAK_AFTER_MS) == 0)
    return rx.cond(
        due,
        callout(
            t("You have worked for 50 minutes on end."),
            t("Ten minutes away from the screen do the voice good. B begins the break."),
            tone="amber",
            icon="coffee",
        ),
    )


def _offer() -> rx.Component:
    pay = rx.cond(
        Offer.pay_per_hour >= 0,
        t("about {amount} an hour", amount=price(Offer.pay_per_hour, Offer, whole=True)),
        t("nobody has worked there yet"),
    )
    return rx.cond(
        Offer.campaign_id > 0,
        card(
            rx.el.h3(t("Something else for a while?")),
            rx.el.p(
                tn(
                    "You have been on one script for {n} minute.",
                    "You have been on one script for {n} minutes.",
                    n=Offer.minutes,
                ),
                " ",
                rx.el.b(Offer.name, **THEIRS),
                ": ",
                pay,
                class_name="s",
            ),
            button(t("Change to it"), full=True, icon="repeat", on_click=Offer.take(Offer.campaign_id)),
            button(t("Stay here"), kind="ghost", full=True, on_click=Offer.stay),
            class_name="col g3",
        ),
    )


def _call_backs() -> rx.Component:
    def row(one: Any) -> rx.Component:
        return rx.el.li(
            rx.el.span(
                date(one.due_ms, day="numeric", month="short", hour="2-digit", minute="2-digit"), class_name="nw"
            ),
            rx.el.div(rx.el.b(one.contact), rx.el.div(one.campaign, class_name="s m"), class_name="grow", **THEIRS),
            class_name="row t g3",
            key=one.contact_id.to(str),
        )

    return rx.cond(
        Today.call_backs.length() > 0,
        card(
            rx.el.h3(t("Your call-backs")),
            rx.el.ul(rx.foreach(Today.call_backs, row), class_name="col g3"),
            rx.el.p(
                t("Each comes to you first when its time is there and you work on its campaign."), class_name="s m"
            ),
            class_name="col g3",
        ),
    )


def between_calls() -> rx.Component:
    return rx.fragment(_shift_card(), _break(), _offer(), _call_backs(), objections_card())
