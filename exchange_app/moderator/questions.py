"""A moderator's question: answered with a word that stays, and perhaps one of several answers."""

from typing import Any

import reflex as rx

from exchange_app.design import button, dialog, field
from exchange_app.i18n import t


def choice(value: str, label: Any, *, first: bool = False) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="verdict", value=value, default_checked=first, required=True),
        rx.el.span(label),
        class_name="row",
        style={"gap": "10px", "minHeight": "44px"},
    )


def decision(*choices: rx.Component) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("Decision"), class_name="b"), *choices, style={"border": 0, "padding": 0}
    )  # fmt: skip


def question(
    title: Any, *first: Any, label: Any, hint: Any, error: Any, longest: int, answer: Any, on_submit: Any,
    state: Any,
) -> rx.Component:  # fmt: skip
    """`state` has `open`, the number that is asked about or 0, and `show_question`. The word is the form's `words`."""
    return dialog(
        title,
        rx.el.form(
            *first,
            field(
                label,
                rx.el.textarea(id="words", name="words", rows=4, max_length=longest, class_name="in"),
                control_id="words",
                hint=hint,
                error=error,
            ),
            rx.el.div(
                button(t("Not now"), type="button", on_click=state.show_question(False)),
                button(answer, kind="solid", type="submit"),
                class_name="row sb w",
            ),
            on_submit=on_submit,
            class_name="col g3",
        ),
        open=state.open > 0,
        on_open_change=state.show_question,
    )
