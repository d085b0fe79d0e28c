"""Once an hour, a gentle offer: another campaign for who has been on the same one for long."""

from datetime import UTC, datetime, timedelta

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app import live
from exchange_app.security import current_account, roles
from exchange_domain import database
from exchange_domain.messages import OperatorView, StartShift
from exchange_domain.words import OperatorState

from . import board_cards, sheets, work_figures
from .desk_state import Desk

log = structlog.get_logger(__name__)
AFTER = timedelta(minutes=55)
"""On the same campaign, or since the last offer was declined."""
LOOKS = timedelta(minutes=5)
"""The board is looked at no more often than this."""


class Offer(live.OnlyChanges, rx.State):
    """The campaign on offer; 0: none."""

    campaign_id: rx.Field[int] = rx.field(0)
    name: rx.Field[str] = rx.field("")
    pay_per_hour: rx.Field[int] = rx.field(-1)
    currency: rx.Field[str] = rx.field("RUB")
    unit: rx.Field[int] = rx.field(100)
    minutes: rx.Field[int] = rx.field(0)
    """How long the operator has been on the present one."""

    _looked_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    _declined_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    async def _consider(self, account_id: int, view: OperatorView) -> None:
        """Between calls only: nobody is asked while they talk or write."""
        now = datetime.now(UTC)
        between = view.state == OperatorState.READY and (view.call is None or view.call.preview)
        if not between or view.shift_id is None or view.campaign_id is None:
            self.campaign_id = 0
            return
        if now - self._looked_at < LOOKS or now - self._declined_at < AFTER:
            return
        self._looked_at = now
        try:
            async with database.session() as s:
                since = await work_figures.on_campaign_since(s, view.shift_id, view.campaign_id)
                if since is None or now - since < AFTER:
                    return
            cards = await board_cards.of_operator(account_id, now)
        except (SQLAlchemyError, OSError) as failed:
            log.warning("offer_not_read", error=type(failed).__name__)
            return
        others = [c for c in cards if not c.closed_code and c.campaign_id != view.campaign_id and c.waiting]
        if not others:
            return
        best = max(others, key=lambda c: (c.pay_per_hour or -1, -c.campaign_id))
        self.campaign_id, self.name, self.currency = best.campaign_id, best.name, best.currency
        self.pay_per_hour = -1 if best.pay_per_hour is None else best.pay_per_hour
        self.unit = sheets.minor_units(best.currency)
        self.minutes = int((now - since).total_seconds() // 60)

    @rx.event
    @roles("operator")
    async def stay(self):
        self.campaign_id, self._declined_at = 0, datetime.now(UTC)

    @rx.event
    @roles("operator")
    async def take(self, campaign_id: int):
        """Changes the campaign of the open shift; a contact that is shown is let go of."""
        desk = await self.get_state(Desk)
        free = desk.state == OperatorState.READY and (desk.preview or not desk.call_id)
        if campaign_id != self.campaign_id or not campaign_id or not free:
            return
        self.campaign_id, self._declined_at = 0, datetime.now(UTC)
        command = StartShift(operator_id=current_account(self).account_id, campaign_id=campaign_id)
        await desk._send(command, "start_shift")
