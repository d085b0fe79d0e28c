"""The operator's pages: the board of campaigns, the workspace of a call, the earnings."""

from starlette.routing import Route

from exchange_app.i18n import t
from exchange_app.shell import Nav, Page

from .board_page import board_page
from .board_state import Board
from .check_page import check_page
from .desk_state import Desk
from .earnings_page import earnings_page
from .overheard_state import Overheard
from .own_calls import routes as own_call_routes
from .payout_state import Payouts
from .reviews_page import reviews_page
from .reviews_state import OwnReviews
from .statement_route import routes as statement_routes
from .training_page import training_page
from .training_state import Training
from .work_page import status, title, work_page, work_status


def pages() -> list[Page]:
    return [
        Page(
            "/operator",
            board_page,
            t("Campaigns"),
            role="operator",
            nav=Nav(t("Campaigns"), "layout-grid", key="KeyC"),
            on_load=[Desk.enter, Overheard.enter, Board.enter],
            status=status,
        ),
        Page(
            "/operator/work",
            work_page,
            title(),
            role="operator",
            nav=Nav(t("Workspace"), "headset", key="KeyW"),
            on_load=[Desk.enter, Overheard.enter],
            status=work_status,
            tabs=False,
        ),
        Page(
            "/operator/check",
            check_page,
            t("Sound check"),
            role="operator",
            on_load=[Desk.enter, Overheard.enter],
            status=status,
        ),
        Page(
            "/operator/earnings",
            earnings_page,
            t("Earnings"),
            role="operator",
            nav=Nav(t("Earnings"), "wallet", key="KeyE"),
            on_load=[Desk.enter, Overheard.enter, Payouts.enter],
            status=status,
        ),
        Page(
            "/operator/reviews",
            reviews_page,
            t("Reviews of your calls"),
            role="operator",
            nav=Nav(t("Reviews"), "headphones", key="KeyR"),
            on_load=[Desk.enter, Overheard.enter, OwnReviews.enter],
            status=status,
        ),
        Page(
            "/operator/training",
            training_page,
            t("Training"),
            role="operator",
            nav=Nav(t("Training"), "graduation-cap", key="KeyT"),
            on_load=[Desk.enter, Overheard.enter, Training.enter],
            status=status,
        ),
    ]


def routes() -> list[Route]:
    return [*statement_routes(), *own_call_routes()]
