"""Light, dark or as the system says: applied before the first paint, kept in the account."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.i18n import t

from .me import Me

HEAD: list[rx.Component] = [
    rx.el.script(
        """(()=>{const t=localStorage.getItem("theme")||"system",d=document.documentElement;
d.classList.add(t==="dark"||(t==="system"&&matchMedia("(prefers-color-scheme: dark)").matches)?"dark":"light")})()"""
    ),
]

_LIBRARY = browser_module(__name__, "theme.jsx")


class _ThemeKeeper(rx.Component):
    library = _LIBRARY
    tag = "ThemeKeeper"
    theme: rx.Var[str]


class _ThemeSwitch(rx.Component):
    library = _LIBRARY
    tag = "ThemeSwitch"
    label: rx.Var[str]
    wide: rx.Var[bool]
    on_choose: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def theme_keeper() -> Any:
    """Follows the account's theme."""
    return _ThemeKeeper.create(theme=Me.theme)


def theme_switch(wide: bool = False) -> Any:
    """System, light, dark, in turn. `wide`: with its words, for the menu on phones."""
    return _ThemeSwitch.create(label=t("Change theme"), wide=wide, on_choose=Me.choose_theme)
