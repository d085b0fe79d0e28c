"""In which time zone a person's days begin: only the browser knows."""

from typing import Any

import reflex as rx

from exchange_app.browser_module import browser_module


class _BrowserZone(rx.Component):
    library = browser_module(__name__, "browser_zone.jsx")
    tag = "BrowserZone"
    on_zone: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def browser_zone(handler: Any) -> rx.Component:
    """Calls a handler once with the browser's time zone. The name is the browser's word: check it."""
    return _BrowserZone.create(on_zone=handler)
