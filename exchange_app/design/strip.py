"""The call strip: same place, same order, in every state. Only colour, words and buttons change."""

from typing import Any

import reflex as rx

from .states import States
from .theirs import THEIRS
from .tones import classes, tone_class


def call_strip(
    states: States,
    state: Any,
    *,
    sub: Any,
    who: Any,
    who_sub: Any = "",
    clock: Any = None,
    actions: Any = (),
    gender: Any = None,
    live: Any = None,
    quality: Any = None,
) -> Any:
    """State, who, clock, actions.

    `state` is a Var of a code in `states`; `sub` the line under the word. `clock` is `limit_ring(...)` or a
    `clock(...)`
    with words. `live` replaces what the screen reader hears when the state changes; ticking figures are not read out.
    """
    return rx.el.section(
        rx.el.p(
            live if live is not None else states.live(state), class_name="sr", role="status", aria_live="assertive"
        ),
        rx.el.div(
            rx.el.i(states.icon(state), aria_hidden="true"),
            rx.el.div(rx.el.b(states.word(state, gender)), rx.el.span(sub)),
            class_name="st",
        ),
        rx.el.div(rx.el.b(who, **THEIRS), rx.el.span(who_sub), class_name="who"),
        clock if clock is not None else rx.fragment(),
        quality if quality is not None else rx.fragment(),
        rx.el.div(*(actions if isinstance(actions, list | tuple) else [actions]), class_name="act"),
        class_name=classes("strip", tone_class("st", states.tone(state))),
        aria_label=states.word(state, gender),
    )


def action_bar(*buttons: Any) -> Any:
    """The strip's actions on a phone, at the bottom edge. Give the page `tabs=False`."""
    return rx.el.div(*buttons, class_name="abar only-m")
