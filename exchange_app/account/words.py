"""What roles and codes are called."""

from typing import Any

import reflex as rx

from exchange_app.design.surfaces import callout
from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import rich, t, tn

from .state import YourAccount

ADMIN_COMMAND = "./run admin"
"""As typed in the shell, in every language."""


def work_of(role: Any) -> Any:
    """What one does here in a role; `role` is a Var."""
    words = {
        "operator": t("You call for customers and are paid for each call."),
        "customer": t("You order calls and see how they end."),
        "manager": t("You take the calls that operators hand over."),
        "moderator": t("You look into flags and contested charges."),
        "admin": _admin(),
    }
    return rx.match(role, *((name, rx.fragment(said)) for name, said in words.items()), rx.fragment())


def _admin() -> Any:
    return rich(
        "Invitations, tariffs and deposits are made with {command} on the server.",
        command=rx.el.code(ADMIN_COMMAND, class_name="nw", **THEIRS),
    )


def old_password_error() -> Any:
    """For the field of the present password; empty for no error."""
    left = rx.cond(
        YourAccount.tries_left >= 0,
        tn(
            "This is not your present password. {n} try left.",
            "This is not your present password. {n} tries left.",
            n=YourAccount.tries_left,
        ),
        t("This is not your present password."),
    )
    return rx.cond(YourAccount.password_error == "wrong", left, "")


def new_password_error() -> Any:
    """For the field of the new password; empty for no error."""
    return rx.match(
        YourAccount.password_error,
        ("too_short", t("The password is too short: 10 characters at least.")),
        ("too_long", t("The password is too long: 200 characters at most.")),
        ("common", t("This password is among the first that anyone would guess.")),
        ("like_email", t("The password must not be your e-mail.")),
        "",
    )


def password_outcome() -> Any:
    """What is to be said of the whole form."""
    stopped = callout(
        t("Too many tries."),
        tn(
            "Try again in {n} minute. Your account is safe.",
            "Try again in {n} minutes. Your account is safe.",
            n=YourAccount.wait_minutes,
        ),
        tone="amber",
        alert=True,
    )
    elsewhere = callout(
        t("The form came from another address."), t("Open this page again and repeat."), tone="red", alert=True
    )
    changed = callout(
        t("The password is changed."), t("Everywhere else you are signed out."), tone="accent", alert=True
    )
    return rx.fragment(
        rx.match(
            YourAccount.password_error, ("too_many", stopped), ("other_origin", elsewhere), rx.fragment()
        ),
        rx.cond(YourAccount.password_changed, changed),
    )  # fmt: skip
