"""`/sign-in/second`: the code of an app, a recovery code, or a passkey."""

from typing import Any

import reflex as rx

from exchange_app.design.controls import button, field, text_input
from exchange_app.design.forms import post_form
from exchange_app.design.passkey import use_passkey
from exchange_app.design.surfaces import callout
from exchange_app.i18n import t
from exchange_app.shell.frame import sheet

from .state import SecondStep


def second_page() -> Any:
    wrong = SecondStep.error == "wrong_code"
    return sheet(
        post_form(
            rx.el.h1(t("One more step")),
            rx.cond(
                SecondStep.error == "other_origin",
                callout(t("The form came from another address."), t("Open this page again and repeat."), tone="red",
                        alert=True),
            ),
            field(
                t("Code"),
                text_input(
                    id="code", name="code", input_mode="numeric", auto_complete="one-time-code", max_length=40,
                    required=True, auto_focus=True, bad=wrong, class_name="code",
                ),
                control_id="code",
                hint=t("Six digits of your authenticator app, or a recovery code"),
                error=rx.cond(wrong, t("This code is not right, or was used. Wait for the next one."), ""),
            ),
            button(t("Sign in"), kind="solid", key="Enter", big=True, full=True, type="submit"),
            use_passkey(t("Use a passkey")),
            rx.link(t("Begin again"), href="/sign-in"),
            action="/auth/second",
            class_name="card col g4 roomy",
        ),
    )  # fmt: skip
