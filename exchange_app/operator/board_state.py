"""The board: campaigns an operator may work on now, and why others wait."""

from dataclasses import dataclass
from datetime import UTC, datetime

import reflex as rx

from exchange_app.security import current_account, roles
from exchange_domain import database, endpoints, sound_checks
from exchange_domain.board import BoardCard
from exchange_domain.call_rows import epoch_ms
from exchange_domain.messages import StartShift
from exchange_domain.words import EndpointKind, Role

from . import board_cards, sheets
from .desk_state import Desk
from .shown import ShownPart, parts_shown

SORTS = ("pay", "waiting", "talk", "name")
FRESH_S = 5
"""The cards are read at most this often for a page that is looked at again."""


@dataclass
class ShownCard:
    """A card as the page takes it: money in minor units, moments as epoch milliseconds, 0 for none."""

    campaign_id: int
    name: str
    customer_name: str
    currency: str
    unit: int
    """Minor units in one of the currency."""
    per_call: int
    per_answered: int
    per_minute: int
    per_success: int
    pay_per_hour: int
    paid_calls: int
    success_percent: float
    opening_words: str
    waiting: int
    mean_talk_s: int
    closed: str
    opens_ms: int
    closes_ms: int
    certificate: str = ""
    certificate_goal: str = ""


def shown(card: BoardCard) -> ShownCard:
    return ShownCard(
        card.campaign_id,
        card.name,
        card.customer_name,
        card.currency,
        sheets.minor_units(card.currency),
        card.per_call,
        card.per_answered,
        card.per_minute,
        card.per_success,
        -1 if card.pay_per_hour is None else card.pay_per_hour,
        card.paid_calls,
        card.success_bp / 100,
        card.opening_words,
        card.waiting,
        card.mean_talk_s,
        card.closed_code or "",
        epoch_ms(card.opens_at) or 0,
        epoch_ms(card.closes_at) or 0,
        card.certificate,
        card.certificate_goal,
    )


def in_order(cards: list[ShownCard], by: str) -> list[ShownCard]:
    """Open ones first; inside that by pay for an hour, contacts waiting, shortest talk, or name."""
    keys = {
        "pay": lambda c: (-c.pay_per_hour, c.campaign_id),
        "waiting": lambda c: (-c.waiting, c.campaign_id),
        "talk": lambda c: (c.mean_talk_s == 0, c.mean_talk_s, c.campaign_id),
        "name": lambda c: (c.name.casefold(), c.campaign_id),
    }
    key = keys.get(by, keys["pay"])
    return sorted(cards, key=lambda c: (c.closed != "", key(c)))


class Board(rx.State):
    loaded: rx.Field[bool] = rx.field(False)
    cards: rx.Field[list[ShownCard]] = rx.field(default_factory=list)
    only_open: rx.Field[bool] = rx.field(False)
    sort: rx.Field[str] = rx.field("pay")
    preview_name: rx.Field[str] = rx.field("")
    """Campaign whose script is looked at; empty: none."""
    preview_id: rx.Field[int] = rx.field(0)
    preview: rx.Field[list[ShownPart]] = rx.field(default_factory=list)
    preview_objections: rx.Field[list[ShownPart]] = rx.field(default_factory=list)
    starting: rx.Field[int] = rx.field(0)
    """Campaign for which a shift was asked for."""
    gone: rx.Field[bool] = rx.field(False)
    """The campaign that was pressed is not there any more."""

    checked: rx.Field[str] = rx.field("none")
    """Verdict of the last check of sound that a shift beginning now would have; none; or `telephone`: not needed."""

    _read_at: float = 0

    @rx.event
    @roles("operator")
    async def enter(self):
        self.starting, self.gone = 0, False
        await self._read()

    @rx.event
    @roles("operator")
    async def refresh(self):
        """The page is looked at again."""
        if datetime.now(UTC).timestamp() - self._read_at >= FRESH_S:
            await self._read()

    async def _read(self) -> None:
        now = datetime.now(UTC)
        async with database.session() as s:
            account_id = current_account(self).account_id
            last = await sound_checks.latest(s, account_id, now)
            rung_at = await endpoints.kind_of(s, Role.OPERATOR, account_id)
        found = await board_cards.of_operator(account_id, now)
        self.checked = last.verdict.value if last else "none"
        if rung_at != EndpointKind.BROWSER:
            self.checked = "telephone"
        self.cards = in_order([shown(card) for card in found], self.sort)
        self.loaded, self._read_at = True, now.timestamp()

    @rx.var
    def test_first(self) -> bool:
        """The aptitude test is still to be taken, or to be confirmed."""
        return any(card.closed == "no_aptitude" for card in self.cards)

    @rx.var
    def open_count(self) -> int:
        return sum(1 for card in self.cards if not card.closed)

    @rx.event
    @roles("operator")
    async def sort_by(self, by: str):
        if by in SORTS:
            self.sort = by
            self.cards = in_order(list(self.cards), by)

    @rx.event
    @roles("operator")
    async def show_only_open(self, only: bool):
        self.only_open = only is True

    @rx.event
    @roles("operator")
    async def look(self, campaign_id: int):
        """Shows the script of a campaign that runs, with its fields by name."""
        account = current_account(self)
        sheet = None
        if isinstance(campaign_id, int) and 0 < campaign_id < 2**63:
            async with database.session() as s:
                sheet = await sheets.of_campaign(s, campaign_id, account.display_name)
        if sheet is None:
            self.gone = True
            return
        self.preview_id, self.preview_name = campaign_id, sheet.name
        self.preview = parts_shown(sheet.parts.steps, "look")
        self.preview_objections = parts_shown(sheet.parts.objections, "look-objection")

    @rx.event
    @roles("operator")
    async def look_away(self, opened: bool = False):
        if not opened:
            self.preview_id, self.preview_name, self.preview, self.preview_objections = 0, "", [], []

    @rx.event
    @roles("operator")
    async def start(self, campaign_id: int):
        """Begins the shift on a campaign that can be called now, and goes to the workspace."""
        card = next((c for c in self.cards if c.campaign_id == campaign_id and not c.closed), None)
        if card is None:
            return None
        desk = await self.get_state(Desk)
        if desk.call_id and not desk.preview:
            return rx.redirect("/operator/work")
        operator_id = current_account(self).account_id
        await self._read()
        if not any(c.campaign_id == campaign_id and not c.closed for c in self.cards):
            self.gone = True
            return None
        self.starting = campaign_id
        await desk._send(StartShift(operator_id=operator_id, campaign_id=campaign_id), "start_shift")
        return rx.redirect("/operator/work")
