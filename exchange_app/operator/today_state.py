"""Today's work, for the foot of the workspace."""

import asyncio
from datetime import UTC, datetime

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app import live
from exchange_app.security import current_account, roles
from exchange_domain import call_backs, database, ledger
from exchange_domain.call_rows import epoch_ms

from . import sheets, work_figures
from .desk_state import Desk
from .hidden_numbers import hide
from .shown import ShownCallBack

log = structlog.get_logger(__name__)
PAY_S = (3, 8)
"""Seconds after a call, and then again, at which its pay is looked for."""
MOST_CALL_BACKS = 8


class Today(live.OnlyChanges, rx.State):
    """Pay in minor units: what is settled. `unsettled` counts the calls whose pay is still to come."""

    currency: rx.Field[str] = rx.field("RUB")
    pay: rx.Field[int] = rx.field(0)
    calls: rx.Field[int] = rx.field(0)
    successes: rx.Field[int] = rx.field(0)
    unsettled: rx.Field[int] = rx.field(0)
    unit: rx.Field[int] = rx.field(100)
    shift_pay: rx.Field[int] = rx.field(0)
    shift_calls: rx.Field[int] = rx.field(0)
    shift_successes: rx.Field[int] = rx.field(0)
    call_backs: rx.Field[list[ShownCallBack]] = rx.field(default_factory=list)
    """Those this operator has promised, the next one first."""

    _zone: str = ""

    @rx.event
    @roles("operator")
    async def enter(self, zone: str):
        """With the browser's time zone, so that a day begins when it does for the operator."""
        self._zone = work_figures.known_zone(zone)
        desk = await self.get_state(Desk)
        await self._read(current_account(self).account_id, desk.shift_id or None)

    @rx.event(background=True)
    @roles("operator")
    async def settle(self):
        """A call has ended: its pay is known a moment later. Looked at twice, then it waits for the next call."""
        for pause in PAY_S:
            await asyncio.sleep(pause)
            async with self:
                if not self.unsettled:
                    return
                desk = await self.get_state(Desk)
                await self._read(current_account(self).account_id, desk.shift_id or None)

    async def _read(self, account_id: int, shift_id: int | None) -> None:
        if not self._zone:
            return
        try:
            async with database.session() as s:
                day = await work_figures.today(s, account_id, self._zone, datetime.now(UTC))
                self.currency = (await ledger.earnings(s, account_id)).currency
                figures = await work_figures.of_shift(s, shift_id) if shift_id else None
                promised = await call_backs.promised_by(s, account_id, MOST_CALL_BACKS)
        except (SQLAlchemyError, OSError) as failed:
            # The foot only informs; a call must never stop for it.
            log.warning("today_not_read", error=type(failed).__name__)
            return
        self.pay, self.calls, self.successes, self.unsettled = day.pay, day.calls, day.successes, day.unsettled
        self.unit = sheets.minor_units(self.currency)
        shift = figures or work_figures.ShiftFigures(0, 0, 0)
        self.shift_pay, self.shift_calls, self.shift_successes = shift.pay, shift.calls, shift.successes
        self.call_backs = [
            ShownCallBack(one.contact_id, hide(one.contact, one.numbers), one.campaign, epoch_ms(one.due_at) or 0)
            for one in promised
        ]
