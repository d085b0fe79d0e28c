"""What the two pages show. The forms themselves are plain posts to `/auth/…` and `/join/…`."""

import reflex as rx

from exchange_app.security import anyone
from exchange_app.security.policy import principal_of_event
from exchange_domain import accounts, database, invitations
from exchange_domain.settings import settings

from . import oidc

CODES = frozenset(
    {
        "wrong",
        "too_many",
        "suspended",
        "other_origin",
        "invalid",
        "used",
        "expired",
        "email_taken",
        "other_email",
        "too_short",
        "too_long",
        "common",
        "like_email",
        "bad_name",
        "bad_email",
        "rules",
        "unavailable",
        "step_over",
        "wrong_code",
        "provider_down",
        "oidc_failed",
        "no_account",
        "email_unverified",
    }
)
"""Everything that may stand in `?error=`; anything else is ignored."""


def known(code: str) -> str:
    return code if code in CODES else ""


def whole(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0


class SignIn(rx.State):
    error: str = ""
    left: int = -1
    """Tries left before a pause; -1: not said."""
    wait_minutes: int = 0
    email: str = ""
    demo: bool = False
    provider: str = ""
    """What the OpenID provider is called; empty: there is none."""
    signed_in_as: str = ""
    show_password: bool = False

    @rx.event
    @anyone
    def enter(self):
        query = self.router.url.query_parameters
        self.error = known(query.get("error", ""))
        left = query.get("left", "")
        self.left = whole(left) if left else -1
        self.wait_minutes = max(1, (whole(query.get("wait", "")) + 59) // 60)
        self.demo = settings().exchange_demo
        self.provider = oidc.offered()
        account = principal_of_event.get()
        self.signed_in_as = account.display_name if account else ""

    @rx.event
    @anyone
    def toggle_password(self):
        self.show_password = not self.show_password


class Join(rx.State):
    status: str = "loading"
    """loading, open, closed"""
    error: str = ""
    token: str = ""
    email: str = ""
    inviter: str = ""
    roles: rx.Field[list[str]] = rx.field(default_factory=list)
    customer_name: str = ""
    expires_at: str = ""
    provider: str = ""
    show_password: bool = False

    @rx.event
    @anyone
    async def enter(self):
        """Shows what the invitation says to whoever holds its link: that is what a link is for."""
        self.token = str(self.router.url.path).rstrip("/").rsplit("/", 1)[-1]
        self.error = known(self.router.url.query_parameters.get("error", ""))
        async with database.session() as db:
            found = await invitations.find(db, self.token)
            inviter = ""
            if found and found.created_by:
                inviter = accounts.short_name((await accounts.names(db, {found.created_by})).get(found.created_by, ""))
        if found is None:
            self.status = "closed"
            return
        self.provider = oidc.offered()
        self.status, self.email, self.inviter = "open", found.email or "", inviter
        self.roles, self.customer_name = list(found.roles), found.customer_name or ""
        self.expires_at = found.expires_at.isoformat()

    @rx.event
    @anyone
    def toggle_password(self):
        self.show_password = not self.show_password


class SecondStep(rx.State):
    """The page between the password and the session; who it is about is in an HttpOnly cookie."""

    error: str = ""

    @rx.event
    @anyone
    def enter(self):
        """On_load."""
        self.error = known(self.router.url.query_parameters.get("error", ""))
