"""Pages for addresses that lead nowhere."""

from typing import Any

import reflex as rx

from exchange_app.design.controls import link_button
from exchange_app.i18n import t

from .frame import sheet


def not_found() -> Any:
    return sheet(
        rx.el.div(
            rx.el.h1(t("There is no such page")),
            rx.el.p(t("The address may be old, or mistyped."), class_name="m"),
            link_button(t("To the start"), "/", kind="solid", full=True),
            class_name="card col g4 roomy",
        )
    )
