"""What goes wrong: mostly when an operator's line has just come into a new state, so that each gets its share."""

from typing import TYPE_CHECKING

from call_engine.core.state import Operator, SeatPhase, legs

from .coverage import NONE, Blow, phases
from .network import Cut
from .switch.channel import Channel, LegKind

if TYPE_CHECKING:
    from .engine.mailbox import Mailbox
    from .world import World

EAGERNESS = ((30, 0.04), (40, 0.10), (30, 0.25))
"""How likely a new state is followed by a disturbance; drawn for each run."""
RARE = 4.0
"""So many times more likely while there is a transfer, or no seat."""
LOSS = ((50, 0.0), (35, 0.004), (15, 0.025))
"""How likely any event is lost, and as likely doubled."""
DELAY = ((35, (0, 0)), (40, (1, 60)), (25, (60, 3_000)))
BLOWS = (
    (30, Blow.HANGUP), (14, Blow.LOST), (8, Blow.DOUBLED), (15, Blow.DEATH), (5, Blow.PAUSE), (10, Blow.BREAK),
    (6, Blow.SIGN_OFF), (5, Blow.SLOW_DATABASE), (5, Blow.SLOW_NETWORK), (2, Blow.GATEWAY),
    (2, Blow.AWAY),
)  # fmt: skip
MOODS = ((35, 0), (40, 1), (25, 4))
"""Each run has its own mixture: a kind of disturbance may be left out, or be four times as likely."""
TAKES_OVER = (
    (60, ((60, (500, 2_500)), (30, (2_500, 20_000)), (10, (20_000, 180_000)))),
    (40, ((20, (500, 20_000)), (80, (20_000, 180_000)))),
)
"""From an engine's death to the next one's start: one of two houses, drawn for each run."""
LEASE_OF_ENGINE_MS = (4_000, 15_000)
STOPPED = ((40, (500, 4_000)), (60, (4_000, 60_000)))
"""How long a stopped process stands still; longer than its lease, another one takes over."""
PAGE_AWAY = ((50, (300, 5_000)), (50, (5_000, 60_000)))
SWITCH_AWAY = ((45, (500, 20_000)), (55, (46_000, 110_000)))
"""How long no engine reaches the switch; it is given up after 45 s."""
CAUSES = {
    LegKind.SEAT: ("NORMAL_CLEARING", "MEDIA_TIMEOUT", "NORMAL_TEMPORARY_FAILURE"),
    LegKind.CONTACT: ("NORMAL_CLEARING", "USER_BUSY", "NORMAL_CLEARING", "NORMAL_TEMPORARY_FAILURE"),
    LegKind.MANAGER: ("NORMAL_CLEARING", "USER_BUSY", "NO_USER_RESPONSE"),
}


