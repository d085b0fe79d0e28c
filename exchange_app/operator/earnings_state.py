"""What an operator has earned: balances, days, and each call with its pay."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

import reflex as rx

from exchange_app.security import current_account, roles
from exchange_domain import database, ledger
from exchange_domain.call_rows import epoch_ms

from . import work_figures
from .work_figures import PAGE, Day, PaidCall


@dataclass
class ShownDay:
    day: str
    calls: int
    answered: int
    successes: int
    pay: int
    unsettled: int


@dataclass
class ShownCall:
    """`pay` is -1 until the call is settled; `talk_s` too."""

    call_id: str
    at_ms: int
    campaign: str
    outcome: str
    disposition: str
    talk: str
    pay: int
    currency: str


def shown_day(day: Day) -> ShownDay:
    return ShownDay(day.day, day.calls, day.answered, day.successes, day.pay, day.unsettled)


def shown_call(call: PaidCall) -> ShownCall:
    talk = "" if call.talk_s is None else f"{call.talk_s // 60}:{call.talk_s % 60:02}"
    return ShownCall(
        str(call.call_id),
        epoch_ms(call.claimed_at) or 0,
        call.campaign,
        call.outcome or "",
        call.disposition or "",
        talk,
        -1 if call.pay is None else call.pay,
        call.currency,
    )


class Earnings(rx.State):
    loaded: rx.Field[bool] = rx.field(False)
    currency: rx.Field[str] = rx.field("RUB")
    available: rx.Field[int] = rx.field(0)
    pending: rx.Field[int] = rx.field(0)
    days: rx.Field[list[ShownDay]] = rx.field(default_factory=list)
    calls: rx.Field[list[ShownCall]] = rx.field(default_factory=list)
    page: rx.Field[int] = rx.field(1)
    more: rx.Field[bool] = rx.field(False)

    _zone: str = "UTC"
    _starts: rx.Field[list[tuple[datetime, UUID]]] = rx.field(default_factory=list)
    """The last row of each page before the present one."""
    _last: tuple[datetime, UUID] | None = None

    @rx.event
    @roles("operator")
    def fetch_statement(self):
        """All movements of her money, by her clock."""
        return rx.download(url=f"/operator/statement.xlsx?zone={quote(self._zone)}")

    @rx.event
    @roles("operator")
    async def enter(self, zone: str):
        """With the browser's time zone, so that days are the operator's own."""
        self._zone = work_figures.known_zone(zone)
        self._starts, self.page = [], 1
        account_id = current_account(self).account_id
        async with database.session() as s:
            balance = await ledger.earnings(s, account_id)
            days = await work_figures.days(s, account_id, self._zone, datetime.now(UTC))
        self.available, self.pending, self.currency = balance.available, balance.held, balance.currency
        self.days = [shown_day(day) for day in days]
        await self._read(account_id)
        self.loaded = True

    async def _read(self, account_id: int) -> None:
        async with database.session() as s:
            before = self._starts[-1] if self._starts else None
            found = await work_figures.calls(s, account_id, before=before, limit=PAGE + 1)
        shown, self.more = found[:PAGE], len(found) > PAGE
        self._last = (shown[-1].claimed_at, shown[-1].call_id) if shown else None
        self.calls = [shown_call(call) for call in shown]
        self.page = len(self._starts) + 1

    @rx.event
    @roles("operator")
    async def earlier(self):
        """The next fifty calls back in time."""
        if self.more and self._last is not None:
            self._starts = [*self._starts, self._last]
            await self._read(current_account(self).account_id)

    @rx.event
    @roles("operator")
    async def later(self):
        if self._starts:
            self._starts = self._starts[:-1]
            await self._read(current_account(self).account_id)
