"""What only the browser knows or can do: its time zone, the time at the contact's, focus, moving between cards."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module
from exchange_app.i18n import t

# Said by browser.jsx; named here for the catalogue.
_SAID = (t("{time} there"),)
_LIBRARY = browser_module(__name__, "browser.jsx")


class _PlaceTime(rx.Component):
    library = _LIBRARY
    tag = "PlaceTime"
    zone: rx.Var[str]


class _FocusOn(rx.Component):
    library = _LIBRARY
    tag = "FocusOn"
    target: rx.Var[str]
    count: rx.Var[int]


class _ScrollTo(rx.Component):
    library = _LIBRARY
    tag = "ScrollTo"
    target: rx.Var[str]
    count: rx.Var[int]


class _SearchIn(rx.Component):
    library = _LIBRARY
    tag = "SearchIn"
    target: rx.Var[str]
    placeholder: rx.Var[str]
    nothing: rx.Var[str]


class _CardGrid(rx.Component):
    library = _LIBRARY
    tag = "CardGrid"
    on_stale: rx.EventHandler[rx.event.no_args_event_spec]


def place_time(zone: Any) -> rx.Component:
    """The present time in an IANA zone; nothing for a zone the browser does not know."""
    return _PlaceTime.create(zone=zone)


def focus_on(target: Any, count: Any) -> rx.Component:
    """Moves the focus to the element of this id each time `count` changes."""
    return _FocusOn.create(target=target, count=count)


def scroll_to(target: Any, count: Any) -> rx.Component:
    """Brings the element of this id into view each time `count` changes; the focus stays where it is."""
    return _ScrollTo.create(target=target, count=count)


def search_in(target: str, *, id: str, placeholder: Any, nothing: Any) -> rx.Component:
    """A field that hides those `details` of an element which lack what was typed; Enter opens the first left."""
    return _SearchIn.create(id=id, target=target, placeholder=placeholder, nothing=nothing)


def card_grid(*cards: Any, on_stale: Any, **props: Any) -> rx.Component:
    """A list of cards, each an `li` with `data-card` and perhaps a `data-main` button: arrows move, Enter presses."""
    return _CardGrid.create(*cards, on_stale=on_stale, **props)
