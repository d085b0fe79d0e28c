"""A form as an operator filled it in, for whoever looks at the call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import reflex as rx

from exchange_app.design.theirs import THEIRS
from exchange_app.i18n import date, number, t


@dataclass(frozen=True)
class Answer:
    """One field of the form as it was filled in. Of a yes-or-no field the value is "yes" or "no"."""

    label: str
    value: str
    kind: str = "text"


def answers_of(form: Iterable[Mapping[str, Any]], result: Mapping[str, Any]) -> list[Answer]:
    """In the order they were given; a field that the form has no more is named by its key."""
    fields = {field["key"]: field for field in form}
    return [_answer(fields.get(key) or {"label": key}, value) for key, value in result.items()]


def _answer(field: Mapping[str, Any], value: Any) -> Answer:
    if isinstance(value, bool):
        return Answer(field["label"], "yes" if value else "no", "yes_no")
    shown = ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)
    return Answer(field["label"], shown, str(field.get("kind", "text")))


def answer(one: Answer) -> rx.Component:
    """Label and value, for a `data_list`."""
    yes_no = rx.cond(one.value == "yes", t("yes"), t("no"))
    value = rx.match(
        one.kind,
        ("yes_no", yes_no),
        ("date", date(one.value, dateStyle="long")),
        ("number", number(one.value)),
        one.value,
    )
    return rx.fragment(
        rx.el.dt(one.label, **THEIRS),
        rx.el.dd(value, **THEIRS, style={"whiteSpace": "pre-wrap"}),
    )
