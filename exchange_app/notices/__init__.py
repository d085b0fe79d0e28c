"""What the exchange is made of: every library, icon, font and sound, with its licence; read from the lock files."""

from exchange_app.i18n import t
from exchange_app.shell import Page

from .page import notices_page


def pages() -> list[Page]:
    return [Page("/notices", notices_page, t("Licences"), frame="bare")]
