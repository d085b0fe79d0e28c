"""The telephones at the other ends: operators' pages, contacts, managers. Each invitation draws what it will do."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ..agenda import Agenda
from ..chance import Chance
from .channel import Channel, LegKind

if TYPE_CHECKING:
    from .switch import Switch

REFUSALS = (
    (40.0, "USER_BUSY"), (15.0, "CALL_REJECTED"), (10.0, "UNALLOCATED_NUMBER"), (10.0, "NO_USER_RESPONSE"),
    (10.0, "NORMAL_TEMPORARY_FAILURE"), (5.0, "RECOVERY_ON_TIMER_EXPIRE"), (5.0, "INVALID_NUMBER_FORMAT"),
)  # fmt: skip
FIRST_SIGN = ((70.0, (20, 300)), (25.0, (300, 2_000)), (5.0, (2_000, 9_000)))
PICKS_UP = ((72.0, (30, 1_500)), (22.0, (1_500, 8_000)), (6.0, (8_000, 40_000)))
TALKS = ((20.0, (20, 1_500)), (30.0, (1_500, 15_000)), (32.0, (15_000, 60_000)), (18.0, (300_000, 600_000)))
"""The last one would go on for ever, as far as the limit is concerned."""
SEAT_PICKS_UP = ((85.0, (80, 300)), (15.0, (300, 12_000)))
MEDIA_TIMEOUT_MS = 10_000


class FarEnds:
    """Who is registered, and how each answers. `gateway_up`: whether the carrier can be reached."""

    def __init__(self, agenda: Agenda, chance: Chance):
        self._agenda, self._chance = agenda, chance
        self.registered: dict[str, bool] = {}
        self.gateway_up = True
        self.calm = False
        """Nobody is awkward any more: the run comes to its end."""
        self.patient = chance.happens(0.5)
        """In this run people mostly answer, soon, and talk for long: more comes to a transfer."""

    def refused_at_once(self, channel: Channel, live: Iterable[Channel]) -> str | None:
        """A cause with which the originate fails before there is a channel."""
        if channel.address.startswith("+"):
            return None if self.gateway_up else "GATEWAY_DOWN"
        return None if self.registered.get(channel.address, False) else "USER_NOT_REGISTERED"

    def invite(self, switch: "Switch", channel: Channel) -> None:
        match channel.kind:
            case LegKind.SEAT:
                self._seat(switch, channel)
            case LegKind.CONTACT:
                self._contact(switch, channel)
            case LegKind.MANAGER:
                self._manager(switch, channel)

    def _later(self, ms: int, do: Callable[[], object]) -> None:
        """What people do is no step of the run: what the engine hears of it is."""
        self._agenda.after(ms, do, counts=False)

    def _seat(self, switch: "Switch", channel: Channel) -> None:
        """A page answers by itself; sometimes it is too busy, or its person refuses."""
        chance = self._chance
        first = chance.between(10, 60)
        self._later(first, lambda: switch.ring(channel))
        if self.calm or chance.happens(0.93):
            self._later(first + chance.span(SEAT_PICKS_UP), lambda: switch.answer(channel))
        elif chance.happens(0.5):
            self._later(first + 200, lambda: switch.hang_up(channel, "CALL_REJECTED"))

    def _contact(self, switch: "Switch", channel: Channel) -> None:
        chance = self._chance
        first = chance.span(FIRST_SIGN)
        how = chance.weighted(((5.0, "refuses"), (2.0, "silent"), (75.0, "rings"), (18.0, "announces")))
        if how == "refuses":
            self._refuse(switch, channel, first)
        elif how == "rings":
            self._later(first, lambda: switch.ring(channel))
            self._then(switch, channel, first)
        elif how == "announces":
            if chance.happens(0.4):
                self._later(first, lambda: switch.ring(channel))
                first += chance.between(5, 3_000)
            self._later(first, lambda: switch.early_media(channel))
            self._then(switch, channel, first)

    def _manager(self, switch: "Switch", channel: Channel) -> None:
        chance = self._chance
        first = chance.span(FIRST_SIGN)
        busy = any(c.address == channel.address and c is not channel for c in switch.live.values())
        if busy:
            self._later(first, lambda: switch.hang_up(channel, "USER_BUSY"))
            return
        if chance.happens(0.2):
            self._later(first, lambda: switch.early_media(channel))
        else:
            self._later(first, lambda: switch.ring(channel))
        self._then(switch, channel, first)

    def _then(self, switch: "Switch", channel: Channel, first: int) -> None:
        """After it began to ring: answered, refused, or left to ring."""
        chance = self._chance
        if self.patient and chance.happens(0.8):
            after = first + chance.between(30, 1_500)
            self._later(after, lambda: switch.answer(channel))
            self._later(after + chance.between(10_000, 300_000), lambda: self._bye(switch, channel))
            return
        what = chance.weighted(((80.0, "answers"), (11.0, "refuses"), (9.0, "rings on")))
        if what == "refuses":
            self._refuse(switch, channel, first + chance.span(PICKS_UP))
        elif what == "answers":
            after = first + chance.span(PICKS_UP)
            self._later(after, lambda: switch.answer(channel))
            self._later(after + chance.span(TALKS), lambda: self._bye(switch, channel))

    def _refuse(self, switch: "Switch", channel: Channel, after: int) -> None:
        cause = self._chance.weighted(REFUSALS)

        def refuse() -> None:
            if not channel.answered:
                switch.hang_up(channel, cause)

        self._later(after, refuse)

    def _bye(self, switch: "Switch", channel: Channel) -> None:
        if channel.answered:
            switch.hang_up(channel, "NORMAL_CLEARING")

    def fall_silent(self, switch: "Switch", channel: Channel) -> None:
        """A closed page sends no media any more; only a seat has the timeout that notices."""
        if channel.kind is LegKind.SEAT and channel.media is None and channel.alive:
            channel.media = self._agenda.after(MEDIA_TIMEOUT_MS, lambda: switch.hang_up(channel, "MEDIA_TIMEOUT"))
