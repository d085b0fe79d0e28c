"""The sign: two jacks and a cord."""

from typing import Any

import reflex as rx

from exchange_app.i18n import t


def sign(size: int = 30) -> Any:
    path = rx.el.svg.path
    return rx.el.svg(
        rx.el.svg.circle(cx="9", cy="10", r="6", fill="none", stroke="var(--accent)", stroke_width="3"),
        rx.el.svg.circle(cx="23", cy="10", r="6", fill="none", stroke="var(--accent)", stroke_width="3"),
        path(d="M9 16c0 14 14 14 14 0", fill="none", stroke="var(--text)", stroke_width="3", stroke_linecap="round"),
        width=str(size),
        height=str(size),
        view_box="0 0 32 32",
        aria_hidden="true",
    )


def name() -> rx.Var:
    return t("Operator Exchange")
