"""The app: its frame, its pages, its routes, and what runs beside them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
import reflex.model
import structlog
from starlette.types import ASGIApp

from exchange_app import broker
from exchange_app.build import CLIENT
from exchange_app.faults import described
from exchange_app.i18n import HEAD as LANGUAGE_HEAD
from exchange_app.i18n import later, t
from exchange_app.live import run_bridge
from exchange_app.pages_mount import PageAddresses
from exchange_app.records import watch_spool
from exchange_app.security.headers import SecurityHeaders
from exchange_app.security.middleware import Guard
from exchange_app.shell import Me, connection, error_pages
from exchange_app.shell.brand import name
from exchange_app.shell.frame import framed
from exchange_app.shell.homes import offer
from exchange_app.shell.page import Page
from exchange_app.shell.roles import collected
from exchange_app.shell.theme import HEAD as THEME_HEAD
from exchange_app.sign_in import pages as sign_in_pages
from exchange_app.web import routes
from exchange_domain import database
from observability.serving import watch_loop

log = structlog.get_logger(__name__)


def failed(exception: Exception) -> rx.event.EventSpec:
    """A handler raised: the person is told in their language, the log gets the place and no values."""
    log.error("handler_failed", **described(exception))
    return rx.toast.error(later("Something went wrong. Nothing you saved is lost."))


@asynccontextmanager
async def pools() -> AsyncIterator[None]:
    """Closes the connections when the server stops."""
    yield
    await broker.close()
    await database.dispose()


def with_page_addresses(inner: ASGIApp) -> ASGIApp:
    return PageAddresses(inner, CLIENT)


app = rx.App(
    stylesheets=["/exchange.css"],
    head_components=[*LANGUAGE_HEAD, *THEME_HEAD, rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")],
    html_lang="ru",
    backend_exception_handler=failed,
    toaster=rx.toast.provider(position="bottom-center", custom_attrs={"containerAriaLabel": t("Notifications")}),
    api_transformer=[routes(), with_page_addresses, SecurityHeaders],
)
app.app_wraps[(5, "Overlay")] = lambda stateful: rx.fragment(rx.memo(connection.offline)())
app.app_wraps[(55, "ErrorBoundary")] = lambda stateful: connection.boundary()
app.add_middleware(Guard())
app.register_lifespan_task(run_bridge)
app.register_lifespan_task(watch_loop)
app.register_lifespan_task(watch_spool)
app.register_lifespan_task(pools)

PAGES: list[Page] = collected()
offer(PAGES)


def add(page: Page) -> None:
    guard = [Me.enter(page.role)] if page.role else []
    app.add_page(framed(page, PAGES), route=page.route, title=page.title, on_load=[*guard, *page.on_load])


for page in [*sign_in_pages(), *PAGES]:
    add(page)
app.add_page(lambda: rx.fragment(), route="/", title=name(), on_load=Me.lead_home)
app.add_page(error_pages.not_found, route="404", title=t("There is no such page"))
