"""What tells the state when one looks elsewhere: the icon of the tab, and short sounds."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.i18n import t


class _StateCues(rx.Component):
    library = browser_module(__name__, "cues.jsx")
    tag = "StateCues"
    state: rx.Var[str]
    tone: rx.Var[str]
    dials: rx.Var[int]


class _SoundSwitch(rx.Component):
    library = browser_module(__name__, "cues.jsx")
    tag = "SoundSwitch"
    label: rx.Var[str]


def state_cues(state: Any, tone: Any, dials_ms: Any) -> rx.Component:
    """Draws the tab's icon in the state's colour and shape, and plays its sound when it begins. `dials_ms`: when a
    contact that is shown is dialled by itself; a soft tick comes three seconds before."""
    return _StateCues.create(state=state, tone=tone, dials=dials_ms)


def sound_switch() -> rx.Component:
    """Whether this browser plays the sounds."""
    return _SoundSwitch.create(label=t("Short sounds when something changes"))
