"""The page every signed-in person has: who one is here, how pages look, the password, the way out."""

from starlette.routing import Route

from exchange_app.i18n import t
from exchange_app.shell import Me, Page

from .page import account_page
from .routes import routes as password_routes
from .state import YourAccount


def pages() -> list[Page]:
    # A page without a role has no guard of the shell's: its own first step is the same one, for every role.
    return [
        Page("/account", account_page, t("Your account"), on_load=[Me.enter(""), YourAccount.enter], tabs=False)
    ]  # fmt: skip


def routes() -> list[Route]:
    return password_routes()
