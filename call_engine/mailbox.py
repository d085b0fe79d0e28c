"""One mailbox an operator: what happens to her is handled one after the other, each to its end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import uuid4

import structlog

from exchange_domain.cancelling import cancelled
from exchange_domain.clock import now_ms

from .core.effects import (
    CallPersist,
    CancelTimer,
    Effect,
    Persist,
    PublishRow,
    SaveTransferStarted,
    SetTimer,
    TransferPersist,
)
from .core.events import Event, TimerFired
from .core.state import Operator
from .core.step import step

log = structlog.get_logger()

Work = Callable[["Mailbox"], Awaitable[None]]
"""Something to be done between two events, with the state at rest: taking stock after a reconnect."""


class Executor(Protocol):
    """Does one effect. Results come back as events in the mailbox."""

    async def run(self, mailbox: "Mailbox", effect: Effect) -> None: ...


def may_follow(effect: Effect) -> bool:
    """Whether the switch need not wait for it: a leg must be known before it is made, the rest is only noted."""
    return isinstance(effect, CallPersist | TransferPersist | PublishRow) and not isinstance(
        effect, SaveTransferStarted
    )


class Mailbox:
    """An operator's actor: her state, her queue, her timers, and the tasks that work through them.

    What is only noted in the database follows in a lane of its own, in order: a slow database delays no bridge and no
    hangup. Everything that asks the database something waits for that lane first.
    """

    def __init__(self, state: Operator, executor: Executor):
        self.state = state
        self._executor = executor
        self._queue: asyncio.Queue[tuple[Event | Work, asyncio.Future[None] | None]] = asyncio.Queue()
        self._lane: asyncio.Queue[Effect | asyncio.Future[None]] = asyncio.Queue()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._later: set[asyncio.Task[None]] = set()
        self._tasks = (
            asyncio.create_task(self._work(), name=f"operator {state.operator_id}"),
            asyncio.create_task(self._note(), name=f"operator {state.operator_id} notes"),
        )

    @property
    def operator_id(self) -> int:
        return self.state.operator_id

    def post(self, kind: type[Event], **values: Any) -> asyncio.Future[None]:
        """Puts an event of this moment into the queue. The future is done when its effects are."""
        return self._put(kind(at=now_ms(), fresh=uuid4(), **values))

    def post_after(self, moment: Awaitable[None], kind: type[Event], **values: Any) -> None:
        """Posts an event when `moment` has come; what happens until then is handled before it."""

        async def later() -> None:
            await moment
            self.post(kind, **values)

        task = asyncio.create_task(later(), name=f"operator {self.operator_id} later")
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def post_work(self, work: Work) -> asyncio.Future[None]:
        return self._put(work)

    def _put(self, item: Event | Work) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((item, done))
        return done

    async def begin(self, effects: tuple[Effect, ...]) -> None:
        """Does what a restored state brings with it, before the first event."""
        await self._run(effects)

    async def handle(self, event: Event) -> None:
        """One event through the core and its effects. Only from this mailbox's own task or work."""
        self.state, effects = step(self.state, event)
        await self._run(effects)

    async def _run(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case SetTimer():
                    self._set_timer(effect)
                case CancelTimer():
                    self._cancel_timer(effect.name)
                case _ if may_follow(effect):
                    self._lane.put_nowait(effect)
                case Persist():
                    await self._lane.join()
                    await self._executor.run(self, effect)
                case _:
                    await self._executor.run(self, effect)

    async def _work(self) -> None:
        while True:
            item, done = await self._queue.get()
            try:
                await (self.handle(item) if isinstance(item, Event) else item(self))
            except Exception:
                # One bad event must not stop an operator's line: the state before it stays.
                log.exception("event failed", operator_id=self.operator_id, event_kind=type(item).__name__)
            if done is not None:
                # Done means noted too.
                self._lane.put_nowait(done)

    async def _note(self) -> None:
        while True:
            item = await self._lane.get()
            try:
                if isinstance(item, Effect):
                    await self._executor.run(self, item)
                elif not item.done():
                    item.set_result(None)
            except Exception:
                log.exception("not noted", operator_id=self.operator_id, effect=type(item).__name__)
            finally:
                self._lane.task_done()

    def _set_timer(self, effect: SetTimer) -> None:
        self._cancel_timer(effect.name)
        delay = max(0, effect.at - now_ms()) / 1_000
        self._timers[effect.name] = asyncio.get_running_loop().call_later(delay, self._fire, effect.name)

    def _cancel_timer(self, name: str) -> None:
        if (handle := self._timers.pop(name, None)) is not None:
            handle.cancel()

    def _fire(self, name: str) -> None:
        if self._timers.pop(name, None) is not None:
            self.post(TimerFired, name=name)

    async def drained(self) -> None:
        """Waits until nothing that is in the queue now is left."""

        async def nothing(_: Mailbox) -> None:
            return

        await self.post_work(nothing)

    async def close(self) -> None:
        for name in list(self._timers):
            self._cancel_timer(name)
        await cancelled(*self._tasks, *self._later)
