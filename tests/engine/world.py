"""A small world for the core: a switch and a database that do what effects say, in any order the real ones may."""

from collections import deque
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID, uuid5

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.effects import Effect
from call_engine.core.state import Manager, Operator, Shift, legs
from call_engine.core.step import step
from exchange_domain.messages import CallNext, Command, CompleteTransfer, StartShift, StartTransfer
from exchange_domain.words import EndpointKind

from .world_parts import Leg, call_facts

E = TypeVar("E", bound=Effect)
SPACE = UUID("00000000-0000-4000-8000-000000000000")
OPERATOR = 12
NAMES = {
    fx.OriginateSeat: "seat",
    fx.OriginateContact: "contact",
    fx.OriginateManager: "manager",
}


@dataclass
class World:
    managers: tuple[Manager, ...] = (
        Manager(7, "Olga Manager", EndpointKind.BROWSER, "manager-7"),
        Manager(8, "Pavel Manager", EndpointKind.NUMBER, "+15550111"),
    )
    refuse_claims: str | None = None
    seat_kind: EndpointKind = EndpointKind.BROWSER
    fallback_number: str | None = None
    preview_s: int = 0
    state: Operator = field(default_factory=lambda: Operator(OPERATOR, connected=True))
    now: int = 1_000_000
    switch: dict[UUID, Leg] = field(default_factory=dict)
    pending: dict[UUID, deque[dict]] = field(default_factory=dict)
    """Events of each channel, in its order; channels among each other in any."""
    answers: deque[dict] = field(default_factory=deque)
    """What the database says, and -ERR of the switch."""
    timers: dict[str, int] = field(default_factory=dict)
    done: list[Effect] = field(default_factory=list)
    last: tuple[Effect, ...] = ()
    killed: set[UUID] = field(default_factory=set)
    joins: deque[tuple[UUID, UUID]] = field(default_factory=deque)
    """Bridges on their way: the two legs have left what they did and do not hear each other yet."""
    lost: dict[UUID, int] = field(default_factory=dict)
    """Legs of which an event was lost, and when, until they are asked about after it."""
    told_destroyed: set[UUID] = field(default_factory=set)
    numbers: int = 0
    connected: bool = True

    # --- giving events to the core ---

    def fresh(self) -> UUID:
        self.numbers += 1
        return uuid5(SPACE, str(self.numbers))

    def give(self, kind: type[ev.Event], **values: object) -> tuple[Effect, ...]:
        """One event through the core; its effects are done. Returns them."""
        self.now += 1
        event = kind(at=self.now, fresh=self.fresh(), **values)
        if isinstance(event, ev.Destroyed):
            self.told_destroyed.add(event.leg)
        if isinstance(event, ev.Facts):
            asked_ms = self.now if event.asked_ms is None else event.asked_ms
            self.lost = {leg: ms for leg, ms in self.lost.items() if leg not in event.facts or ms > asked_ms}
        self.state, effects = step(self.state, event)
        self.last = effects
        for effect in effects:
            self.done.append(effect)
            self._do(effect)
        return effects

    def command(self, command: Command, *, stale: bool = False) -> tuple[Effect, ...]:
        return self.give(ev.Commanded, command=command, stale=stale)

    def deliver(self, leg: UUID) -> tuple[Effect, ...]:
        """The next event of a channel reaches the engine."""
        return self.give(**self._next_of(leg))

    def lose(self, leg: UUID) -> None:
        """The next event of a channel never reaches the engine."""
        self._next_of(leg)
        self.now += 1
        self.lost[leg] = self.now

    def deliver_twice(self, leg: UUID) -> None:
        event = self._next_of(leg)
        self.give(**event)
        self.give(**event)

    def _next_of(self, leg: UUID) -> dict:
        queue = self.pending[leg]
        event = queue.popleft()
        if not queue:
            del self.pending[leg]
        return event

    def answer(self) -> tuple[Effect, ...]:
        return self.give(**self.answers.popleft())

    def fire(self, name: str) -> tuple[Effect, ...]:
        """A timer fires; the clock goes on to its time."""
        self.now = max(self.now, self.timers.pop(name))
        return self.give(ev.TimerFired, name=name)

    def fire_next(self) -> None:
        self.fire(min(self.timers, key=lambda name: (self.timers[name], name)))

    def settle(self) -> None:
        """Everything that is on its way arrives, in a simple order."""
        while self.pending or self.answers or self.joins:
            if self.answers:
                self.answer()
            elif self.joins:
                self.join()
            else:
                self.deliver(next(iter(self.pending)))
            self.now += 10

    # --- what people and networks do ---

    def progress(self, leg: UUID, *, media: bool = False) -> None:
        channel = self.switch[leg]
        if channel.state not in ("dialling", "ringing") or (channel.state == "ringing" and not media):
            return
        channel.state = "early" if media else "ringing"
        self._emit(leg, ev.Progressed, media=media)
        if media and channel.kind == "contact" and not channel.job_done:
            self._job_done(channel)

    def pick_up(self, leg: UUID) -> None:
        channel = self.switch[leg]
        if channel.state not in ("dialling", "ringing", "early"):
            return
        channel.state, channel.answered_ms = "answered", self.now
        self._emit(leg, ev.Answered)
        if not channel.job_done:
            self._job_done(channel)

    def _job_done(self, channel: Leg) -> None:
        channel.job_done = True
        self._emit(channel.leg, ev.OriginateDone)
        self._emit(channel.leg, ev.Parked)

    def leave(self, leg: UUID, cause: str = "NORMAL_CLEARING") -> None:
        """The leg ends: the far end hung up, refused, or it was killed."""
        channel = self.switch[leg]
        if not channel.alive:
            return
        channel.state, channel.cause = "gone", cause
        self._emit(leg, ev.HungUp, cause=cause)
        if not channel.job_done:
            self._emit(leg, ev.OriginateFailed, cause=cause)
        self._emit(leg, ev.Destroyed)
        self._part(channel)
        for pair in [pair for pair in self.joins if leg in pair]:
            # Between the order and the bridge the two die together.
            self.joins.remove(pair)
            self.leave(pair[pair[0] == leg], "ORIGINATOR_CANCEL")

    def join(self) -> None:
        """The next bridge that is on its way comes about."""
        a, b = (self.switch[leg] for leg in self.joins.popleft())
        a.partner, b.partner = b.leg, a.leg
        self._emit(a.leg, ev.Bridged, other=b.leg)

    def hears(self, leg: UUID) -> str | None:
        """The kind of leg at the other end, or what is played; none is silence."""
        channel = self.switch[leg]
        if channel.sound is not None:
            return channel.sound
        if channel.partner is not None:
            return self.switch[channel.partner].kind
        return "a bridge to come" if any(leg in pair for pair in self.joins) else None

    def refuse_at_once(self, leg: UUID, cause: str) -> None:
        """The originate fails before there is a channel."""
        self.switch[leg].state = "gone"
        self.pending.pop(leg, None)
        self._emit(leg, ev.OriginateFailed, cause=cause)

    def disconnect(self) -> None:
        """The event socket breaks: what was on its way from the switch is lost."""
        self.connected = False
        self.lost |= dict.fromkeys(self.switch, self.now)
        self.pending.clear()
        self.give(ev.SwitchLost)

    def reconnect(self) -> None:
        self.connected = True
        self.give(ev.SwitchBack, facts={leg: self._fact(leg) for leg in legs(self.state)})

    def switch_dies(self) -> None:
        """It is away for so long that it is given up; whatever was on it is gone without a word."""
        self.connected = False
        self.pending.clear()
        for channel in self.switch.values():
            channel.state = "gone"
        self.give(ev.SwitchDead, heard=self.now)

    # --- what effects do ---

    def _do(self, effect: Effect) -> None:
        match effect:
            case fx.SetTimer():
                self.timers[effect.name] = effect.at
            case fx.CancelTimer():
                self.timers.pop(effect.name, None)
            case fx.SwitchCommand():
                self._command_switch(effect)
            case fx.Persist():
                self._persist(effect)

    def _command_switch(self, effect: fx.SwitchCommand) -> None:
        if not isinstance(effect, fx.Kill | fx.Ask):
            assert getattr(effect, "leg", None) not in self.told_destroyed, f"{effect}: the leg was destroyed"
        if not self.connected:
            if isinstance(effect, fx.OriginateSeat | fx.OriginateContact | fx.OriginateManager):
                self.answers.append({"kind": ev.NotSent, "leg": effect.leg})
            return
        match effect:
            case fx.OriginateSeat() | fx.OriginateContact() | fx.OriginateManager():
                assert effect.leg not in self.switch, "a leg's uuid is used once"
                self.switch[effect.leg] = Leg(effect.leg, NAMES[type(effect)])
                self._emit(effect.leg, ev.Created)
            case fx.Kill():
                self.killed.add(effect.leg)
                if effect.leg in self.switch:
                    self.leave(effect.leg, effect.cause)
            case fx.BridgeLegs():
                self._bridge(effect)
            case fx.ParkBoth():
                assert not any(effect.leg in pair for pair in self.joins), "parked while it was being bridged"
                self._part(self.switch[effect.leg], stays=True)
            case fx.PlayMusic() | fx.PlayComfort() | fx.PlayRinging():
                self._play(effect)
            case fx.StopPlaying():
                self._silence(self.switch[effect.leg])
            case fx.ParkAfterBridge():
                if effect.leg in self.switch:
                    self.switch[effect.leg].parks = effect.on
            case fx.Ask():
                facts = {leg: self._fact(leg) for leg in effect.legs}
                self.answers.append({"kind": ev.Facts, "facts": facts, "asked_ms": self.now})

    def _bridge(self, effect: fx.BridgeLegs) -> None:
        a, b = self.switch[effect.leg], self.switch[effect.other]
        for one in (a, b):
            assert one.state not in ("dialling", "ringing"), "a leg that still rings is never bridged"
        if not (a.connectable and b.connectable):
            self.answers.append({"kind": ev.CommandRefused, "command": "BridgeLegs", "leg": a.leg, "other": b.leg})
            return
        if a.partner == b.leg or (a.leg, b.leg) in self.joins:
            return
        for pair in [pair for pair in self.joins if a.leg in pair or b.leg in pair]:
            self.joins.remove(pair)
        for one, other in ((a, b), (b, a)):
            self._silence(one)
            self._part(one, but=other.leg)
        self.joins.append((a.leg, b.leg))

    def _play(self, effect: fx.PlayMusic | fx.PlayComfort | fx.PlayRinging) -> None:
        channel = self.switch.get(effect.leg)
        if channel is None or not channel.alive:
            return
        if channel.kind == "contact":
            assert channel.sound is None, "what is queued behind music would be heard in the next talk"
            assert channel.partner is None, "played into a talk"
        channel.sound = type(effect).__name__.removeprefix("Play").lower()
        self._emit(channel.leg, ev.Sounding, on=True)

    def _silence(self, channel: Leg) -> None:
        if channel.sound is not None:
            channel.sound = None
            self._emit(channel.leg, ev.Sounding, on=False)

    def _part(self, channel: Leg, but: UUID | None = None, stays: bool = False) -> None:
        partner = channel.partner
        if partner is None or partner == but:
            return
        other = self.switch[partner]
        channel.partner = other.partner = None
        if channel.alive and stays:
            self._emit(channel.leg, ev.Unbridged)
            self._emit(channel.leg, ev.Parked)
        if not other.alive:
            return
        if other.kind == "contact" and other.state == "early" and not stays:
            # Nobody has answered: a leg that only announces does not outlive the other one.
            self.leave(other.leg)
            return
        self._emit(other.leg, ev.Unbridged)
        if other.parks or stays:
            self._emit(other.leg, ev.Parked)
        else:
            self.leave(other.leg)

    def _fact(self, leg: UUID) -> ev.Fact:
        channel = self.switch.get(leg)
        if channel is None or not channel.alive:
            return ev.Fact(ev.LegState.GONE)
        state = {"dialling": "ringing"}.get(channel.state, channel.state)
        playing = channel.sound is not None
        return ev.Fact(ev.LegState(state), channel.job_done, channel.partner, channel.answered_ms, playing=playing)

    def _emit(self, leg: UUID, kind: type[ev.Event], **values: object) -> None:
        if self.connected:
            self.pending.setdefault(leg, deque()).append({"kind": kind, "leg": leg, **values})

    def _persist(self, effect: fx.Persist) -> None:
        match effect:
            case fx.OpenShift():
                shift = Shift(
                    1, effect.campaign_id, self.seat_kind, f"operator-{OPERATOR}", self.now,
                    fallback_number=self.fallback_number, preview_s=self.preview_s,
                )  # fmt: skip
                self.answers.append({"kind": ev.ShiftOpened, "shift": shift, "operator_name": "Anna P."})
            case fx.Claim() if self.refuse_claims is not None:
                self.answers.append({"kind": ev.ClaimRefused, "call_id": effect.call_id, "code": self.refuse_claims})
            case fx.Claim():
                facts = call_facts(effect.call_id, preview=effect.preview)
                self.answers.append({"kind": ev.Claimed, "facts": facts})
            case fx.Close():
                self.answers.append({"kind": ev.Closed, "call_id": effect.call_id})
            case fx.ListManagers():
                self.answers.append({"kind": ev.ManagersListed, "call_id": effect.call_id, "managers": self.managers})

    # --- short ways to a situation ---

    @property
    def seat(self) -> UUID:
        assert self.state.seat.leg is not None
        return self.state.seat.leg

    @property
    def contact(self) -> UUID:
        assert self.state.call is not None
        return self.state.call.call_id

    @property
    def manager(self) -> UUID:
        assert self.state.transfer is not None and self.state.transfer.leg is not None
        return self.state.transfer.leg

    def effects_of(self, *kinds: type[E]) -> list[E]:
        return [effect for effect in self.done if isinstance(effect, kinds)]


