"""The page every signed-in person has: who one is here, how pages look, the password, the way out."""

from starlette.routing import Route

from exchange_app.i18n import t
from exchange_app.shell import Me, Page

from .letters import Letters, letters_page
from .page import account_page
from .passkey_routes import routes as passkey_routes
from .routes import routes as password_routes
from .security_page import security_page
from .security_state import AccountSecurity
from .state import YourAccount


def pages() -> list[Page]:
    # A page without a role has no guard of the shell's: its own first step is the same one, for every role.
    return [
        Page("/account", account_page, t("Your account"), on_load=[Me.enter(""), YourAccount.enter], tabs=False),
        Page(
            "/account/security", security_page, t("Signing in safely"), on_load=[Me.enter(""), AccountSecurity.enter],
            tabs=False,
        ),
        Page("/account/letters", letters_page, t("Letters"), on_load=[Me.enter(""), Letters.enter], tabs=False),
    ]  # fmt: skip


def routes() -> list[Route]:
    return [*password_routes(), *passkey_routes()]