class Disturbances:
    def __init__(self, world: "World"):
        self.world = world
        chance = world.chance
        self.eagerness = chance.weighted(EAGERNESS)
        self.loss = chance.weighted(LOSS)
        self.blows = tuple((weight * chance.weighted(MOODS), blow) for weight, blow in BLOWS)
        self.takes_over = chance.weighted(TAKES_OVER)
        self.calm = not any(weight for weight, _ in self.blows)
        self._lose: dict[int, int] = {}
        self._double: dict[int, int] = {}

    def changed(self, mailbox: "Mailbox", before: Operator) -> None:
        """An operator's line has taken a step."""
        now = phases(mailbox.state)
        if now == phases(before):
            return
        world = self.world
        world.coverage.visits[now] += 1
        often = now[0] == SeatPhase.UP.value and now[2] == NONE
        if self.calm or not world.chance.happens(self.eagerness * (1 if often else RARE)):
            return
        blow, operator_id = world.chance.weighted(self.blows), mailbox.state.operator_id
        world.agenda.after(world.chance.span(DELAY), lambda: self.strike(blow, operator_id))

    def strike(self, blow: Blow, operator_id: int) -> None:
        if self.calm or self.world.engine is None:
            return
        self.world.note(f"⚡ {blow.value} for op{operator_id}")
        STRIKES[blow](self, operator_id)

    def hit(self, blow: Blow, operator_id: int | None = None) -> None:
        """Counts a disturbance in the states of those whom it strikes; none: all of the engine."""
        engine = self.world.engine
        self.world.counts.disturbances += 1
        if engine is None:
            return
        for of, mailbox in engine.mailboxes.items():
            if operator_id is None or of == operator_id:
                self.world.coverage.hit(blow, mailbox.state)

    # --- one by one ---

    def _hang_up(self, operator_id: int) -> None:
        world = self.world
        assert world.engine is not None
        mailbox = world.engine.mailboxes.get(operator_id)
        there = [] if mailbox is None else [c for leg in legs(mailbox.state) if (c := world.switch.live.get(leg))]
        if there:
            channel = world.chance.pick(there)
            self.hit(Blow.HANGUP, operator_id)
            world.switch.hang_up(channel, world.chance.pick(CAUSES[channel.kind]))

    def _lose_next(self, operator_id: int) -> None:
        """The worst news to lose is a hangup, so often there is one."""
        self._lose[operator_id] = self.world.chance.between(1, 3)
        if self.world.chance.happens(0.4):
            self._hang_up(operator_id)

    def _double_next(self, operator_id: int) -> None:
        self._double[operator_id] = self.world.chance.between(1, 3)

    def _kill_engine(self, _: int) -> None:
        world = self.world
        assert world.engine is not None
        if world.chance.happens(0.4):
            world.engine_over(world.engine)
        elif world.engine.fuse is None:
            world.engine.fuse = world.chance.between(0, 6)

    def _pause(self, _: int) -> None:
        """SIGSTOP; past the lease a second engine takes over, and the first one goes on later."""
        world, engine = self.world, self.world.engine
        if engine is None or engine.paused:
            return
        self.hit(Blow.PAUSE)
        engine.paused = True
        stands = world.chance.span(STOPPED)
        lease = world.chance.between(*LEASE_OF_ENGINE_MS)
        if lease < stands:
            world.agenda.after(lease, lambda: world.supersede(engine))
        world.agenda.after(stands, lambda: world.resume(engine))

    def _break_socket(self, _: int) -> None:
        world, engine = self.world, self.world.engine
        if engine is None or engine.socket is None or not engine.socket.up:
            return
        self.hit(Blow.BREAK)
        how = world.chance.pick((None, Cut.BEFORE, Cut.AFTER))
        if how is None:
            engine.socket.break_down()
        else:
            engine.socket.cut = how

    def _sign_off(self, operator_id: int) -> None:
        """The page is closed: its leg lives until the media timeout. It comes back, or not for a long time.

        Or only the page's socket broke: it is the same page afterwards, and its leg went on.
        """
        world = self.world
        person = world.operators[operator_id]
        if not world.far_ends.registered.get(person.endpoint):
            return
        self.hit(Blow.SIGN_OFF, operator_id)
        world.register(person.endpoint, False)
        same_page = world.chance.happens(0.3)
        for channel in list(world.switch.live.values()):
            if channel.address == person.endpoint and not same_page:
                world.far_ends.fall_silent(world.switch, channel)
        away = world.chance.span(PAGE_AWAY)
        world.agenda.after(away, lambda: world.register(person.endpoint, True, same_page=same_page))

    def _slow_database(self, _: int) -> None:
        world, engine = self.world, self.world.engine
        if engine is None:
            return
        self.hit(Blow.SLOW_DATABASE)
        engine.database_slow = world.chance.between(100, 3_000)
        world.agenda.after(world.chance.between(500, 8_000), lambda: setattr(engine, "database_slow", 0), counts=False)

    def _slow_network(self, _: int) -> None:
        world, engine = self.world, self.world.engine
        if engine is None or engine.socket is None:
            return
        self.hit(Blow.SLOW_NETWORK)
        socket = engine.socket
        socket.slow = world.chance.between(50, 2_000)
        world.agenda.after(world.chance.between(500, 8_000), lambda: setattr(socket, "slow", 0), counts=False)

    def _gateway_down(self, operator_id: int) -> None:
        world = self.world
        self.hit(Blow.GATEWAY, operator_id)
        world.far_ends.gateway_up = False
        world.agenda.after(world.chance.between(500, 8_000), lambda: setattr(world.far_ends, "gateway_up", True))

    def _switch_away(self, _: int) -> None:
        """The network to the switch is gone, or the switch itself has crashed and comes back empty."""
        world = self.world
        if world.switch.away:
            return
        self.hit(Blow.AWAY)
        world.switch.away = True
        if world.chance.happens(0.4):
            world.note("the switch has crashed")
            world.switch.crash()
        for engine in (world.engine, *world.zombies):
            if engine is not None and engine.socket is not None:
                engine.socket.break_down()
        world.agenda.after(world.chance.span(SWITCH_AWAY), lambda: setattr(world.switch, "away", False))

    # --- the wire ---

    def copies(self, channel: Channel) -> int:
        """How often an event about the leg reaches the engine: once, twice, or not at all."""
        operator_id = channel.operator_id
        if self._lose.get(operator_id, 0):
            self._lose[operator_id] -= 1
            self.hit(Blow.LOST, operator_id)
            return 0
        if self._double.get(operator_id, 0):
            self._double[operator_id] -= 1
            self.hit(Blow.DOUBLED, operator_id)
            return 2
        if self.calm or not self.loss or not self.world.chance.happens(2 * self.loss):
            return 1
        lost = self.world.chance.happens(0.5)
        self.hit(Blow.LOST if lost else Blow.DOUBLED, operator_id)
        return 0 if lost else 2

    def end(self) -> None:
        """Nothing new goes wrong from now on."""
        self.calm = True
        self._lose.clear()
        self._double.clear()


STRIKES = {
    Blow.HANGUP: Disturbances._hang_up,
    Blow.LOST: Disturbances._lose_next,
    Blow.DOUBLED: Disturbances._double_next,
    Blow.DEATH: Disturbances._kill_engine,
    Blow.PAUSE: Disturbances._pause,
    Blow.BREAK: Disturbances._break_socket,
    Blow.SIGN_OFF: Disturbances._sign_off,
    Blow.SLOW_DATABASE: Disturbances._slow_database,
    Blow.SLOW_NETWORK: Disturbances._slow_network,
    Blow.GATEWAY: Disturbances._gateway_down,
    Blow.AWAY: Disturbances._switch_away,
}
