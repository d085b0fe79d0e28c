"""One of several answers to a moderator's question."""

from typing import Any

import reflex as rx


def choice(value: str, label: Any, *, first: bool = False) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="verdict", value=value, default_checked=first, required=True),
        rx.el.span(label),
        class_name="row",
        style={"gap": "10px", "minHeight": "44px"},
    )
