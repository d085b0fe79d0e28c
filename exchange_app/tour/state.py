"""Which tours this account still has before it, and that one was seen."""

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app.security import current_account, signed_in
from exchange_domain import database, tours
from exchange_domain.words import Role

from .stops import STOPS

log = structlog.get_logger(__name__)


class Tour(rx.State):
    waiting: rx.Field[list[str]] = rx.field(default_factory=list)
    """Roles of the account whose tour it has not seen."""

    _read_for: int = 0
    """The account for which that is known."""

    @rx.event
    @signed_in
    async def enter(self):
        """Once for who is here, not on each page. A database that does not answer shows no tour, and forgets none."""
        account = current_account(self)
        if self._read_for == account.account_id:
            return
        try:
            async with database.session() as s:
                seen = await tours.seen(s, account.account_id)
        except (SQLAlchemyError, OSError) as failed:
            log.warning("tours_not_read", error=type(failed).__name__)
            return
        self.waiting = sorted(role for role in account.roles & STOPS.keys() if role not in seen)
        self._read_for = account.account_id

    @rx.event
    @signed_in
    async def saw(self, role: str):
        """Shown to its end, or closed: it does not come by itself again. Once is as good as twice."""
        account = current_account(self)
        if role not in STOPS or role not in account.roles:
            return
        self.waiting = [one for one in self.waiting if one != role]
        try:
            async with database.session() as s:
                await tours.saw(s, account.account_id, Role(role))
        except (SQLAlchemyError, OSError) as failed:
            log.warning("tour_not_saved", error=type(failed).__name__)
