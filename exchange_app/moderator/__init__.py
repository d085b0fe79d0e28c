"""The moderator's pages: flags, and charges that customers contest."""

from starlette.routing import BaseRoute

from exchange_app.i18n import t
from exchange_app.shell import Nav, Page

from .disputes_page import disputes_page
from .disputes_state import Disputes
from .flags_page import flags_page
from .flags_state import Flags
from .listening import routes as listening_routes


def pages() -> list[Page]:
    return [
        Page(
            "/moderator",
            flags_page,
            t("Flags"),
            role="moderator",
            nav=Nav(t("Flags"), "flag", key="KeyF"),
            on_load=[Flags.enter],
        ),
        Page(
            "/moderator/disputes",
            disputes_page,
            t("Contested charges"),
            role="moderator",
            nav=Nav(t("Contested"), "scale", key="KeyD"),
            on_load=[Disputes.enter],
        ),
    ]


def routes() -> list[BaseRoute]:
    return list(listening_routes())
