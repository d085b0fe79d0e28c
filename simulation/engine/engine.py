"""One engine from its start to its death: who owns which leg, taking over, taking stock, upkeep."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.recovery import restore
from call_engine.core.state import Operator, Shift, leases_of, legs
from exchange_domain.words import EndpointKind

from ..agenda import Entry
from ..coverage import Blow
from ..database import claiming
from ..database.claiming import LEASE_MS
from ..database.database import Fenced
from ..database.rows import LegLog
from ..faults import EngineDied
from ..network import Failed, Reply, Socket
from ..switch.channel import Said
from . import database_effects, publishing, switch_effects
from .mailbox import Mailbox
from .reader import CommandReader

if TYPE_CHECKING:
    from ..world import World

RENEW_MS = 10_000
SETTLE_MS = 3_000
AUDIT_MS = 30_000
SOON_MS = 10_000
"""One more audit so soon after a connect."""
RECENT_MS = 5_000
"""A leg asked for within this is somebody's, though she may not know of it yet."""
HEALTH_MS = 5_000
DEAD_MS = 45_000
"""A switch that stays away longer is given up."""
RETRY_MS = (500, 1_500)
BEHIND_MS = 1_000
FORGET_MS = 600_000
"""A leg whose end was never seen is forgotten after this long, if its operator does not need it."""
READS_AFTER_MS = 3_000
"""Commands wait this long for the switch at the start."""


LOGGED = (ev.Answered, ev.HungUp, ev.Destroyed)
"""Events with the switch's own times of answer and end (call_engine/switch/leg_events.py)."""


