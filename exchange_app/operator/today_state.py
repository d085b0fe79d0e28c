"""Today's work, for the foot of the workspace."""

from datetime import UTC, datetime

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app.security import current_account, roles
from exchange_domain import database, ledger

from . import work_figures

log = structlog.get_logger(__name__)


class Today(rx.State):
    """Pay in minor units: what is settled. `unsettled` counts the calls whose pay is still to come."""

    currency: rx.Field[str] = rx.field("RUB")
    pay: rx.Field[int] = rx.field(0)
    calls: rx.Field[int] = rx.field(0)
    successes: rx.Field[int] = rx.field(0)
    unsettled: rx.Field[int] = rx.field(0)

    _zone: str = ""

    @rx.event
    @roles("operator")
    async def enter(self, zone: str):
        """With the browser's time zone, so that a day begins when it does for the operator."""
        self._zone = work_figures.known_zone(zone)
        await self._read(current_account(self).account_id)

    async def _read(self, account_id: int) -> None:
        if not self._zone:
            return
        try:
            async with database.session() as s:
                day = await work_figures.today(s, account_id, self._zone, datetime.now(UTC))
                self.currency = (await ledger.earnings(s, account_id)).currency
        except (SQLAlchemyError, OSError) as failed:
            # The foot only informs; a call must never stop for it.
            log.warning("today_not_read", error=type(failed).__name__)
            return
        self.pay, self.calls, self.successes, self.unsettled = day.pay, day.calls, day.successes, day.unsettled
