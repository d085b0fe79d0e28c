"""Being paid: the button, the question where to, and the wishes so far."""

from typing import Any

import reflex as rx

from exchange_app.design import badge, button, dialog, field, section, table
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, money, t

from .earnings_state import Earnings
from .payout_state import Payouts, Wish


def ask_button() -> rx.Component:
    """Beside what is available."""
    return rx.cond(
        (Earnings.available >= Payouts.least) & (Payouts.least > 0),
        rx.el.div(button(t("Pay it out"), kind="solid", icon="banknote", on_click=Payouts.show(True))),
        rx.el.p(t("Can be paid out from {sum} on.", sum=money(Payouts.least, Earnings.currency)), class_name="s m"),
    )


def ask_dialog() -> rx.Component:
    fault = rx.match(
        Payouts.fault,
        ("no_target", t("Write a card, an account or a telephone.")),
        ("not_enough", t("So much is not available any more. Look at the page again.")),
        ("too_little", t("Too little to be sent yet.")),
        "",
    )
    return dialog(
        t("Pay out {sum}?", sum=money(Earnings.available, Earnings.currency)),
        rx.el.form(
            field(
                t("Where to"),
                rx.el.input(id="target", name="target", max_length=200, auto_complete="off", class_name="in"),
                control_id="target",
                hint=t("Number of a card or account, or a telephone for fast transfers, and the bank"),
                error=fault,
            ),
            rx.el.div(
                button(t("Not now"), type="button", on_click=Payouts.show(False)),
                button(t("Ask to be paid"), kind="solid", type="submit"),
                class_name="row sb w",
            ),
            on_submit=Payouts.ask,
            class_name="col g3",
        ),
        open=Payouts.open,
        on_open_change=Payouts.show,
    )


def _state(wish: Wish) -> Any:
    return rx.match(
        wish.state,
        ("requested", badge(t("asked for"), tone="amber", icon="clock")),
        ("batched", badge(t("on its way"), tone="amber", icon="arrow-right")),
        ("paid", badge(t("paid"), tone="accent", icon="circle-check")),
        (
            "failed",
            rx.fragment(
                badge(t("came back"), tone="red", icon="triangle-alert"),
                rx.cond(wish.why, rx.el.div(wish.why, class_name="s m", **THEIRS)),
            ),
        ),
        badge(t("taken back"), tone="gray"),
    )


def _wish(wish: Wish) -> rx.Component:
    return rx.el.tr(
        rx.el.td(date(wish.at_ms, dateStyle="medium"), class_name="nw m"),
        rx.el.td(wish.target, **THEIRS),
        rx.el.td(_state(wish)),
        rx.el.td(money(wish.amount, wish.currency), class_name="num b"),
        rx.el.td(
            rx.cond(
                wish.state == "requested",
                button(t("Take back"), kind="ghost", on_click=Payouts.cancel(wish.id)),
            )
        ),
        key=wish.id,
    )


def wishes() -> rx.Component:
    return rx.cond(
        Payouts.wishes.length() > 0,
        section(
            t("Payouts"),
            table(
                [(t("When"), ""), (t("Where to"), ""), (t("How it stands"), ""), (t("Sum"), "num"), ("", "")],
                rx.foreach(Payouts.wishes, _wish),
                caption=t("Payouts, the latest first"),
            ),
        ),
    )
