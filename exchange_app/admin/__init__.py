"""The admin's pages: how the system does, people, invitations, customers, prices, numbers, rules, the log."""

from exchange_app.i18n import t
from exchange_app.shell import Nav, Page

from .audit_page import audit_page
from .audit_state import AuditLog
from .customers_page import customers_page
from .customers_state import Customers
from .invitations_page import invitations_page
from .invitations_state import Invitations
from .numbers_page import numbers_page
from .numbers_state import Numbers
from .people_page import people_page
from .people_state import People
from .rules_page import rules_page
from .rules_state import Rules
from .system_page import system_page
from .system_state import System
from .tariffs_page import tariffs_page
from .tariffs_state import Tariffs


def pages() -> list[Page]:
    return [
        _page("/admin", system_page, t("System"), System.enter, "activity", "KeyS"),
        _page("/admin/people", people_page, t("People"), People.enter, "users", "KeyP"),
        _page("/admin/invitations", invitations_page, t("Invitations"), Invitations.enter, "mail", "KeyI"),
        _page("/admin/customers", customers_page, t("Customers"), Customers.enter, "building-2", "KeyC"),
        _page("/admin/tariffs", tariffs_page, t("Tariffs"), Tariffs.enter, "coins", "KeyT"),
        _page("/admin/numbers", numbers_page, t("Numbers"), Numbers.enter, "phone-off", "KeyN"),
        _page("/admin/rules", rules_page, t("Rules"), Rules.enter, "sliders-horizontal", "KeyR"),
        _page("/admin/log", audit_page, t("Log"), AuditLog.enter, "scroll-text", "KeyL"),
    ]


def _page(route: str, component, title, enter, icon: str, key: str) -> Page:
    return Page(route, component, title, role="admin", nav=Nav(title, icon, key=key), on_load=[enter])
