"""The demo's own page: a robot operator to try the exchange alone with. It does nothing outside the demo."""

from exchange_app.i18n import t
from exchange_app.shell import Page

from .page import demo_page
from .state import Robot


def pages() -> list[Page]:
    return [Page("/demo", demo_page, t("Try it alone"), on_load=[Robot.enter, Robot.follow], frame="bare")]
