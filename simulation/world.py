"""The whole exchange of one run, from its seed: switch, network, database, people, and the engine of the moment."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from call_engine.core import effects as fx
from call_engine.core import events as ev
from exchange_domain.messages import AnyCommand
from exchange_domain.words import CampaignStatus

from .agenda import Agenda
from .chance import Chance
from .coverage import Blow, Coverage
from .database.database import Database
from .disturbances import Disturbances
from .engine.engine import Engine
from .engine.reader import Entry
from .invariants import Invariants
from .paper import Paper
from .people import Person
from .setting import begin, furnish, tariff
from .switch.channel import Channel, LegKind, Said
from .switch.far_ends import FarEnds
from .switch.switch import Switch
from .trace import Trace

PAYS_IN_MS = 20_000
NAMES = {fx.OriginateSeat: "seat", fx.OriginateContact: "call", fx.OriginateManager: "manager"}


@dataclass
class Counts:
    steps: int = 0
    events: int = 0
    effects: int = 0
    disturbances: int = 0
    deaths: int = 0
    take_overs: int = 0
    placed: int = 0
    answered: int = 0
    transfers: int = 0
    settled: int = 0
    recordings: int = 0
    lost_recordings: int = 0

    def add(self, other: "Counts") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class World:
    """It is the switch's watcher too: what the switch says goes out from here."""

    def __init__(self, seed: int, trace_lines: int | None = 0, live: bool = False):
        self.chance = Chance(seed)
        zone, now = begin(self.chance)
        self.agenda = Agenda(now)
        self.trace = None if trace_lines == 0 else Trace(self.agenda.now, trace_lines, live)
        self.counts, self.coverage = Counts(), Coverage()
        self._uuids = 0
        self.database = Database(tariff())
        people = furnish(self.database, self.chance, zone, now)
        self.far_ends = FarEnds(self.agenda, self.chance)
        self.switch = Switch(self.agenda, self.chance, self.far_ends, self)
        self.operators = {o: Person(self, o, campaigns) for o, campaigns in people.items()}
        self.disturbances = Disturbances(self)
        self.invariants = Invariants(self)
        self.paper = Paper(self)
        self.stream: list[Entry] = []
        self.done_keys: dict[UUID, None] = {}
        self._registrations: dict[str, int] = {}
        """How many pages each endpoint has had."""
        self.engine: Engine | None = None
        """The one that owns the switch; none while the next one is on its way."""
        self.zombies: list[Engine] = []
        """Stopped processes whose switch another one has by now."""
        self._begin()

    def _begin(self) -> None:
        for person in self.operators.values():
            self.far_ends.registered[person.endpoint] = self.chance.happens(0.95)
            if not self.far_ends.registered[person.endpoint]:
                self.agenda.after(5_000, lambda p=person: self.register(p.endpoint, True))
            person.begin()
        for manager in self.database.tables.managers.values():
            self.far_ends.registered[manager.dial_name] = self.chance.happens(0.9)
        self.agenda.after(PAYS_IN_MS, self._pay_in, counts=False)
        self.start_engine()

    def fresh(self) -> UUID:
        """An unused uuid."""
        self._uuids += 1
        return UUID(int=(self._uuids << 96) | 0x4000_8000_0000_0000_0000)

    # --- one step ---

    def step(self) -> bool:
        """Goes on until something has happened that counts. False when nothing will ever happen again."""
        while (entry := self.agenda.next()) is not None:
            assert entry.do is not None
            entry.do()
            if entry.counts:
                self.counts.steps += 1
                self.invariants.after_step()
                return True
        return False

    # --- engines ---

    def start_engine(self) -> None:
        self.database.owner += 1
        engine = self.engine = Engine(self, self.database.owner)
        self.note(f"engine {engine.number} starts")
        engine.when_running(engine.start)

    def engine_over(self, engine: Engine, why: Exception | None = None) -> None:
        """It dies; a standby or a restart follows, if it was the one."""
        if not engine.alive:
            return
        self.note(f"☠ engine {engine.number} is gone", type(why).__name__ if why else "killed")
        if engine is self.engine:
            self.disturbances.hit(Blow.DEATH)
            self.counts.deaths += 1
            self.engine = None
            self.agenda.after(self.chance.span(self.disturbances.takes_over), self.start_engine)
        else:
            self.zombies.remove(engine)
        engine.die()

    def supersede(self, engine: Engine) -> None:
        """The lease of a stopped engine has ended: another one takes the switch."""
        if engine is self.engine and engine.alive:
            self.counts.take_overs += 1
            self.zombies.append(engine)
            self.start_engine()

    def resume(self, engine: Engine) -> None:
        """The stopped process goes on. Without its lease it does at most what it was just about to do."""
        if not engine.alive:
            return
        self.note(f"engine {engine.number} goes on")
        if engine is not self.engine:
            engine.fuse = 0
        engine.resume()
        if engine is not self.engine and engine.alive:
            self.engine_over(engine)

    # --- the app ---

    def send(self, command: AnyCommand) -> None:
        """A command comes into the engine's stream."""
        self.note("⌨", command)
        self.stream.append(Entry(self.agenda.now, command))
        if self.engine is not None:
            self.engine.when_running(self.engine.reader.read)

    def register(self, endpoint: str, registered: bool, *, same_page: bool = False) -> None:
        """A page is there, or gone: the switch tells who listens. `same_page`: only its socket had broken."""
        self.far_ends.registered[endpoint] = registered
        if registered and not same_page:
            self._registrations[endpoint] = self._registrations.get(endpoint, 0) + 1
        registration = f"{endpoint}/{self._registrations.get(endpoint, 0)}"
        if (engine := self.engine) is not None and engine.socket is not None and engine.socket.up:
            engine.when_running(lambda: engine.registration(endpoint, registered, registration))

    def _pay_in(self) -> None:
        """Customers without money pay some in, and their campaigns go on."""
        t, books = self.database.tables, self.database.books
        for campaign in t.campaigns.values():
            if campaign.status is CampaignStatus.OUT_OF_FUNDS and self.chance.happens(0.7):
                books.deposit(campaign.customer_id, self.chance.between(5_000, 40_000), str(self.fresh()))
                campaign.status = CampaignStatus.ACTIVE
        self.agenda.after(PAYS_IN_MS, self._pay_in, counts=False)

    # --- what the switch does ---

    def said(self, channel: Channel, kind: type[ev.LegEvent], values: dict[str, Any]) -> None:
        copies = self.disturbances.copies(channel)
        if self.trace is not None:
            how = "" if copies == 1 else " (lost)" if copies == 0 else " (twice)"
            self.note(f"switch: {kind.__name__}{how}", channel.leg, values)
        said = Said.of(channel, kind, values)
        for engine in self._listening():
            for _ in range(copies):
                self._deliver(engine, channel.leg, lambda e=engine: e.heard(said))

    def job_over(self, channel: Channel, reason: str | None) -> None:
        self.note("switch: job", channel.leg, reason or "+OK")
        if reason is None and channel.kind is LegKind.CONTACT and channel.answered:
            self.counts.answered += 1
        for engine in self._listening():
            self._deliver(engine, channel.leg, lambda e=engine: e.job_over(channel.job, reason), last_word=False)

    def _listening(self) -> list[Engine]:
        engines = [*self.zombies] if self.engine is None else [self.engine, *self.zombies]
        return [e for e in engines if e.socket is not None and e.socket.up]

    def _deliver(self, engine: Engine, leg: UUID, do: Any, *, last_word: bool = True) -> None:
        assert engine.socket is not None
        engine.socket.deliver(leg, lambda: engine.when_running(do), last_word=last_word)

    def made(self, channel: Channel) -> None:
        self.invariants.dialled(channel)

    def joined(self, a: Channel, b: Channel) -> None:
        self.note("switch: they hear each other:", a.leg, b.leg)
        self.invariants.joined(a, b)
        if LegKind.SEAT not in (a.kind, b.kind):
            self.counts.transfers += 1

    def recording(self, channel: Channel, started: bool) -> None:
        self.paper.recording(channel, started)

    def cut_off(self, channel: Channel) -> None:
        self.paper.file(channel)

    def ended(self, channel: Channel) -> None:
        self.paper.post(channel)

    # --- the trace ---

    def note(self, *what: object) -> None:
        if self.trace is not None:
            self.say(" ".join(self.trace.show(one) for one in what))

    def say(self, text: str) -> None:
        if self.trace is not None:
            self.trace.say(self.agenda.now, self.counts.steps, text)

    def name(self, of: UUID, kind: str) -> None:
        if self.trace is not None:
            self.trace.name(of, kind)

    def name_leg(self, effect: fx.OriginateSeat | fx.OriginateContact | fx.OriginateManager) -> None:
        self.name(effect.leg, NAMES[type(effect)])
