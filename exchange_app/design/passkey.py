"""Buttons that make a passkey and sign in by one."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.i18n import t

_LIBRARY = browser_module(__name__, "passkey.jsx")
# Said by passkey.jsx; named here for the catalogue.
_SAID = (
    t("The device was not asked, or said no. Try again."), t("This passkey was not taken. Try again, or use a code."),
    t("This browser has no passkeys."),
)  # fmt: skip


class _UsePasskey(rx.Component):
    library = _LIBRARY
    tag = "UsePasskey"
    label: rx.Var[str]


class _AddPasskey(rx.Component):
    library = _LIBRARY
    tag = "AddPasskey"
    label: rx.Var[str]
    name: rx.Var[str]
    on_added: rx.EventHandler[rx.event.passthrough_event_spec(list[str])]


def use_passkey(label: Any) -> Any:
    """The second step of signing in, by a device."""
    return _UsePasskey.create(label=label)


def add_passkey(label: Any, *, name_id: str, on_added: Any) -> Any:
    """`name_id`: the field with the key's name. `on_added(codes)`: recovery codes, if it is the first factor."""
    return _AddPasskey.create(label=label, name=name_id, on_added=on_added)
