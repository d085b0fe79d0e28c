"""Appeals: the call heard from the moment the operator points to, and decided once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import reflex as rx

from exchange_app.arguments import fields
from exchange_app.i18n import later
from exchange_app.judged import CodeLine, codes_shown
from exchange_app.security import current_account, roles
from exchange_domain import appeals, database, review_pay, score_cards
from exchange_domain.appeals import AppealError
from exchange_domain.call_rows import epoch_ms


@dataclass(frozen=True)
class AppealLine:
    """Times in epoch milliseconds, the mark in milliseconds of the recording."""

    id: int
    call_id: str
    operator: str
    campaign: str
    customer: str
    opened_ms: int
    called_ms: int
    mark_ms: int
    words: str
    outcome: str
    note: str
    codes: list[CodeLine] = field(default_factory=list)


class Appeals(rx.State):
    loaded: bool = False
    lines: rx.Field[list[AppealLine]] = rx.field(default_factory=list)
    open: int = 0
    """The appeal that is being decided."""
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
            found = await appeals.open_appeals(s, current_account(self).account_id)
            cards = {id_: await score_cards.of_campaign(s, id_) for id_ in {one.campaign_id for one in found}}
        self.lines = [
            AppealLine(
                one.id, str(one.call_id), one.operator, one.campaign, one.customer, epoch_ms(one.opened_at) or 0,
                epoch_ms(one.called_at) or 0, one.at_ms, one.words, one.outcome.value if one.outcome else "", one.note,
                codes_shown(cards[one.campaign_id], one.codes),
            )
            for one in found
        ]  # fmt: skip
        self.loaded = True

    @rx.event
    @roles("moderator")
    def ask(self, appeal_id: int):
        """Opens the question of who is right."""
        known = any(one.id == appeal_id for one in self.lines)
        self.open, self.fault = appeal_id if known else 0, ""

    @rx.event
    @roles("moderator")
    def show_question(self, wanted: bool):
        if not wanted:
            self.open = 0

    @rx.event
    @roles("moderator")
    async def decide(self, form: dict):
        """`verdict`: granted or refused; with a word that the operator reads. The pay follows at once."""
        given = fields(form)
        verdict = given.get("verdict", "")
        if not self.open or verdict not in ("granted", "refused"):
            return None
        now = datetime.now(UTC)
        try:
            async with database.session() as s:
                call_id = await appeals.decide(
                    s, self.open, current_account(self).account_id, granted=verdict == "granted",
                    words=str(given.get("words", "")), now=now,
                )  # fmt: skip
        except AppealError as refused:
            if refused.code == "no_words":
                self.fault = refused.code
                return rx.set_focus("words")
            self.open = 0
            await self._show()
            return rx.toast.info(later("This one is decided already."))
        async with database.session() as s:
            await review_pay.carry_out(s, call_id, now)
        self.open = 0
        await self._show()
        return rx.toast.success(later("Decided. The operator sees it."))
