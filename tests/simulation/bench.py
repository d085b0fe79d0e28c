"""The simulated switch alone, with a notebook in the place of the world and far ends that do as a test says."""

from typing import Any
from uuid import UUID

from call_engine.core import effects as fx
from call_engine.core import events as ev
from exchange_domain.words import EndpointKind
from simulation.agenda import Agenda
from simulation.chance import Chance
from simulation.switch.channel import Channel
from simulation.switch.far_ends import FarEnds
from simulation.switch.switch import Switch

SEAT, CONTACT, MANAGER, JOB = (UUID(int=n) for n in range(1, 5))


class Passive(FarEnds):
    """Nobody does anything by himself."""

    def invite(self, switch: Switch, channel: Channel) -> None:
        pass


class Bench:
    """`said`: what the switch said of each leg, in order."""

    def __init__(self, seed: int = 1):
        self.agenda = Agenda(0)
        chance = Chance(seed)
        self.far_ends = Passive(self.agenda, chance)
        self.far_ends.registered = {"operator-1": True, "manager-1": True}
        self.switch = Switch(self.agenda, chance, self.far_ends, self)
        self.said_of: dict[UUID, list[str]] = {}
        self.jobs: dict[UUID, str] = {}
        self.records: list[UUID] = []
        self.recordings: list[tuple[UUID, bool]] = []

    # --- as the switch's watcher ---

    def said(self, channel: Channel, kind: type[ev.LegEvent], values: dict[str, Any]) -> None:
        self.said_of.setdefault(channel.leg, []).append(kind.__name__)

    def job_over(self, channel: Channel, reason: str | None) -> None:
        self.jobs[channel.leg] = reason or "+OK"
        self.said_of.setdefault(channel.leg, []).append("job")

    def made(self, channel: Channel) -> None:
        pass

    def joined(self, a: Channel, b: Channel) -> None:
        pass

    def recording(self, channel: Channel, started: bool) -> None:
        self.recordings.append((channel.leg, started))

    def cut_off(self, channel: Channel) -> None:
        self.recordings.append((channel.leg, False))

    def ended(self, channel: Channel) -> None:
        self.records.append(channel.leg)

    # --- time and commands ---

    def go_on(self, ms: int) -> None:
        """So many milliseconds pass."""
        until = self.agenda.now + ms
        self.agenda.at(until, lambda: None)
        while (entry := self.agenda.next()) is not None:
            assert entry.do is not None
            entry.do()
            if self.agenda.now >= until:
                break

    def seat(self, leg: UUID = SEAT) -> None:
        self.switch.originate(fx.OriginateSeat(leg, 1, EndpointKind.BROWSER, "operator-1"), JOB)
        self.go_on(2_000)

    def contact(self, *, ring_s: int = 25, longest_s: int = 60) -> None:
        effect = fx.OriginateContact(CONTACT, 1, 7, "+78125550001", ring_s, longest_s, 20, True, 0)
        self.switch.originate(effect, JOB)
        self.go_on(2_000)

    def manager(self) -> None:
        self.switch.originate(fx.OriginateManager(MANAGER, 1, EndpointKind.BROWSER, "manager-1", 20, 60), JOB)
        self.go_on(2_000)

    def answer(self, leg: UUID) -> None:
        self.switch.answer(self.switch.channels[leg])

    def bridge(self, leg: UUID, other: UUID) -> str:
        reply = self.switch.command(fx.BridgeLegs(leg, other))
        self.go_on(100)
        return reply

    def talking(self) -> None:
        """Seat and contact hear each other."""
        self.seat()
        self.answer(SEAT)
        self.contact()
        self.answer(CONTACT)
        self.bridge(SEAT, CONTACT)

    def alive(self, leg: UUID) -> bool:
        return leg in self.switch.live

    def partner(self, leg: UUID) -> UUID | None:
        return self.switch.dump((leg,))[leg].other

    def cause(self, leg: UUID) -> str | None:
        return self.switch.channels[leg].cause
