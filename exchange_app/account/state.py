"""What the page shows and changes of one's own account. The password goes another way: `routes`."""

from datetime import UTC, datetime
from typing import Any

import reflex as rx

from exchange_app.arguments import fields
from exchange_app.security import current_account, signed_in
from exchange_app.security.principals import forget
from exchange_app.shell import Me
from exchange_app.shell.me import initials
from exchange_domain import accounts, database
from exchange_domain.settings import settings

from .held_roles import HeldRole, held_roles
from .line import YourLine
from .names import name_of
from .routes import CODES, FAULTS

GENDERS = ("f", "m", "")


def small_number(text: str) -> int | None:
    """A count from the address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


class YourAccount(rx.State):
    ready: bool = False
    roles: rx.Field[list[HeldRole]] = rx.field(default_factory=list)
    name_error: str = ""
    """bad_name"""
    name_saved_at: str = ""
    password_error: str = ""
    password_changed: bool = False
    tries_left: int = -1
    """-1: not said."""
    wait_minutes: int = 0
    show_passwords: bool = False
    demo: bool = False

    @rx.event
    @signed_in
    async def enter(self):
        self.reset()
        query = self.router.url.query_parameters
        error = query.get("error", "")
        self.password_error = error if error in CODES else ""
        self.password_changed = query.get("changed") == "password"
        left = small_number(query.get("left", ""))
        self.tries_left = -1 if left is None else left
        self.wait_minutes = max(1, ((small_number(query.get("wait", "")) or 0) + 59) // 60)
        self.demo = settings().exchange_demo
        async with database.session() as db:
            self.roles = await held_roles(db, current_account(self))
        self.ready = True
        if "operator" in current_account(self).roles:
            yield YourLine.enter
        # Also where the page was drawn already, from what it showed before the form was posted.
        if self.password_error in FAULTS:
            yield rx.set_focus("new_password")
        elif self.password_error == "wrong":
            yield rx.set_focus("old_password")

    @rx.event
    @signed_in
    async def rename(self, form: dict[str, Any]):
        account = current_account(self)
        name = name_of(fields(form).get("display_name"))
        if name is None:
            self.name_error, self.name_saved_at = "bad_name", ""
            return
        async with database.session() as db:
            await accounts.set_display_name(db, account.account_id, name)
        forget(account.account_id)
        me = await self.get_state(Me)
        me.name, me.initials = name, initials(name)
        self.name_error, self.name_saved_at = "", datetime.now(UTC).isoformat()

    @rx.event
    @signed_in
    async def choose_gender(self, gender: str):
        """f, m, or nothing: then Russian pages use words that fit everybody."""
        if gender not in GENDERS:
            return
        account = current_account(self)
        async with database.session() as db:
            await accounts.set_gender(db, account.account_id, gender or None)
        forget(account.account_id)
        (await self.get_state(Me)).gender = gender

    @rx.event
    @signed_in
    def toggle_passwords(self):
        self.show_passwords = not self.show_passwords
