"""The cord board: who hears whom, drawn and said."""

from typing import Any, Literal

import reflex as rx

from .theirs import THEIRS
from .tones import classes

CordKind = Literal["both", "transfer", "hold", "ring", "cut", "listen", "none"]
_CORDS: dict[str, str] = {
    "both": "a",
    "transfer": "u",
    "hold": "hold",
    "ring": "ring",
    "cut": "cut",
    "listen": "ear",
    "none": "",
}
_JACKS: dict[str, str] = {"accent": "a", "blue": "u", "amber": "w", "red": "r", "gray": ""}


def jack(name: Any, says: Any, *, icon: str = "user", tone: Any = "gray") -> Any:
    """A person on the board; `says` is the state in words, so that the board can be read aloud."""
    tone = _JACKS[tone] if isinstance(tone, str) else rx.match(tone, *_JACKS.items(), "")
    return rx.el.div(
        rx.el.i(rx.icon(icon, aria_hidden="true"), aria_hidden="true"),
        rx.el.b(name, **THEIRS),
        rx.el.span(says),
        class_name=classes("jack", tone),
    )


def cord(kind: Any, says: Any) -> Any:
    """Between two jacks: both hear each other, transfer (a consultation), hold (music), ring, cut, listen (one way)."""
    name = _CORDS[kind] if isinstance(kind, str) else rx.match(kind, *_CORDS.items(), "")
    curve = rx.el.svg(
        rx.el.svg.path(d="M2 24 C 30 62, 70 62, 98 24", vector_effect="non-scaling-stroke"),
        view_box="0 0 100 62",
        preserve_aspect_ratio="none",
        aria_hidden="true",
    )
    return rx.el.div(curve, rx.el.span(says), class_name=classes("cord", name))


def cord_board(*parts: Any, label: Any) -> Any:
    """jack, cord, jack and, for three, cord, jack."""
    return rx.el.div(
        *parts, class_name=classes("cords", "duo" if len(parts) == 3 else ""), role="group", aria_label=label
    )
