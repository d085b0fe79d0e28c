"""The manager's pages: the desk with who is handed over, and the history of transfers."""

from exchange_app.i18n import t
from exchange_app.shell import Nav, Page

from .history_page import history_page
from .history_state import History
from .page import desk_page, status, title
from .presence_state import Presence
from .state import ManagerDesk


def pages() -> list[Page]:
    return [
        Page(
            "/manager",
            desk_page,
            title(),
            role="manager",
            nav=Nav(t("Desk"), "headset", key="KeyD"),
            on_load=[ManagerDesk.enter, Presence.enter],
            status=status,
        ),
        Page(
            "/manager/history",
            history_page,
            t("History"),
            role="manager",
            nav=Nav(t("History"), "history", key="KeyH"),
            on_load=[ManagerDesk.enter, Presence.enter, History.enter],
            status=status,
        ),
    ]