class Engine:
    """A process. `number`: its fencing token in the database, one more than the engine's before it."""

    def __init__(self, world: "World", number: int):
        self.world, self.number = world, number
        self.alive, self.paused = True, False
        self.mailboxes: dict[int, Mailbox] = {}
        self.legs: dict[UUID, tuple[int, int]] = {}
        """Whose each leg is, and since when it is known."""
        self.jobs: dict[UUID, tuple[int, UUID]] = {}
        self.socket: Socket | None = None
        self.reader = CommandReader(self)
        self.since = world.agenda.now
        """Since when it may drive the switch without a gap."""
        self._heard_at: int | None = None
        """When its connection to the switch ended."""
        self.database_slow = 0
        """Added to each transaction: the database has a bad time."""
        self.fuse: int | None = None
        """Dies after so many more effects."""
        self._deferred: list[Callable[[], None]] = []

    # --- time ---

    def at(self, wait: int, do: Callable[[], None], *, counts: bool = True) -> Entry:
        return self.world.agenda.after(wait, lambda: self.when_running(do), counts=counts)

    def when_running(self, do: Callable[[], None]) -> None:
        """A stopped process does it when it goes on, a dead one never."""
        if not self.alive:
            return
        if self.paused:
            self._deferred.append(do)
            return
        try:
            do()
        except (EngineDied, Fenced) as end:
            if self.alive:
                self.world.engine_over(self, end)

    def resume(self) -> None:
        self.paused = False
        self.since = self.world.agenda.now
        waiting, self._deferred = self._deferred, []
        for do in waiting:
            self.when_running(do)
        for mailbox in list(self.mailboxes.values()):
            self.when_running(mailbox.run)

    def die(self) -> None:
        """kill -9: what it had in memory is gone."""
        self.alive = False
        if self.socket is not None:
            self.socket.drop()

    # --- start ---

    def start(self) -> None:
        """Fills the mailboxes from the database, connects, and begins its rounds."""
        self._take_over()
        self.connect()
        self.at(READS_AFTER_MS, self.reader.begin, counts=False)
        self._rounds(RENEW_MS, self._renew)
        self._rounds(SETTLE_MS, self._settle)
        self._rounds(AUDIT_MS, self._audit)
        self._rounds(HEALTH_MS, self._note_health)

    def _rounds(self, ms: int, do: Callable[[], None]) -> None:
        def again() -> None:
            do()
            self.at(ms, again, counts=False)

        self.at(ms, again, counts=False)

    def _take_over(self) -> None:
        database = self.world.database
        shifts = {s.operator_id: s for s in database.open_shifts()}
        stored = database.stored_calls()
        for operator_id in sorted({*shifts, *(operator for operator, _ in stored)}):
            row = shifts.get(operator_id)
            shift = None if row is None else shift_of(row)
            calls = [call for operator, call in stored if operator == operator_id]
            name = self.world.operators[operator_id].name
            seat = None if row is None else row.seat_leg
            by_number = seat in database.tables.seat_legs
            state, effects = restore(operator_id, name, shift, seat, by_number, calls, self.world.agenda.now)
            for leg in legs(state):
                self.expect_leg(leg, operator_id)
            mailbox = self.mailboxes[operator_id] = Mailbox(self, state)
            mailbox.begin(effects)

    def mailbox(self, operator_id: int) -> Mailbox:
        found = self.mailboxes.get(operator_id)
        if found is None:
            connected = self.socket is not None and self.socket.up
            found = self.mailboxes[operator_id] = Mailbox(self, Operator(operator_id, connected=connected))
        return found

    # --- the event socket ---

    def connect(self) -> None:
        if self.socket is not None and self.socket.up:
            return
        world = self.world
        if world.switch.away:
            if self._switch_is_dead():
                self._give_up()
            self.at(world.chance.between(*RETRY_MS), self.connect, counts=False)
            return
        world.database.heard_at = world.agenda.now
        self.at(SOON_MS, self._audit, counts=False)
        self.socket = Socket(world.agenda, world.chance, lambda: self.when_running(self._down))
        waiting = dict.fromkeys(self.mailboxes)
        self.stock_taken(waiting, None)
        for operator_id, mailbox in list(self.mailboxes.items()):
            mailbox.post_work(lambda m, o=operator_id: self._take_stock(m, lambda: self.stock_taken(waiting, o)))

    def _down(self) -> None:
        self._heard_at = self.world.agenda.now
        for mailbox in list(self.mailboxes.values()):
            mailbox.post(ev.SwitchLost)
        self.at(self.world.chance.between(200, 4_000), self.connect)

    def _take_stock(self, mailbox: Mailbox, taken: Callable[[], None]) -> None:
        """All legs are asked about, and the answers handled before anything else."""

        def handle(facts: dict[UUID, ev.Fact]) -> None:
            world = self.world
            mailbox.handle(ev.SwitchBack(at=world.agenda.now, fresh=world.fresh(), facts=facts))
            taken()

        switch_effects.ask(mailbox, legs(mailbox.state), handle)

    def stock_taken(self, waiting: dict[int, None], operator_id: int | None) -> None:
        if operator_id is not None:
            waiting.pop(operator_id, None)
        if not waiting:
            self.reader.begin()
            self._with_channels(self._end_orphans)

    # --- a switch that stays away ---

    def _switch_is_dead(self) -> bool:
        """As call_engine/switch_loss.py; whom it would hit is looked at too."""
        alone_since = max(self._heard_at or 0, self.since)
        states = [mailbox.state for mailbox in self.mailboxes.values()]
        on_it = any(s.shift is not None or s.handed_over or (s.call is not None and s.call.on_the_line) for s in states)
        return on_it and self.world.agenda.now - alone_since > DEAD_MS

    def _give_up(self) -> None:
        world = self.world
        world.disturbances.hit(Blow.GIVEN_UP)
        world.note(f"engine {self.number} gives the switch up")
        heard = self._heard_at or world.database.heard_at or world.agenda.now
        self.legs.clear()
        self.jobs.clear()
        for mailbox in list(self.mailboxes.values()):
            mailbox.post(ev.SwitchDead, heard=heard)

    def _note_health(self) -> None:
        if self.socket is not None and self.socket.up and self.world.database.owner == self.number:
            self.world.database.heard_at = self.world.agenda.now

    # --- rounds ---

    def _renew(self) -> None:
        leases: dict[UUID, int] = {}
        owners: dict[UUID, Mailbox] = {}
        for mailbox in self.mailboxes.values():
            for call_id, token in leases_of(mailbox.state).items():
                leases[call_id], owners[call_id] = token, mailbox
        if not leases:
            return
        self.world.database.fence(self.number)
        until = self.world.agenda.now + LEASE_MS
        for call_id in claiming.renew(self.world.database.tables, leases, until):
            if call_id in leases_of(owners[call_id].state):
                owners[call_id].post(ev.LeaseLost, call_id=call_id)

    def _settle(self) -> None:
        # Any number of engines may do this at once.
        self.world.database.settle(self.world.agenda.now)

    def _audit(self) -> None:
        self._with_channels(self._compare)

    def _compare(self, channels: tuple[UUID, ...]) -> None:
        there = frozenset(channels)
        for mailbox in list(self.mailboxes.values()):
            if any(leg not in there for leg in legs(mailbox.state)):
                mailbox.post_work(self._ask_about_all)
        self._note_seen(there)
        self._forget_old()
        self._end_orphans(channels)

    def _note_seen(self, there: frozenset[UUID]) -> None:
        """Should the switch die without a word, a talk surely lasted until here."""
        for mailbox in self.mailboxes.values():
            for leg in legs(mailbox.state):
                if leg in there:
                    log = self._log_of(leg)
                    if log is not None:
                        log.seen_at = max(log.seen_at or 0, self.world.agenda.now - BEHIND_MS)

    def _log_of(self, leg: UUID) -> LegLog | None:
        """None for a leg that is no contact's, and for an engine that is fenced."""
        database = self.world.database
        if leg not in database.tables.calls or database.owner != self.number:
            return None
        return database.tables.leg_log.setdefault(leg, LegLog())

    def _ask_about_all(self, mailbox: Mailbox) -> None:
        def handle(facts: dict[UUID, ev.Fact]) -> None:
            mailbox.handle(ev.Facts(at=self.world.agenda.now, fresh=self.world.fresh(), facts=facts))

        switch_effects.ask(mailbox, legs(mailbox.state), handle)

    def _with_channels(self, do: Callable[[tuple[UUID, ...]], None]) -> None:
        """`show channels`"""
        if self.socket is None or not self.socket.up:
            return

        def answered(reply: Reply) -> None:
            if not isinstance(reply, Failed):
                self.when_running(lambda: do(reply))

        self.socket.command(lambda: tuple(self.world.switch.live), answered)

    def _end_orphans(self, channels: tuple[UUID, ...]) -> None:
        """Channels that the exchange made and nobody answers for."""
        limit = self.world.agenda.now - RECENT_MS
        wanted = {leg for leg, kept in self.legs.items() if kept[1] > limit}
        wanted |= {leg for mailbox in self.mailboxes.values() for leg in legs(mailbox.state)}
        for leg in channels:
            if leg not in wanted:
                self._end_orphan(leg)

    def _end_orphan(self, leg: UUID) -> None:
        if self.socket is not None:
            self.world.note(f"engine {self.number} ends the orphan", leg)
            self.socket.command(lambda: self.world.switch.kill(leg), lambda _: None)

    # --- what the switch says ---

    def expect_leg(self, leg: UUID, operator_id: int) -> None:
        self.legs[leg] = (operator_id, self.world.agenda.now)

    def _forget_old(self) -> None:
        needed = {leg for mailbox in self.mailboxes.values() for leg in legs(mailbox.state)}
        limit = self.world.agenda.now - FORGET_MS
        self.legs = {leg: kept for leg, kept in self.legs.items() if leg in needed or kept[1] > limit}

    def heard(self, said: Said) -> None:
        leg, kind = said.leg, said.kind
        if (owner := self.legs.get(leg)) is None:
            if kind is ev.Created and said.made_by < self.number:
                # In its last moment an engine that lost the switch made it.
                self._end_orphan(leg)
            return
        if kind in LOGGED and (log := self._log_of(leg)) is not None:
            log.answered_at, log.ended_at = log.answered_at or said.answered_ms, log.ended_at or said.ended_ms
        if kind is ev.Destroyed:
            del self.legs[leg]
        self.mailbox(owner[0]).post(kind, leg=leg, **said.values)

    def job_over(self, job: UUID, reason: str | None) -> None:
        if (owner := self.jobs.pop(job, None)) is None:
            return
        operator_id, leg = owner
        if reason is None:
            self.mailbox(operator_id).post(ev.OriginateDone, leg=leg)
        else:
            self.mailbox(operator_id).post(ev.OriginateFailed, leg=leg, cause=reason)

    def registration(self, endpoint: str, registered: bool, registration: str) -> None:
        for mailbox in list(self.mailboxes.values()):
            shift = mailbox.state.shift
            if shift is not None and shift.endpoint == endpoint:
                kind = ev.EndpointSignedOn if registered else ev.EndpointSignedOff
                mailbox.post(kind, registration=registration)

    # --- effects ---

    def carry_out(self, mailbox: Mailbox, effect: fx.Effect) -> None:
        """One effect; the fuse may end the engine before it or after it."""
        world = self.world
        world.counts.effects += 1
        if world.trace is not None and not isinstance(effect, fx.PublishRow):
            world.say(f"op{mailbox.state.operator_id}@{self.number}     → {world.trace.show(effect)}")
        burnt = self._burn()
        if burnt and world.chance.happens(0.5):
            raise EngineDied
        match effect:
            case fx.SwitchCommand():
                switch_effects.run(mailbox, effect)
            case fx.Persist():
                database_effects.run(mailbox, effect)
            case _:
                publishing.run(mailbox, effect)
        if burnt:
            raise EngineDied

    def _burn(self) -> bool:
        if self.fuse is None:
            return False
        self.fuse -= 1
        return self.fuse < 0


def shift_of(row: object) -> Shift:
    from ..database.rows import Shift as ShiftRow

    assert isinstance(row, ShiftRow)
    return Shift(
        row.id, row.campaign_id, EndpointKind.BROWSER, row.endpoint, row.started_at, row.idle_s, row.fallback_number,
        row.preview_s,
    )  # fmt: skip
