"""Contested charges: heard, and decided once."""

from dataclasses import dataclass
from datetime import UTC, datetime

import reflex as rx

from exchange_app.arguments import fields
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import database, dispute_desk, disputes
from exchange_domain.call_rows import epoch_ms
from exchange_domain.disputes import DisputeError

LONGEST_WORD = 2000


@dataclass(frozen=True)
class DisputeLine:
    """Money in minor units."""

    id: int
    call_id: str
    customer: str
    campaign: str
    operator: str
    opened_ms: int
    called_ms: int
    amount: int
    currency: str
    words: str
    outcome: str
    note: str
    talk_s: int
    heard: bool


class Disputes(rx.State):
    loaded: bool = False
    lines: rx.Field[list[DisputeLine]] = rx.field(default_factory=list)
    open: int = 0
    """The dispute that is being decided."""
    fault: str = ""
    """no_words"""

    @rx.event
    @roles("moderator")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._show()

    async def _show(self) -> None:
        async with database.session() as s:
            found = await dispute_desk.open_disputes(s, current_account(self).account_id)
        self.lines = [
            DisputeLine(
                d.id, str(d.call_id), d.customer, d.campaign, d.operator, epoch_ms(d.opened_at) or 0,
                epoch_ms(d.called_at) or 0, d.amount, d.currency, d.words, d.outcome.value if d.outcome else "",
                d.note, d.talk_s, d.heard,
            )
            for d in found
        ]  # fmt: skip
        self.loaded = True

    @rx.event
    @roles("moderator")
    def ask(self, dispute_id: int):
        """Opens the question of who is right."""
        known = any(one.id == dispute_id for one in self.lines)
        self.open, self.fault = dispute_id if known else 0, ""

    @rx.event
    @roles("moderator")
    def show_question(self, wanted: bool):
        if not wanted:
            self.open = 0

    @rx.event
    @roles("moderator")
    async def decide(self, form: dict):
        """`verdict`: refund, refund_not_paid or uphold; with a word that both sides read."""
        given = fields(form)
        words = " ".join(str(given.get("words", "")).replace("\x00", "").split())[:LONGEST_WORD]
        verdict = given.get("verdict", "")
        account = current_account(self)
        if not self.open or verdict not in ("refund", "refund_not_paid", "uphold"):
            return None
        if not words:
            self.fault = "no_words"
            return rx.set_focus("words")
        async with database.session() as s:
            mine = await dispute_desk.open_disputes(s, account.account_id)
        if all(one.id != self.open for one in mine):
            self.open = 0
            await self._show()
            return rx.toast.info(later("This one is decided already."))
        try:
            async with database.session() as s:
                await disputes.decide(
                    s, self.open, account.account_id, refund=verdict != "uphold",
                    operator_keeps=verdict != "refund_not_paid", words=words, at=datetime.now(UTC),
                )  # fmt: skip
        except DisputeError:
            self.open = 0
            await self._show()
            return rx.toast.info(later("This one is decided already."))
        self.open = 0
        await self._show()
        return rx.toast.success(later("Decided. Both sides see it."))
