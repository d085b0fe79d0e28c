"""The page's own telephone, as a control of the top bar: the line's state, its devices, mute, volume, quality."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.design import key
from exchange_app.i18n import t

# Said by line.jsx; named here for the catalogue.
_SAID = (
    t("Line"),
    t("Allow the microphone"),
    t("Line is connecting"),
    t("Line ready"),
    t("The line rings"),
    t("On the line"),
    t("Rings your telephone"),
    t("Line is in another tab"),
    t("Microphone not allowed"),
    t("Press the sign to the left of the address, allow the microphone, then try again."),
    t("Press the crossed-out microphone beside the address, take the block away, then try again."),
    t("In the menu Safari, Settings for this website, allow the microphone, then try again."),
    t("No microphone found"),
    t("Plug a headset in: the line opens by itself then."),
    t("Microphone is taken"),
    t("Another program holds the microphone. Close it, then try again."),
    t("This browser cannot call"),
    t("Use a new Chrome, Edge, Firefox or Safari, or a SIP telephone: in your account."),
    t("No line"),
    t("The exchange does not answer; we try again by ourselves."),
    t("Muted, nobody hears you"),
    t("Connection is bad"),
    t("Connection is weak"),
    t("{n} % of the sound gets lost."),
    t("The sound arrives unevenly."),
    t("The sound is late by {n} ms."),
    t("Answer"),
    t("Your line"),
    t("Try again"),
    t("Use the line here"),
    t("We ring your telephone number. Another way can be chosen in your account."),
    t("We ring your SIP telephone. Another way can be chosen in your account."),
    t("Press to hear"),
    t("The microphone you chose is not there, another one is used."),
    t("Microphone"),
    t("Microphone {n}"),
    t("Loudness of your voice"),
    t("Speaker"),
    t("Speaker {n}"),
    t("Volume"),
    t("Unmute"),
    t("Mute"),
    t("Connection is good."),
)
browser_module(__name__, "line.js")


class _LineControl(rx.Component):
    library = browser_module(__name__, "line.jsx")
    tag = "LineControl"
    lib_dependencies: list[str] = ["jssip@3.13.8"]
    role: rx.Var[str]
    panel: rx.Var[str]


class _LineAnswer(rx.Component):
    library = browser_module(__name__, "line.jsx")
    tag = "LineAnswer"
    role: rx.Var[str]
    focused: rx.Var[bool]


class _LineRings(rx.Component):
    library = browser_module(__name__, "line.jsx")
    tag = "LineRings"
    role: rx.Var[str]
    ringing: rx.Var[str]


def line_answer(role: str, *, focused: bool = False) -> Any:
    """The button that answers what rings in this page; nothing while nothing does."""
    return _LineAnswer.create(role=role, focused=focused)


def while_line_rings(role: str, ringing: Any, otherwise: Any) -> Any:
    """Two texts: while the page's own line rings, and while it does not."""
    return _LineRings.create(otherwise, role=role, ringing=ringing)


def line_control(role: str) -> Any:
    """For `operator` or `manager`: registers this page with a password of its own, and shows the line. Key M mutes.

    One line a page load, whichever of the role's pages is shown. An operator's is answered by itself, a manager's by
    its button or Enter.
    """
    return rx.fragment(
        _LineControl.create(role=role, panel="line-panel"),
        key("KeyM", press="line-mute"),
        key("Enter", press="line-answer") if role == "manager" else rx.fragment(),
    )
