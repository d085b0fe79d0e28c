"""What shows while the server cannot be reached, and what replaces a page that broke."""

from typing import Any

import reflex as rx
from reflex_base.vars.function import ArgsFunctionOperation
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core.banner import has_connection_errors

from exchange_app.i18n import t


def offline() -> rx.Component:
    """Says what happened, what is safe, what is done about it."""
    return rx.fragment(
        rx.cond(
            has_connection_errors,
            rx.el.div(
                rx.icon("unplug", aria_hidden="true"),
                rx.el.span(
                    rx.el.b(t("No connection to the exchange.")),
                    " ",
                    t("A call in progress goes on, and what you typed is kept. We are reconnecting."),
                ),
                class_name="offline",
                role="status",
            ),
        )
    )


def broken() -> Any:
    """In place of a page whose drawing failed."""
    return rx.el.div(
        rx.el.div(
            rx.el.h1(t("This page broke")),
            rx.el.p(t("Nothing is lost: a call in progress goes on. Load the page again."), class_name="m"),
            rx.el.button(
                t("Load again"), type="button", class_name="btn solid", on_click=rx.call_script("location.reload()")
            ),
            class_name="card col g4",
        ),
        class_name="sheet",
    )


def boundary() -> Any:
    return ErrorBoundary.create(
        fallback_render=ArgsFunctionOperation.create(("event_args",), rx.Var.create(broken()), _var_type=rx.Component)
    )
