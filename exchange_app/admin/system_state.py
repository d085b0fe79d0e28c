"""How the exchange does: figures of a day, switches, carriers. Switches are drained, carriers turned off."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import reflex as rx

from exchange_app.arguments import line
from exchange_app.i18n import later
from exchange_app.security import current_account, roles
from exchange_domain import audit, carrier_book, database, routing, switches, system_view
from exchange_domain.call_rows import epoch_ms


@dataclass(frozen=True)
class SwitchLine:
    """`state`: up, silent (no engine drives it), lost, draining, off."""

    name: str
    state: str
    seats: int
    max_seats: int
    sessions: int
    draining: bool
    enabled: bool


@dataclass(frozen=True)
class CarrierLine:
    name: str
    enabled: bool
    on_the_line: int
    rates: int
    currency: str


def state_of(one: switches.Listed) -> str:
    if not one.enabled:
        return "off"
    if one.lost:
        return "lost"
    if not one.driven or not one.up:
        return "silent"
    return "draining" if one.draining else "up"


class System(rx.State):
    loaded: bool = False
    at_ms: int = 0
    figures: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    currency: str = "RUB"
    switches: rx.Field[list[SwitchLine]] = rx.field(default_factory=list)
    carriers: rx.Field[list[CarrierLine]] = rx.field(default_factory=list)

    @rx.event
    @roles("admin")
    async def enter(self):
        """On_load."""
        self.reset()
        await self._read()
        self.loaded = True

    @rx.event
    @roles("admin")
    async def look_again(self):
        await self._read()

    async def _read(self) -> None:
        now = datetime.now(UTC)
        async with database.session() as s:
            figures = asdict(await system_view.figures(s, now))
            listed = await switches.listed(s)
            carriers = await carrier_book.entries(s)
        self.currency = figures.pop("currency")
        self.figures = {name: int(value) for name, value in figures.items()}
        self.switches = [
            SwitchLine(w.name, state_of(w), w.seats, w.max_seats, w.sessions, w.draining, w.enabled) for w in listed
        ]
        self.carriers = [
            CarrierLine(c.carrier.name, c.carrier.enabled, c.on_the_line, c.rates, c.carrier.currency) for c in carriers
        ]
        self.at_ms = epoch_ms(now) or 0

    @rx.event
    @roles("admin")
    async def drain(self, name: str, on: bool):
        """Nobody new is seated on it; who sits there stays."""
        return await self._change_switch(name, draining=on is True)

    @rx.event
    @roles("admin")
    async def enable(self, name: str, on: bool):
        """Off: no engine takes it."""
        return await self._change_switch(name, enabled=on is True)

    async def _change_switch(self, name: str, **values: bool) -> rx.event.EventSpec | None:
        known = next((one for one in self.switches if one.name == line(name, 100)), None)
        if known is None:
            return None
        me = current_account(self).account_id
        before = {"draining": known.draining, "enabled": known.enabled}
        async with database.session() as s:
            if await switches.change(s, known.name, **values):
                await audit.write(
                    s, me, "switch_changed", f"switch:{known.name}", before=before, after={**before, **values}
                )
        await self._read()
        return rx.toast.success(later("Saved."))

    @rx.event
    @roles("admin")
    async def enable_carrier(self, name: str, on: bool):
        """Off: no new call goes out through it."""
        known = next((one for one in self.carriers if one.name == line(name, 100)), None)
        if known is None:
            return None
        async with database.session() as s:
            await carrier_book.set_carrier(s, known.name, enabled=on is True)
            await routing.reconsider(s)
            await audit.write(
                s, current_account(self).account_id, "carrier_changed", f"carrier:{known.name}",
                before={"enabled": known.enabled}, after={"enabled": on is True},
            )  # fmt: skip
        await self._read()
        return rx.toast.success(later("Saved."))
