"""Invitations: many at once by mail, or as a link; sent anew, withdrawn."""

from dataclasses import dataclass, field

import reflex as rx

from exchange_app.arguments import fields, line, paragraphs, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import database, invitation_desk
from exchange_domain.call_rows import epoch_ms
from exchange_domain.invitation_desk import InviteError, Shown
from exchange_domain.texts import LANGUAGES

PAGE = 50
ROLES = ("operator", "moderator", "admin", "customer", "manager")
STATES = ("", "waiting", "accepted", "expired", "withdrawn")


@dataclass(frozen=True)
class InvitationLine:
    id: int
    email: str
    roles: list[str] = field(default_factory=list)
    customer: str = ""
    state: str = "waiting"
    until_ms: int = 0
    by: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one address; `fault` empty for one that was invited."""

    email: str
    link: str
    fault: str


def line_of(one: Shown) -> InvitationLine:
    return InvitationLine(one.id, one.email, list(one.roles), one.customer, one.state, epoch_ms(one.until) or 0, one.by)


class Invitations(rx.State):
    loaded: bool = False
    lines: rx.Field[list[InvitationLine]] = rx.field(default_factory=list)
    counts: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    more: bool = False
    state: str = ""
    search: str = ""
    role: str = "operator"
    language: str = "ru"
    outcomes: rx.Field[list[Outcome]] = rx.field(default_factory=list)
    sent: int = 0
    """Grows with each sending: the form is empty again."""
    fault: str = ""
    """too_many, needs_customer"""

    @rx.event
    @roles("admin")
    async def enter(self):
        """On_load."""
        self.reset()
        self.language = current_account(self).language
        await self._read()
        self.loaded = True

    async def _read(self, before_id: int | None = None) -> None:
        async with database.session() as s:
            found = await invitation_desk.shown(
                s, state=self.state, search=self.search, before_id=before_id, limit=PAGE + 1
            )
            self.counts = await invitation_desk.counts(s)
        shown = [line_of(one) for one in found[:PAGE]]
        self.lines = shown if before_id is None else [*self.lines, *shown]
        self.more = len(found) > PAGE

    @rx.event
    @roles("admin")
    async def narrow(self, state: str):
        self.state = state if state in STATES else ""
        await self._read()

    @rx.event
    @roles("admin")
    async def find(self, form: dict):
        self.search = line(fields(form).get("search", ""), 100)
        await self._read()

    @rx.event
    @roles("admin")
    async def show_more(self):
        if self.more and self.lines:
            await self._read(self.lines[-1].id)

    @rx.event
    @roles("admin")
    def choose_role(self, role: str):
        self.role, self.fault = role if role in ROLES else "operator", ""

    @rx.event
    @roles("admin")
    def choose_language(self, lang: str):
        self.language = lang if lang in LANGUAGES else self.language

    @rx.event
    @roles("admin")
    async def invite(self, form: dict):
        """Each address that can be invited is; no address: a link."""
        given = fields(form)
        emails = invitation_desk.addresses(paragraphs(given.get("emails") or "", 20_000))
        try:
            async with database.session() as s:
                found = await invitation_desk.invite(
                    s, current_account(self).account_id, emails, [self.role], language=self.language,
                    words=line(given.get("words") or "", invitation_desk.LONGEST_WORDS),
                    customer_name=line(given.get("customer") or "", 200),
                )  # fmt: skip
        except InviteError as refused:
            self.fault = refused.code
            return
        self.fault = ""
        self.outcomes = [Outcome(one.email, one.link, one.fault) for one in found]
        self.sent += 1
        await self._read()

    @rx.event
    @roles("admin")
    async def send_anew(self, invitation_id: int):
        """Another link; the one before opens nothing any more."""
        return await self._act("send_anew", invitation_id)

    @rx.event
    @roles("admin")
    async def withdraw(self, invitation_id: int):
        return await self._act("withdraw", invitation_id)

    async def _act(self, what: str, invitation_id: object) -> rx.event.EventSpec | None:
        me, wanted = current_account(self).account_id, whole(invitation_id)
        try:
            async with database.session() as s:
                if what == "withdraw":
                    await invitation_desk.withdraw(s, me, wanted)
                else:
                    link = await invitation_desk.send_anew(s, me, wanted)
                    email = next((one.email for one in self.lines if one.id == wanted), "")
                    self.outcomes = [Outcome(email, link, "")]
        except InviteError:
            await self._read()
            return rx.toast.info(later("This invitation is used already."))
        await self._read()
        return None
