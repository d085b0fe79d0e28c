"""Certificates: their kinds, who holds them, given and withdrawn with a word."""

from dataclasses import dataclass
from datetime import UTC, datetime

import reflex as rx

from exchange_app.arguments import fields, flag, line, paragraphs, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import certificates, database
from exchange_domain.call_rows import epoch_ms
from exchange_domain.certificates import CertificateError


@dataclass(frozen=True)
class KindLine:
    """A kind; `campaigns` that are not over ask for it."""

    id: int
    name: str
    goal: str
    holders: int
    campaigns: int


@dataclass(frozen=True)
class PersonLine:
    """An operator beside the chosen kind; `given_ms` is 0 without the certificate."""

    id: int
    name: str
    calls: int
    accepted: int
    rejected: int
    given_ms: int
    given_by: str
    words: str


class Certificates(rx.State):
    loaded: bool = False
    kinds: rx.Field[list[KindLine]] = rx.field(default_factory=list)
    chosen: int = 0
    goal: str = ""
    people: rx.Field[list[PersonLine]] = rx.field(default_factory=list)
    making: bool = False
    open: int = 0
    """The operator a dialog is about."""
    open_name: str = ""
    withdrawing: bool = False
    fault: str = ""
    """Codes of CertificateError."""

    @rx.event
    @roles("moderator")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._read()
        self.loaded = True

    async def _read(self) -> None:
        async with database.session() as s:
            found = await certificates.kinds(s)
            if all(kind.id != self.chosen for kind in found):
                self.chosen = found[0].id if found else 0
            people = await certificates.candidates(s, self.chosen, current_account(self).account_id)
        self.kinds = [KindLine(k.id, k.name, k.goal, k.holders, k.campaigns) for k in found]
        self.goal = next((k.goal for k in found if k.id == self.chosen), "")
        self.people = [
            PersonLine(
                p.operator_id, p.name, p.calls, p.accepted, p.rejected, epoch_ms(p.given_at) or 0, p.given_by or "",
                p.words or "",
            )
            for p in people
        ]  # fmt: skip

    @rx.event
    @roles("moderator")
    async def choose(self, kind_id: int):
        self.chosen = whole(kind_id)
        await self._read()

    @rx.event
    @roles("moderator")
    def show_making(self, wanted: bool):
        self.making, self.fault = flag(wanted), ""

    @rx.event
    @roles("moderator")
    async def make(self, form: dict):
        """A new kind, and it is the chosen one."""
        given = fields(form)
        name, goal = line(given.get("name") or "", 200), paragraphs(given.get("goal") or "", 2_000)
        try:
            async with database.session() as s:
                made = await certificates.make_kind(s, current_account(self).account_id, name, goal)
        except CertificateError as refused:
            self.fault = refused.code
            return rx.set_focus("goal" if "goal" in refused.code else "name")
        self.making, self.fault, self.chosen = False, "", made
        await self._read()
        return rx.toast.success(later("Saved."))

    @rx.event
    @roles("moderator")
    def ask(self, operator_id: int):
        """Opens the question about one operator: to give, or to withdraw what they have."""
        person = next((p for p in self.people if p.id == whole(operator_id)), None)
        if person is None:
            return
        self.open, self.open_name, self.withdrawing, self.fault = person.id, person.name, person.given_ms > 0, ""

    @rx.event
    @roles("moderator")
    def show_question(self, wanted: bool):
        if not flag(wanted):
            self.open, self.fault = 0, ""

    @rx.event
    @roles("moderator")
    async def decide(self, form: dict):
        """Gives or withdraws, as the dialog said."""
        if not self.open:
            return None
        words = paragraphs(fields(form).get("words") or "", 2_000)
        me, given = current_account(self).account_id, not self.withdrawing
        try:
            async with database.session() as s:
                if given:
                    await certificates.give(s, self.chosen, self.open, me, words)
                else:
                    await certificates.withdraw(s, self.chosen, self.open, me, words, datetime.now(UTC))
        except CertificateError as refused:
            self.fault = refused.code
            return rx.set_focus("words")
        self.open, self.fault = 0, ""
        await self._read()
        return rx.toast.success(later("Certificate given.") if given else later("Certificate withdrawn."))
