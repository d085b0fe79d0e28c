"""The manager's desk: who is handed over, from whom, and what the operator wrote."""

from exchange_app.i18n import t
from exchange_app.shell import Nav, Page

from .page import desk_page, status, title
from .state import ManagerDesk


def pages() -> list[Page]:
    return [
        Page(
            "/manager", desk_page, title(), role="manager", nav=Nav(t("Desk"), "headset", key="KeyD"),
            on_load=[ManagerDesk.enter], status=status,
        )
    ]  # fmt: skip
