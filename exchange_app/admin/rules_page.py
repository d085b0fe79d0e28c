"""`/admin/rules`: thresholds and times of the house."""

from typing import Any

import reflex as rx

from exchange_app.design import card, field, head, loading, switch, text_input
from exchange_app.i18n import t

from .rules_state import LIMITS, Rules
from .words import rule_words


def _rule(name: str, label: Any, unit: Any) -> rx.Component:
    least, most = LIMITS[name]
    if (least, most) == (0, 1):
        return switch(
            label, checked=Rules.values[name] == 1, on_change=lambda on: Rules.change(name, rx.cond(on, "1", "0"))
        )
    return field(
        rx.fragment(label, ", ", unit),
        text_input(
            id=name, type="number", min=least, max=most, default_value=Rules.values[name].to(str),
            on_blur=lambda value: Rules.change(name, value), bad=Rules.wrong == name, input_mode="numeric",
        ),
        control_id=name,
        hint=t("from {least} to {most}", least=least, most=most),
        error=rx.cond(Rules.wrong == name, t("A whole number between these is expected."), ""),
    )  # fmt: skip


def rules_page() -> rx.Component:
    groups = [
        card(rx.el.h2(title), *(_rule(*rule) for rule in rules), class_name="col g3") for title, rules in rule_words()
    ]
    return rx.el.div(
        head(t("Rules")),
        rx.el.p(
            t("They hold from now on. Each change stands in the log."), class_name="m",
            style={"marginTop": "-12px", "marginBottom": "16px"},
        ),
        rx.cond(Rules.loaded, rx.el.div(*groups, class_name="grid c3"), loading(t("One moment…"))),
        class_name="page",
    )  # fmt: skip
