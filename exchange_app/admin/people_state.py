"""People: found, given roles, suspended, signed out everywhere."""

from dataclasses import dataclass, field

import reflex as rx

from exchange_app.arguments import fields, line, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, roles, sessions
from exchange_app.security.principals import forget
from exchange_domain import database, people_desk, second_factors
from exchange_domain.call_rows import epoch_ms
from exchange_domain.people_desk import PLATFORM, PeopleError, Person

PAGE = 50
ONLY = ("", "operator", "moderator", "admin", "customer", "manager", "suspended")


@dataclass(frozen=True)
class PersonLine:
    id: int = 0
    name: str = ""
    email: str = ""
    roles: list[str] = field(default_factory=list)
    """Platform roles, and customer or manager."""
    of: str = ""
    """The customers they belong to."""
    suspended: bool = False
    second_factor: bool = False
    joined_ms: int = 0
    me: bool = False


def line_of(person: Person, account_id: int) -> PersonLine:
    customer = (["customer"] if person.owns else []) + (["manager"] if person.manages else [])
    of = ", ".join(dict.fromkeys([*person.owns, *person.manages]))
    return PersonLine(
        person.id, person.name, person.email, [*person.roles, *customer], of, person.suspended, person.second_factor,
        epoch_ms(person.joined_at) or 0, person.id == account_id,
    )  # fmt: skip


class People(rx.State):
    loaded: bool = False
    lines: rx.Field[list[PersonLine]] = rx.field(default_factory=list)
    more: bool = False
    search: str = ""
    only: str = ""
    opened: rx.Field[PersonLine] = rx.field(default_factory=PersonLine)
    chosen: rx.Field[list[str]] = rx.field(default_factory=list)
    """Platform roles as they are ticked in the dialog."""
    fault: str = ""
    """own_admin, last_admin, own_account"""

    @rx.event
    @roles("admin")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._read()
        self.loaded = True

    async def _read(self, before_id: int | None = None) -> None:
        async with database.session() as s:
            found = await people_desk.people(s, search=self.search, only=self.only, before_id=before_id, limit=PAGE + 1)
        me = current_account(self).account_id
        shown = [line_of(one, me) for one in found[:PAGE]]
        self.lines = shown if before_id is None else [*self.lines, *shown]
        self.more = len(found) > PAGE

    @rx.event
    @roles("admin")
    async def find(self, form: dict):
        self.search = line(fields(form).get("search", ""), 100)
        await self._read()

    @rx.event
    @roles("admin")
    async def narrow(self, only: str):
        self.only = only if only in ONLY else ""
        await self._read()

    @rx.event
    @roles("admin")
    async def show_more(self):
        if self.more and self.lines:
            await self._read(self.lines[-1].id)

    @rx.event
    @roles("admin")
    async def open(self, account_id: int):
        """One person, with what can be done about them."""
        async with database.session() as s:
            found = await people_desk.one(s, whole(account_id))
        if found is not None:
            self._show(found)

    def _show(self, person: Person) -> None:
        self.opened = line_of(person, current_account(self).account_id)
        self.chosen, self.fault = list(person.roles), ""

    @rx.event
    @roles("admin")
    def show_dialog(self, wanted: bool):
        if not wanted:
            self.opened, self.fault = PersonLine(), ""

    @rx.event
    @roles("admin")
    def tick(self, role: str):
        """A role in the dialog, on or off; nothing is changed yet."""
        if role in PLATFORM:
            self.chosen = [one for one in PLATFORM if (one in self.chosen) != (one == role)]

    @rx.event
    @roles("admin")
    async def save_roles(self):
        return await self._act("roles")

    @rx.event
    @roles("admin")
    async def suspend(self):
        """They are signed out everywhere and cannot sign in."""
        return await self._act("suspend")

    @rx.event
    @roles("admin")
    async def restore(self):
        return await self._act("restore")

    @rx.event
    @roles("admin")
    async def reset_second_factor(self):
        """For who has lost it: they set it up anew at their next sign-in, and are signed out until then."""
        account_id = self.opened.id
        if not account_id:
            return None
        async with database.session() as s:
            await second_factors.reset(s, current_account(self).account_id, account_id)
            person = await people_desk.one(s, account_id)
        await sessions.end_all(account_id, but=sessions.sid_of(self.router.headers.cookie) if self.opened.me else "")
        forget(account_id)
        if person is not None:
            self._show(person)
        await self._read()
        return rx.toast.success(later("Saved."))

    @rx.event
    @roles("admin")
    async def sign_out(self):
        """Ends all their sessions; the present one of the admin's own stays."""
        account_id = self.opened.id
        if not account_id:
            return None
        own = current_account(self).account_id == account_id
        ended = await sessions.end_all(account_id, but=sessions.sid_of(self.router.headers.cookie) if own else "")
        async with database.session() as s:
            await people_desk.signed_out(s, current_account(self).account_id, account_id, ended)
        return rx.toast.success(later("Signed out everywhere."))

    async def _act(self, what: str) -> rx.event.EventSpec | None:
        account_id, me = self.opened.id, current_account(self).account_id
        if not account_id:
            return None
        try:
            async with database.session() as s:
                match what:
                    case "roles":
                        person = await people_desk.set_roles(s, me, account_id, self.chosen)
                    case "suspend":
                        person = await people_desk.suspend(s, me, account_id)
                    case _:
                        person = await people_desk.restore(s, me, account_id)
        except PeopleError as refused:
            self.fault = refused.code
            return None
        if person.suspended:
            await sessions.end_all(account_id)
        forget(account_id)
        self._show(person)
        await self._read()
        return rx.toast.success(later("Saved."))
