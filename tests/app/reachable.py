"""All that can be reached in the app, listed from the app itself: pages, plain routes, event handlers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from reflex_base.registry import RegistrationContext
from starlette.routing import BaseRoute, Mount, Route


@dataclass(frozen=True)
class Reached:
    """A handler as the socket names it, and as the table does: `module.State`, `handler`."""

    name: str
    state: str
    handler: str
    function: Callable[..., Any]


def pages() -> dict[str, str]:
    """Route → role; empty for a page without one."""
    from exchange_app.exchange_app import PAGES
    from exchange_app.sign_in import pages as sign_in_pages

    return {page.route: page.role for page in [*sign_in_pages(), *PAGES]}


def routes() -> dict[str, list[str]]:
    """Path → methods. What is mounted whole (the API, with its own table) is one entry."""
    from exchange_app.web import routes as app_routes

    return {path: methods for path, methods in _walk(app_routes().routes)}


def _walk(found: list[BaseRoute]) -> Iterator[tuple[str, list[str]]]:
    for route in found:
        if isinstance(route, Mount):
            yield f"{route.path}/*", ["*"]
        else:
            assert isinstance(route, Route), route
            yield route.path, sorted(set(route.methods or ()) - {"HEAD"})


def handlers() -> list[Reached]:
    import exchange_app.exchange_app  # noqa: F401  registers every State of every folder

    found = []
    for name, registered in RegistrationContext.ensure_context().event_handlers.items():
        function = registered.handler.fn
        if function.__module__.startswith("exchange_app"):
            state, handler = function.__qualname__.rsplit(".", 1)
            module = function.__module__.removeprefix("exchange_app.")
            found.append(Reached(name, f"{module}.{state}", handler, function))
    return found
