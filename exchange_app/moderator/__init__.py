"""The moderator's pages: calls to be heard, flags, appeals of operators, charges that customers contest."""

from starlette.routing import BaseRoute

from exchange_app.i18n import t
from exchange_app.shell import Nav, Page

from .appeals_page import appeals_page
from .appeals_state import Appeals
from .cards_page import cards_page
from .cards_state import Cards
from .certificates_page import certificates_page
from .certificates_state import Certificates
from .disputes_page import disputes_page
from .disputes_state import Disputes
from .flags_page import flags_page
from .flags_state import Flags
from .listening import routes as listening_routes
from .live_page import live_page, status
from .live_state import Live
from .review_page import review_page
from .review_state import Review
from .training_page import training_page
from .training_state import Trainees


def pages() -> list[Page]:
    return [
        Page(
            "/moderator",
            review_page,
            t("Review"),
            role="moderator",
            nav=Nav(t("Review"), "headphones", key="KeyR"),
            on_load=[Review.enter],
        ),
        Page(
            "/moderator/flags",
            flags_page,
            t("Flags"),
            role="moderator",
            nav=Nav(t("Flags"), "flag", key="KeyF"),
            on_load=[Flags.enter],
        ),
        Page(
            "/moderator/live",
            live_page,
            t("Live calls"),
            role="moderator",
            nav=Nav(t("Live"), "ear", key="KeyL"),
            on_load=[Live.enter],
            status=status,
        ),
        Page(
            "/moderator/training",
            training_page,
            t("Training"),
            role="moderator",
            nav=Nav(t("Training"), "graduation-cap", key="KeyT"),
            on_load=[Trainees.enter],
        ),
        Page(
            "/moderator/appeals",
            appeals_page,
            t("Appeals"),
            role="moderator",
            nav=Nav(t("Appeals"), "gavel", key="KeyA"),
            on_load=[Appeals.enter],
        ),
        Page(
            "/moderator/disputes",
            disputes_page,
            t("Contested charges"),
            role="moderator",
            nav=Nav(t("Contested"), "scale", key="KeyD"),
            on_load=[Disputes.enter],
        ),
        Page(
            "/moderator/cards",
            cards_page,
            t("Score cards"),
            role="moderator",
            nav=Nav(t("Cards"), "list-checks", key="KeyC"),
            on_load=[Cards.enter],
        ),
        Page(
            "/moderator/certificates",
            certificates_page,
            t("Certificates"),
            role="moderator",
            nav=Nav(t("Certificates"), "award", key="KeyE"),
            on_load=[Certificates.enter],
        ),
    ]


def routes() -> list[BaseRoute]:
    return list(listening_routes())
