"""What the codes of `?error=` say: what happened, then what to do."""

from typing import Any

import reflex as rx

from exchange_app.design.surfaces import callout
from exchange_app.i18n import rich, t, tn

from .state import Join, SignIn


def _provider_problems() -> list[tuple[str, Any]]:
    """What can go wrong at an OpenID provider."""
    return [
        (
            "provider_down",
            callout(t("The provider does not answer."), t("Try again in a minute, or use your password."),
                    tone="red", alert=True),
        ),
        (
            "oidc_failed",
            callout(t("The provider's answer could not be trusted, so nobody was signed in."), t("Begin again."),
                    tone="red", alert=True),
        ),
        (
            "email_unverified",
            callout(t("The provider has not verified your e-mail."), t("Accept with a password instead."),
                    tone="red", alert=True),
        ),
    ]  # fmt: skip


def sign_in_error() -> Any:
    left = rx.cond(SignIn.left >= 0, tn("{n} try left.", "{n} tries left.", n=SignIn.left), "")
    return rx.match(
        SignIn.error,
        ("", rx.fragment()),
        (
            "wrong",
            callout(
                t("E-mail and password do not match."),
                t("Check the keyboard layout and try again."),
                " ",
                left,
                tone="red",
                alert=True,
            ),
        ),
        (
            "too_many",
            callout(
                t("Too many tries."),
                tn(
                    "Try again in {n} minute. Your account is safe.",
                    "Try again in {n} minutes. Your account is safe.",
                    n=SignIn.wait_minutes,
                ),
                tone="amber",
                alert=True,
            ),
        ),
        (
            "suspended",
            callout(t("This account is suspended."), t("Write to whoever invited you."), tone="red", alert=True),
        ),
        (
            "other_origin",
            callout(
                t("The form came from another address."), t("Open this page again and repeat."), tone="red", alert=True
            ),
        ),
        ("step_over", callout(t("That took too long."), t("Begin again."), tone="amber", alert=True)),
        *_provider_problems(),
        (
            "no_account",
            callout(
                t("Nobody here is linked to that person."),
                t("Sign in with your password and link it in your account, or ask for an invitation."),
                tone="amber",
                alert=True,
            ),
        ),
        (
            "unavailable",
            callout(t("Sign-in is not possible at the moment."), t("Try again in a minute."), tone="red", alert=True),
        ),
        rx.fragment(),
    )


def join_error() -> Any:
    """For the field or the form; empty for no error."""
    return rx.match(
        Join.error,
        ("too_short", t("The password is too short: 10 characters at least.")),
        ("too_long", t("The password is too long: 200 characters at most.")),
        ("common", t("This password is among the first that anyone would guess.")),
        ("like_email", t("The password must not be your e-mail.")),
        "",
    )


def join_problem() -> Any:
    sign_in = rx.link(t("Sign in"), href="/sign-in")
    return rx.match(
        Join.error,
        (
            "email_taken",
            callout(
                t("There is an account with this e-mail already."),
                rich("{sign_in} with it.", sign_in=sign_in),
                tone="red",
                alert=True,
            ),
        ),
        *_provider_problems(),
        (
            "other_email",
            callout(
                t("This invitation is for another e-mail."),
                t("Use the address it was sent to."),
                tone="red",
                alert=True,
            ),
        ),
        ("bad_name", callout(t("We need your name."), t("Up to 200 characters."), tone="red", alert=True)),
        ("bad_email", callout(t("This is no e-mail address."), t("Check it and try again."), tone="red", alert=True)),
        (
            "rules",
            callout(t("The rules were not agreed to."), t("Without that there is no account."), tone="red", alert=True),
        ),
        ("too_many", callout(t("Too many tries."), t("Try again in a quarter of an hour."), tone="amber", alert=True)),
        (
            "other_origin",
            callout(
                t("The form came from another address."), t("Open this page again and repeat."), tone="red", alert=True
            ),
        ),
        (
            "unavailable",
            callout(t("Joining is not possible at the moment."), t("Try again in a minute."), tone="red", alert=True),
        ),
        rx.fragment(),
    )
