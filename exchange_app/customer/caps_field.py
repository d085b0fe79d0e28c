"""The field of a day's cap, with what is spent of it."""

from typing import Any

import reflex as rx

from exchange_app.design import autosave, callout, field
from exchange_app.i18n import money, t

from .caps_state import Caps


def cap_field(label: Any, hint: Any, *, name: Any, on_save: Any) -> rx.Component:
    """`name`: whose cap it is, as the handler takes it. Empty means: no cap."""
    return rx.el.div(
        field(
            label,
            autosave(
                id="cap",
                name=name,
                value=Caps.value,
                on_save=on_save,
                custom_attrs={"inputMode": "decimal", "autoComplete": "off"},
            ),
            control_id="cap",
            hint=hint,
            error=rx.cond(Caps.fault != "", t("A sum such as 5000 is expected, or nothing. Not saved."), ""),
        ),
        rx.el.p(
            t(
                "Today so far: {spent}, with what is held for calls on the line.",
                spent=money(Caps.spent, Caps.currency),
            ),
            class_name="s m",
        ),
        rx.cond(
            (Caps.per_day > 0) & (Caps.per_day < Caps.needed),
            callout(
                t("Less than one call can cost."),
                t("Before a call {needed} is held: nothing can be called.", needed=money(Caps.needed, Caps.currency)),
                tone="red",
            ),
        ),
        class_name="col g2",
    )
