"""A field that saves while one types: 400 ms after the last key, on leaving it, and when the page is hidden."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.i18n import t

# Said by autosave.jsx; named here for the catalogue.
_SAID = (t("Saving…"), t("Not saved yet. Your text is kept here"), t("saved {time}"))


def _saved(name: rx.Var[str], value: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return name, value


class _Autosave(rx.Component):
    library = browser_module(__name__, "autosave.jsx")
    tag = "Autosave"
    # `name` and `value` are the component's own; React passes the rest on to the field.
    name: rx.Var[str]
    value: rx.Var[Any]
    multiline: rx.Var[bool]
    kind: rx.Var[str]
    options: rx.Var[list[Any]]
    show_saved: rx.Var[bool]
    placeholder: rx.Var[str]
    max_length: rx.Var[int]
    rows: rx.Var[int]
    aria_label: rx.Var[str]
    on_save: rx.EventHandler[_saved]


def autosave(
    *,
    id: str | rx.Var[str],
    name: Any,
    value: Any,
    on_save: Any,
    multiline: bool = False,
    kind: Any = "text",
    options: Sequence[Any] | rx.Var | None = None,
    show_saved: bool = True,
    **props: Any,
) -> Any:
    """A text, number or date field, a select (`options`) or a text area (`multiline`).

    `name` says which record and field it is, e.g. `f"{call_id}:note"`; `on_save` gets `(name, value)`. The handler
    saves and
    then sets the Var behind `value` to the same text: that is the confirmation, and the field says "saved 14:22:07".
    A later change of `value` from the server never replaces what is being typed.
    """
    if options is not None:
        props["options"] = options if isinstance(options, rx.Var) else list(options)
    return _Autosave.create(
        id=id, name=name, value=value, on_save=on_save, multiline=multiline, kind=kind, show_saved=show_saved, **props
    )
