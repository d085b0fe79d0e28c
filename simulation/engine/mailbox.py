"""An operator's actor (call_engine/mailbox.py): queue, timers, effects in order, a lane for what is only noted."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.state import Operator
from call_engine.core.step import step

from ..agenda import Entry

if TYPE_CHECKING:
    from .engine import Engine

Work = Callable[["Mailbox"], None]
"""Something done between two events: taking stock. It blocks the mailbox until it goes on."""
Done = Callable[[], None]
LANE = ((80.0, (0, 0)), (17.0, (1, 200)), (3.0, (200, 6_000)))
"""How long what is only noted waits for the database: milliseconds by weight."""


def may_follow(effect: fx.Effect) -> bool:
    """As call_engine/mailbox.py: what the switch need not wait for."""
    return isinstance(effect, fx.CallPersist | fx.TransferPersist | fx.PublishRow) and not isinstance(
        effect, fx.SaveTransferStarted
    )


class Mailbox:
    def __init__(self, engine: "Engine", state: Operator):
        self.engine = engine
        self.state = state
        self.timers: dict[str, Entry] = {}
        self.queue: deque[tuple[ev.Event | Work, Done | None]] = deque()
        self.effects: deque[fx.Effect] = deque()
        self.lane: deque[fx.Effect | Done] = deque()
        self.lane_due: Entry | None = None
        self._done: Done | None = None
        self._blocked = False
        self._running = False

    @property
    def idle(self) -> bool:
        return not (self.queue or self.effects or self.lane or self._blocked)

    # --- what comes in ---

    def post(self, kind: type[ev.Event], **values: Any) -> None:
        self.put(kind, values, None)

    def put(self, kind: type[ev.Event], values: dict[str, Any], done: Done | None) -> None:
        """`done` is called when the event's effects are done, and noted."""
        world = self.engine.world
        self.queue.append((kind(at=world.agenda.now, fresh=world.fresh(), **values), done))
        self.run()

    def post_work(self, work: Work) -> None:
        self.queue.append((work, None))
        self.run()

    def run(self) -> None:
        """Works until there is nothing, or until something has to be waited for."""
        if self._running or self.engine.paused or not self.engine.alive:
            return
        self._running = True
        try:
            while not self._blocked and self.engine.alive and not self.engine.paused:
                if self.effects:
                    self._do(self.effects.popleft())
                elif self._done is not None:
                    # Done means noted too.
                    done, self._done = self._done, None
                    self._note(done)
                elif self.queue:
                    self._take(*self.queue.popleft())
                else:
                    break
        finally:
            self._running = False

    def _take(self, item: ev.Event | Work, done: Done | None) -> None:
        self._done = done
        if isinstance(item, ev.Event):
            self.handle(item)
        else:
            item(self)

    def handle(self, event: ev.Event) -> None:
        """One event through the core; its effects are next."""
        world, before = self.engine.world, self.state
        self.state, effects = step(before, event)
        world.counts.events += 1
        if world.trace is not None:
            world.say(f"op{before.operator_id}@{self.engine.number} ← {world.trace.show(event)}")
        self.effects.extend(effects)
        if self.state is not before:
            world.disturbances.changed(self, before)

    # --- what goes out ---

    def _do(self, effect: fx.Effect) -> None:
        match effect:
            case fx.SetTimer():
                self._set_timer(effect)
            case fx.CancelTimer():
                self._cancel_timer(effect.name)
            case _ if may_follow(effect):
                self._note(effect)
            case _:
                if isinstance(effect, fx.Persist):
                    self.flush()
                self.engine.carry_out(self, effect)

    def begin(self, effects: tuple[fx.Effect, ...]) -> None:
        self.effects.extend(effects)
        self.run()

    def block(self) -> Callable[[Callable[[], None]], None]:
        """Waits until the function that it gives is called with what is to be done then."""
        self._blocked = True

        def go_on(then: Callable[[], None]) -> None:
            def now() -> None:
                self._blocked = False
                then()
                self.run()

            self.engine.when_running(now)

        return go_on

    def _note(self, item: fx.Effect | Done) -> None:
        self.lane.append(item)
        if self.lane_due is None:
            wait = self.engine.world.chance.span(LANE) + self.engine.database_slow
            if wait == 0:
                self.flush()
            else:
                self.lane_due = self.engine.at(wait, self.flush)

    def flush(self) -> None:
        """Everything in the lane is done now."""
        if self.lane_due is not None:
            self.lane_due.cancel()
            self.lane_due = None
        while self.lane and self.engine.alive:
            item = self.lane.popleft()
            if isinstance(item, fx.Effect):
                self.engine.carry_out(self, item)
            else:
                item()

    # --- the clock ---

    def _set_timer(self, effect: fx.SetTimer) -> None:
        self._cancel_timer(effect.name)
        wait = max(0, effect.at - self.engine.world.agenda.now)
        self.timers[effect.name] = self.engine.at(wait, lambda: self._fire(effect.name))

    def _cancel_timer(self, name: str) -> None:
        if (entry := self.timers.pop(name, None)) is not None:
            entry.cancel()

    def _fire(self, name: str) -> None:
        if self.timers.pop(name, None) is not None:
            self.post(ev.TimerFired, name=name)
