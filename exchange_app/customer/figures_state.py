"""The figures of a campaign as charts; new calls move them while the page is open."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from typing import Any

import reflex as rx

from exchange_app import live
from exchange_app.arguments import whole
from exchange_app.security import roles
from exchange_domain import campaign_figures, database
from exchange_domain.call_rows import epoch_ms
from exchange_domain.campaign_figures import Sum
from exchange_domain.messages import CallRow
from exchange_domain.tables import Campaign, Customer

from . import page_room
from .live_totals import LiveTotals
from .rights import gone, opened

WINDOWS = (7, 30)
ZONES_SHOWN = 20


@dataclass(frozen=True)
class Bar:
    """`share` and `part` in percent of the chart's height: calls, and those of them that were answered.

    `cost` is 0 where there was no success.
    """

    label: str
    at_ms: int
    calls: int
    answered: int
    reach: int
    successes: int
    charge: int
    cost: int
    share: int
    part: int


def bars(named: list[tuple[str, int, Sum]]) -> list[dict[str, Any]]:
    """Bars of (label, moment, sum); the longest fills the chart."""
    most = max((s.calls for _, _, s in named), default=0) or 1
    return [
        asdict(
            Bar(
                label, at_ms, s.calls, s.answered, s.reach, s.successes, s.charge, s.per_success or 0,
                round(100 * s.calls / most), round(100 * s.answered / most),
            )
        )
        for label, at_ms, s in named
    ]  # fmt: skip


async def read(campaign_id: int, days: int) -> dict[str, Any]:
    """The vars of the page."""
    now = datetime.now(UTC)
    async with database.session() as s:
        campaign = await s.get_one(Campaign, campaign_id)
        customer = await s.get_one(Customer, campaign.customer_id)
        found = await campaign_figures.of_campaign(s, campaign_id, customer.time_zone, now, days)
    noon = time(12)
    return {
        "hours": bars([("", epoch_ms(hour) or 0, part) for hour, part in found.last_day]),
        "clocks": bars([(f"{hour:02}", 0, part) for hour, part in found.by_clock]),
        "zones": bars([(zone, 0, part) for zone, part in found.by_zone[:ZONES_SHOWN]]),
        "days": bars([("", epoch_ms(datetime.combine(day, noon, UTC)) or 0, part) for day, part in found.by_day]),
        "calls": found.total.calls,
        "cost": found.total.per_success or 0,
        "reach": found.total.reach,
    }


class Figures(rx.State):
    window: int = WINDOWS[0]
    hours: rx.Field[list[Bar]] = rx.field(default_factory=list)
    clocks: rx.Field[list[Bar]] = rx.field(default_factory=list)
    zones: rx.Field[list[Bar]] = rx.field(default_factory=list)
    days: rx.Field[list[Bar]] = rx.field(default_factory=list)
    calls: int = 0
    cost: int = 0
    reach: int = 0
    loaded: bool = False
    patch: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    """The room has no rows; its calls are a reason to count anew."""
    _room: str = ""

    @rx.event
    @roles("customer")
    async def enter(self):
        """On_load."""
        await page_room.leave(self)
        self.reset()
        return await self._show()

    @rx.event
    @roles("customer")
    async def leave(self):
        await page_room.leave(self)

    @rx.event
    @roles("customer")
    async def choose_window(self, days: str):
        """The last 7 or 30 days."""
        wanted = whole(days)
        self.window = wanted if wanted in WINDOWS else WINDOWS[0]
        return await self._show()

    async def _show(self) -> rx.event.EventSpec | None:
        async with opened(self) as at:
            if at is None:
                return gone()
        await page_room.enter(self, f"{room_of(self.window)}:{at.id}", page_room.no_rows)
        for name, value in (await read(at.id, self.window)).items():
            setattr(self, name, [Bar(**one) for one in value] if isinstance(value, list) else value)
        self.loaded = True
        return None


def room_of(days: int) -> str:
    return f"campaign-figures{days}"


def _declare(days: int) -> None:
    async def read_window(campaign_id: int) -> dict[str, Any]:
        return await read(campaign_id, days)

    totals = LiveTotals(room_of(days), read_window)

    def row(message: CallRow) -> None:
        if message.dialled:
            totals.touch(message.campaign_id)

    live.room(room_of(days), Figures, patch="patch", row=row)


for _days in WINDOWS:
    _declare(_days)
