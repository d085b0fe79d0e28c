"""Score cards: what campaigns add to the criteria and reasons of every call."""

from dataclasses import dataclass

import reflex as rx

from exchange_app.arguments import fields, paragraphs, whole
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import database, score_cards
from exchange_domain.score_cards import BadCard


@dataclass(frozen=True)
class CardLine:
    """A campaign, and how much it adds."""

    id: int
    name: str
    customer: str
    criteria: int
    codes: int


class Cards(rx.State):
    loaded: bool = False
    lines: rx.Field[list[CardLine]] = rx.field(default_factory=list)
    open: int = 0
    name: str = ""
    criteria: str = ""
    """One a line, as the dialog shows them when it opens."""
    codes: str = ""
    fault: str = ""
    """criteria_too_many, criteria_too_long, codes_too_many, codes_too_long"""

    @rx.event
    @roles("moderator")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._read()
        self.loaded = True

    async def _read(self) -> None:
        async with database.session() as s:
            found = await score_cards.campaigns(s, current_account(self).account_id)
        self.lines = [CardLine(one.id, one.name, one.customer, one.criteria, one.codes) for one in found]

    @rx.event
    @roles("moderator")
    async def edit(self, campaign_id: int):
        """Opens one campaign's card."""
        known = next((one for one in self.lines if one.id == whole(campaign_id)), None)
        if known is None:
            return
        async with database.session() as s:
            card = await score_cards.of_campaign(s, known.id)
        self.open, self.name, self.fault = known.id, known.name, ""
        self.criteria = "\n".join(one.label for one in card.own_criteria)
        self.codes = "\n".join(one.label for one in card.own_codes)

    @rx.event
    @roles("moderator")
    def show_dialog(self, wanted: bool):
        if not wanted:
            self.open = 0

    @rx.event
    @roles("moderator")
    async def save(self, form: dict):
        """What the campaign adds from now on; earlier scores keep their meaning."""
        given, read = fields(form), {}
        if all(one.id != self.open for one in self.lines):
            return None
        for name in ("criteria", "codes"):
            try:
                read[name] = score_cards.read_labels(paragraphs(given.get(name) or "", 4_000))
            except BadCard as refused:
                self.fault = f"{name}_{refused.code}"
                return rx.set_focus(name)
        async with database.session() as s:
            me = current_account(self).account_id
            await score_cards.save(s, self.open, me, read["criteria"], read["codes"])
        self.open, self.fault = 0, ""
        await self._read()
        return rx.toast.success(later("Saved."))