def ready(world: World | None = None) -> World:
    world = world or World()
    world.command(StartShift(operator_id=OPERATOR, campaign_id=3, key=world.fresh()))
    world.settle()
    world.pick_up(world.seat)
    world.settle()
    return world


def dialling(world: World | None = None) -> World:
    world = ready(world)
    world.command(CallNext(operator_id=OPERATOR, key=world.fresh()))
    world.settle()
    return world


def ringing(world: World | None = None) -> World:
    world = dialling(world)
    world.progress(world.contact)
    world.settle()
    return world


def talking(world: World | None = None) -> World:
    world = ringing(world)
    world.pick_up(world.contact)
    world.settle()
    return world


def manager_rings(world: World | None = None) -> World:
    world = talking(world)
    world.command(StartTransfer(operator_id=OPERATOR, key=world.fresh(), call_id=world.contact))
    world.settle()
    return world


def connecting(world: World | None = None) -> World:
    """A manager has answered; the bridge with the operator is on its way."""
    world = manager_rings(world)
    world.progress(world.manager)
    world.pick_up(world.manager)
    while world.pending or world.answers:
        world.answer() if world.answers else world.deliver(next(iter(world.pending)))
    return world


def consulting(world: World | None = None) -> World:
    world = manager_rings(world)
    world.progress(world.manager)
    world.pick_up(world.manager)
    world.settle()
    return world


def completed(world: World | None = None) -> World:
    world = consulting(world)
    world.command(CompleteTransfer(operator_id=OPERATOR, key=world.fresh(), call_id=world.contact))
    world.settle()
    return world
