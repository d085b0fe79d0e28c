"""In which time zone a person's days begin: only the browser knows."""

from typing import Any

import reflex as rx


class _BrowserZone(rx.Component):
    library = rx.asset("browser_zone.jsx", shared=True).importable_path
    tag = "BrowserZone"
    on_zone: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def browser_zone(handler: Any) -> rx.Component:
    """Calls a handler once with the browser's time zone. The name is the browser's word: check it."""
    return _BrowserZone.create(on_zone=handler)
