"""Whether this manager takes transfers: their own word, and the hours of the week."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time

import reflex as rx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_app.design.week import Day, days_of, with_day
from exchange_app.security import current_account, roles
from exchange_domain import database, presence
from exchange_domain.call_rows import epoch_ms
from exchange_domain.hours import Stretch, zone_of

log = structlog.get_logger(__name__)
FAILED = (SQLAlchemyError, OSError)
OPENS, CLOSES = time(9), time(18)


class Presence(rx.State):
    away: rx.Field[bool] = rx.field(False)
    there: rx.Field[bool] = rx.field(True)
    """Transfers come here now."""
    back_ms: rx.Field[int] = rx.field(0)
    """When the hours begin again; 0: they are not what keeps transfers away, or nobody knows."""
    days: rx.Field[list[Day]] = rx.field(default_factory=list)
    faults: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    """What is wrong with a day's hours, by weekday: closes_first, overlaps, bad_time."""
    hours: rx.Field[bool] = rx.field(False)
    """There are hours at all; without them transfers come round the clock."""
    zone: rx.Field[str] = rx.field("Europe/Moscow")
    opened: rx.Field[bool] = rx.field(False)
    unsaved: rx.Field[bool] = rx.field(False)

    _browser_zone: str = ""

    @rx.event
    @roles("manager")
    async def enter(self):
        await self._read()

    async def _read(self) -> None:
        account_id = current_account(self).account_id
        try:
            async with database.session() as s:
                found = (await presence.of(s, [account_id]))[account_id]
        except FAILED as failed:
            log.warning("presence_not_read", error=type(failed).__name__)
            return
        self._show(found)

    def _show(self, found: presence.Presence) -> None:
        now = datetime.now(UTC)
        self.away, self.there, self.zone = found.away, found.is_there(now), found.time_zone
        self.back_ms = epoch_ms(found.back_at(now)) or 0
        self.days, self.hours = days_of(list(found.stretches)), bool(found.stretches)

    @rx.event
    @roles("manager")
    async def here(self, zone: str):
        """The browser's time zone: by whose clock new hours are."""
        if isinstance(zone, str) and len(zone) <= 64 and zone_of(zone) is not None:
            self._browser_zone = zone

    @rx.event
    @roles("manager")
    async def set_away(self, away: bool):
        """The page says which it meant, so that two presses are not there and back."""
        account_id = current_account(self).account_id
        try:
            async with database.session() as s:
                await presence.set_away(s, account_id, away is True, datetime.now(UTC))
                found = (await presence.of(s, [account_id]))[account_id]
        except FAILED as failed:
            log.warning("presence_not_saved", error=type(failed).__name__)
            self.unsaved = True
            return
        self.unsaved = False
        self._show(found)

    @rx.event
    @roles("manager")
    async def show(self, opened: bool):
        self.opened, self.faults = opened is True, {}
        if self.opened:
            await self._read()

    @rx.event
    @roles("manager")
    async def switch_day(self, weekday: int, on: bool):
        if not isinstance(weekday, int) or not 0 <= weekday <= 6:
            return
        wanted = [Stretch(weekday, OPENS, CLOSES)] if on is True else []
        self.faults = {k: v for k, v in self.faults.items() if k != str(weekday)}
        await self._save(lambda week: [one for one in week if one.weekday != weekday] + wanted)

    @rx.event
    @roles("manager")
    async def change_time(self, field: str, value: str):
        """When a day opens or closes; the field is `{weekday}:opens` or `{weekday}:closes`."""
        day, _, which = str(field).partition(":")
        if day not in map(str, range(7)) or which not in ("opens", "closes") or len(self.days) != 7:
            return
        number = int(day)
        # Both times as they stand on the page: the other may wait for this one to fit.
        wanted = replace(self.days[number], on=True, **{which: str(value)[:5]})
        fault = ""
        try:
            opens, closes = time.fromisoformat(wanted.opens), time.fromisoformat(wanted.closes)
        except ValueError:
            fault = "bad_time"
        else:
            try:
                await self._save(lambda week: with_day(week, number, opens, closes))
            except ValueError as refused:
                fault = str(refused)
        self.faults = {k: v for k, v in self.faults.items() if k != day} | ({day: fault} if fault else {})
        if fault:
            self.days = [wanted if one.weekday == number else one for one in self.days]

    @rx.event
    @roles("manager")
    async def always(self):
        """No hours: transfers come round the clock."""
        self.faults = {}
        await self._save(lambda _: [])

    async def _save(self, change: Callable[[list[Stretch]], list[Stretch]]) -> None:
        """The week anew, from what it is now: read and written in one transaction. Raises what `change` raises."""
        account_id = current_account(self).account_id
        zone = self._browser_zone or self.zone
        try:
            async with database.session() as s:
                before = (await presence.of(s, [account_id]))[account_id].stretches
                await presence.set_hours(s, account_id, zone, change(list(before)), datetime.now(UTC))
                found = (await presence.of(s, [account_id]))[account_id]
        except FAILED as failed:
            log.warning("hours_not_saved", error=type(failed).__name__)
            self.unsaved = True
            return
        self.unsaved = False
        self._show(found)
