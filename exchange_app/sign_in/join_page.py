"""Joining by invitation: who invites, to what, and the few things we need to know."""

from typing import Any

import reflex as rx

from exchange_app.design.controls import button, checkbox, field, text_input
from exchange_app.design.forms import post_form
from exchange_app.design.surfaces import empty_state, loading
from exchange_app.i18n import date, t
from exchange_app.shell.frame import sheet

from .sign_in_page import by_provider, password_field, to_sign_in
from .state import Join
from .words import join_error, join_problem


def _heading() -> Any:
    someone = rx.cond(Join.inviter, Join.inviter, t("The exchange"))
    return rx.match(
        Join.roles[0],
        ("operator", rx.el.h1(t("{who} invites you to work as an operator", who=someone))),
        ("customer", rx.el.h1(t("{who} invites you as a customer", who=someone))),
        ("manager", rx.el.h1(t("{who} invites you to take calls", who=someone))),
        rx.el.h1(t("{who} invites you", who=someone)),
    )


def _points() -> Any:
    def points(*texts: rx.Var) -> Any:
        return rx.el.ul(
            *(rx.el.li(rx.icon("check", size=20, aria_hidden="true"), text, class_name="row t") for text in texts),
            class_name="col points",
        )

    return rx.match(
        Join.roles[0],
        (
            "operator",
            points(
                t("You choose the hours and the campaigns"),
                t("Paid for every call. Nothing to pay, ever"),
                t("You need a headset, a browser and the internet"),
            ),
        ),
        (
            "customer",
            points(
                t("Upload a list and a script: operators start within minutes"),
                t("You see every call as it happens"),
                t("You pay for calls only"),
            ),
        ),
        (
            "manager",
            points(
                t("An operator tells you first who is on the line"),
                t("Calls reach you in the browser or on your telephone"),
            ),
        ),
        rx.fragment(),
    )


def _form() -> Any:
    return post_form(
        rx.el.div(
            _heading(),
            rx.el.p(
                rx.cond(
                    Join.email,
                    t(
                        "The link is for {email} and works until {day}.",
                        email=Join.email,
                        day=date(Join.expires_at, day="numeric", month="long"),
                    ),
                    t("The link works once, until {day}.", day=date(Join.expires_at, day="numeric", month="long")),
                ),
                class_name="m",
            ),
        ),
        _points(),
        join_problem(),
        field(
            t("What should we call you?"),
            text_input(id="display_name", name="display_name", required=True, max_length=200, auto_complete="name"),
            control_id="display_name",
            hint=t("Contacts hear only the first name"),
        ),
        rx.cond(
            Join.email,
            rx.el.input(type="hidden", name="email", value=Join.email),
            field(
                t("E-mail"),
                text_input(id="email", name="email", type="email", required=True, auto_complete="username"),
                control_id="email",
            ),
        ),
        password_field(
            Join, new=True, error=join_error(), hint=t("At least 10 characters. A phrase is easier to remember")
        ),
        checkbox(
            t("I agree to the rules and to recording of my working calls"), name="rules", value="yes", required=True
        ),
        button(t("Accept and go in"), kind="solid", big=True, full=True, type="submit"),
        action=rx.Var.create("/join/") + Join.token,
        class_name="card col g4 roomy",
    )


def join_page() -> Any:
    return sheet(
        rx.match(
            Join.status,
            (
                "open",
                rx.fragment(
                    _form(),
                    by_provider(
                        Join,
                        t("Accept with {name}", name=Join.provider),
                        rx.el.input(type="hidden", name="invitation", value=Join.token),
                    ),
                ),
            ),
            (
                "closed",
                rx.el.div(
                    empty_state(
                        t("This invitation cannot be used"),
                        t("It was used already, has expired, or the link is not whole. Ask for a new one."),
                        to_sign_in(),
                        icon="mail-x",
                    ),
                    class_name="card",
                ),
            ),
            loading(t("One moment…")),
        ),
        wide=True,
    )
