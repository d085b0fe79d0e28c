"""Who is signed in, as the top bar shows it; language and theme, kept in the account."""

import time

import reflex as rx

from exchange_app.live import registry
from exchange_app.security import anyone, current_account, signed_in
from exchange_app.security.middleware import Owner
from exchange_app.security.policy import principal_of_event
from exchange_app.security.principals import forget
from exchange_domain import accounts, database
from exchange_domain.texts import LANGUAGES

from .homes import HOMES, homes_of

THEMES = ("system", "light", "dark")


def initials(name: str) -> str:
    return "".join(part[0] for part in name.split()[:2]).upper() or "?"


class Me(rx.State):
    """Nothing here decides a right: that is `current_account` and the middleware."""

    account_id: int = 0
    name: str = ""
    initials: str = ""
    email: str = ""
    roles: rx.Field[list[str]] = rx.field(default_factory=list)
    gender: str = ""
    language: str = ""
    theme: str = ""
    homes: rx.Field[list[str]] = rx.field(default_factory=list)
    """Codes of the account's roles that have pages, in the order of HOMES."""

    @rx.event
    @signed_in
    async def enter(self, role: str):
        """First on_load of every page behind sign-in: fills the top bar, joins the live changes, or leads away.

        An empty role: the page is for every account.
        """
        account = current_account(self)
        if role and role not in account.roles:
            return rx.redirect("/", replace=True)
        self.account_id, self.name, self.email = account.account_id, account.display_name, account.email
        self.initials, self.gender = initials(account.display_name), account.gender or ""
        self.homes = homes_of(account.roles)
        self.roles, self.theme, self.language = sorted(account.roles), account.theme, account.language
        registry.enter(account.account_id, self.router.session.client_token)
        return rx.call_script(f"i18n.clock({int(time.time() * 1000)});i18n.set({account.language!r})")

    @rx.event
    @anyone
    async def lead_home(self):
        """On_load of `/`: to the pages of the first role that has some, else to the account; or to sign-in."""
        account = principal_of_event.get()
        if account is None:
            return rx.redirect("/sign-in", replace=True)
        if account.held_back:
            return rx.redirect("/account/security", replace=True)
        homes = homes_of(account.roles)
        return rx.redirect(HOMES[homes[0]] if homes else "/account", replace=True)

    @rx.event
    @anyone
    async def choose_language(self, lang: str):
        """The browser has switched already; the account and this session follow."""
        if lang not in LANGUAGES:
            return
        (await self.get_state(Owner))._language = lang
        self.language = lang
        if account := principal_of_event.get():
            async with database.session() as db:
                await accounts.set_language(db, account.account_id, lang)
            forget(account.account_id)

    @rx.event
    @anyone
    async def choose_theme(self, theme: str):
        """The browser has switched already; the account follows."""
        if theme not in THEMES:
            return
        self.theme = theme
        if account := principal_of_event.get():
            async with database.session() as db:
                await accounts.set_theme(db, account.account_id, theme)
            forget(account.account_id)
