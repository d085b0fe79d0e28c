"""Clocks that count in the browser: no event, no traffic, the server's time."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module

_LIBRARY = browser_module(__name__, "clock.jsx")


class _Clock(rx.Component):
    library = _LIBRARY
    tag = "Clock"
    since: rx.Var[int]
    until: rx.Var[int]
    end: rx.Var[int]


class _LimitRing(rx.Component):
    library = _LIBRARY
    tag = "LimitRing"
    start: rx.Var[int]
    end: rx.Var[int]
    warning: rx.Var[int]
    stop: rx.Var[int]
    tone: rx.Var[str]
    countdown: rx.Var[bool]


def clock(*, since: Any = None, until: Any = None, end: Any = None) -> Any:
    """`m:ss` since or until an epoch time in milliseconds; stands still at `end` when that is set (not 0 or None)."""
    given = {"since": since, "until": until, "end": end}
    return _Clock.create(**{name: value for name, value in given.items() if value is not None})


def limit_ring(
    *under: Any,
    start: Any,
    end: Any,
    warning: Any = None,
    stop: Any = None,
    tone: Any = "accent",
    countdown: Any = False,
) -> Any:
    """A ring that fills from `start` to `end` with the figures beside it and the words `under` them.

    All times in epoch milliseconds. The mark shows `warning`; the ring is amber after it. `countdown` shows what is
    left.
    """
    given = {"start": start, "end": end, "warning": warning, "stop": stop, "tone": tone, "countdown": countdown}
    return _LimitRing.create(*under, **{name: value for name, value in given.items() if value is not None})
