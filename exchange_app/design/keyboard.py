"""Keys by their place on the keyboard (`event.code`), filtered in the browser, and the overlay that lists them."""

from collections.abc import Mapping, Sequence
from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.i18n import t

from .controls import kbd

_LIBRARY = browser_module(__name__, "keyboard.jsx")


class _Key(rx.Component):
    library = _LIBRARY
    tag = "Key"
    combo: rx.Var[str]
    settle: rx.Var[Any]
    settles: rx.Var[bool]
    in_fields: rx.Var[bool]
    on_press: rx.EventHandler[rx.event.no_args_event_spec]


class _FocusKey(rx.Component):
    library = _LIBRARY
    tag = "FocusKey"
    combo: rx.Var[str]
    target: rx.Var[str]
    on_hidden: rx.EventHandler[rx.event.no_args_event_spec]


class _PressKey(rx.Component):
    library = _LIBRARY
    tag = "PressKey"
    combo: rx.Var[str]
    target: rx.Var[str]
    settle: rx.Var[Any]
    settles: rx.Var[bool]


class _SingleKeys(rx.Component):
    library = _LIBRARY
    tag = "SingleKeys"
    label: rx.Var[str]


def key(
    combo: Any, on_press: Any = None, *, state: Any = None, in_fields: bool = False, focus: str = "", press: str = ""
) -> Any:
    """One key while this component is on the page; put it under `rx.cond` to bind it in some states only.

    `combo`: "KeyC", "Digit1", "Space", "ctrl+Enter", "shift+Digit1", "KeyG KeyW" (one after the other), or a single
    character such as "?" or "/". In fields only combinations with Ctrl act, and any key with Alt. With `state`, digits
    are ignored for 600 ms after it changed. Instead of a handler: `focus` or `press` an element by its id; with
    `focus` the handler is for when that element cannot be seen.
    """
    settle = {"settle": state, "settles": True} if state is not None else {}
    if focus:
        hidden = {"on_hidden": on_press} if on_press is not None else {}
        return _FocusKey.create(combo=combo, target=focus, **hidden)
    if press:
        return _PressKey.create(combo=combo, target=press, **settle)
    return _Key.create(combo=combo, on_press=on_press, in_fields=in_fields, **settle)


def keyboard(keys: Mapping[str, Any], *, state: Any = None) -> Any:
    """Several keys at once: `keyboard({"KeyC": S.call_next, "ctrl+Enter": S.save}, state=S.state)`."""
    return rx.fragment(*(key(combo, handler, state=state) for combo, handler in keys.items()))


def key_overlay(
    groups: Sequence[tuple[Any, Sequence[tuple[Any, Any]]]], *more: Any, button_id: str = "keys-button"
) -> Any:
    """The keys that the buttons already show, repeated on `?`: groups of (title, [(key as printed, what it does)]).
    `more`: further switches of this browser.

    Also draws the keyboard button for the top bar.
    """
    shown = [
        rx.el.section(
            rx.el.h3(title),
            rx.el.div(*(rx.el.div(kbd(printed), rx.el.span(does)) for printed, does in keys), class_name="keys"),
            class_name="col",
        )
        for title, keys in groups
    ]
    return rx.dialog.root(
        key("?", press=button_id),
        rx.dialog.trigger(
            rx.el.button(
                rx.icon("keyboard", aria_hidden="true"),
                id=button_id,
                type="button",
                class_name="ib no-m",
                aria_label=t("Keys"),
                title=t("Keys"),
            ),
        ),
        rx.dialog.content(
            rx.dialog.title(t("Keys"), size="5"),
            rx.el.div(
                rx.el.p(t("In a field letters are letters: press Esc first, or Alt with the key."), class_name="m s"),
                *shown,
                _SingleKeys.create(label=t("Single keys act")),
                *more,
                rx.el.div(rx.dialog.close(rx.el.button(t("Close"), kbd("Esc"), type="button", class_name="btn line"))),
                class_name="col g4",
            ),
            max_width="860px",
            aria_describedby=rx.Var("undefined"),
        ),
    )
