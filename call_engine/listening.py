"""Moderators on live calls: listen in, whisper to the operator, step in.

The target is the operator's seat, so a whisper is not in the recording, which is the contact's leg's. Nothing here is
kept: which legs listen, and how, stands in the legs' own variables, so another engine goes on with it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from exchange_domain.messages import (
    LISTENER_SNAPSHOTS,
    Listen,
    ListenerView,
    ListeningCommand,
    ListenMode,
    OverheardView,
    StopListening,
)
from exchange_domain.words import ListeningMode

from .operators import Operators
from .publisher import Publisher
from .switch.command_text import CommandText
from .switch.connection import SwitchConnection
from .switch.errors import CommandFailed, CommandNotSent, CommandUnconfirmed
from .switch.reading import JobMessage, first, read_event

log = structlog.get_logger()

HEARD_BY_MORE = list(ListeningMode)
"""From the one whom nobody hears to the one whom both hear."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A moderator's leg on an operator's line."""

    leg: UUID
    moderator_id: int
    operator_id: int
    answered: bool = False
    mode: ListeningMode = ListeningMode.LISTEN


def listener_of(headers: Mapping[str, Any]) -> Listener | None:
    """Of an event or a dump: the moderator's leg it is about, if it is about one."""
    moderator, operator = first(headers, "variable_exchange_listener"), first(headers, "variable_exchange_listens_to")
    leg = first(headers, "Unique-ID")
    if not (leg and moderator and operator and moderator.isdecimal() and operator.isdecimal()):
        return None
    said = first(headers, "variable_exchange_listening_mode")
    mode = ListeningMode(said) if said in set(ListeningMode) else ListeningMode.LISTEN
    try:
        return Listener(UUID(leg), int(moderator), int(operator), first(headers, "Answer-State") == "answered", mode)
    except ValueError:
        return None


class Listening:
    """Commands are carried out one after the other; what the switch says is only looked up and shown."""

    def __init__(
        self, connection: SwitchConnection, operators: Operators, text: CommandText, publisher: Publisher, redis: Redis
    ) -> None:
        self._connection, self._operators, self._text, self._publisher = connection, operators, text, publisher
        self._redis = redis
        self._listeners: dict[UUID, Listener] = {}
        self._jobs: dict[UUID, UUID] = {}
        self._stopped: set[UUID] = set()
        self._queue: asyncio.Queue[tuple[ListeningCommand, bool, asyncio.Future[None]]] = asyncio.Queue()

    # --- what moderators ask for ---

    def post(self, command: ListeningCommand, *, stale: bool) -> asyncio.Future[None]:
        """The future ends when it is done, or refused."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((command, stale, done))
        return done

    async def run(self) -> None:
        while True:
            command, stale, done = await self._queue.get()
            try:
                await self._carry_out(command, stale)
            except (CommandNotSent, CommandUnconfirmed):
                log.warning("listening: command without reply", command=command.kind)
                if isinstance(command, Listen):
                    self._over(_asked(command), "failed")
            except Exception:
                log.exception("listening failed", command=command.kind)
            if not done.done():
                done.set_result(None)

    async def _carry_out(self, command: ListeningCommand, stale: bool) -> None:
        match command:
            case Listen():
                await self._listen(command, stale)
            case ListenMode():
                if not stale:
                    await self._change(command)
            case StopListening():
                self._stopped.add(command.leg)
                if not await self._tried(f"uuid_kill {command.leg} NORMAL_CLEARING"):
                    # There is no such leg (any more): nothing of it will be heard.
                    self._stopped.discard(command.leg)

    async def _listen(self, command: Listen, stale: bool) -> None:
        seat = self._operators.of(command.operator_id).state.seat
        asked = _asked(command)
        if stale or seat.leg is None or not seat.up:
            self._over(asked, "late" if stale else "no_line")
            return
        if command.key in self._listeners:
            return
        self._listeners[asked.leg] = asked
        self._show(asked)
        job = uuid4()
        self._jobs[job] = asked.leg
        try:
            text = self._text.listen(asked.leg, seat.leg, asked.moderator_id, asked.operator_id)
            await self._connection.background(text, job)
        except CommandFailed:
            self._over(asked, "failed")

    async def _change(self, command: ListenMode) -> None:
        known = self._listeners.get(command.leg)
        if known is None or known.operator_id != command.operator_id:
            return
        if not await self._tried(self._text.listening_mode(command.leg, command.mode)):
            self._over(known, "line_over")
            return
        await self._tried(f"uuid_setvar {command.leg} exchange_listening_mode {command.mode.value}")
        self._keep(replace(known, mode=command.mode))

    async def _tried(self, text: str) -> bool:
        try:
            await self._connection.api(text)
        except CommandFailed:
            return False
        return True

    # --- what the switch says ---

    def event(self, headers: Mapping[str, Any]) -> None:
        """Called from the reading task, for each event: it must not wait."""
        name = first(headers, "Event-Name")
        if name == "BACKGROUND_JOB":
            self._job(headers)
        elif name in ("CHANNEL_ANSWER", "CHANNEL_HANGUP_COMPLETE") and (said := listener_of(headers)) is not None:
            if name == "CHANNEL_ANSWER":
                self._keep(replace(said, answered=True))
            else:
                self._ended(self._listeners.get(said.leg, said))

    def _job(self, headers: Mapping[str, Any]) -> None:
        if not self._jobs or not isinstance(said := read_event(headers), JobMessage):
            return
        leg = self._jobs.pop(said.job, None)
        known = None if leg is None or said.reason is None else self._listeners.get(leg)
        # The job of a leg that ends in its first moment fails too: its hangup tells.
        if known is not None and not known.answered:
            self._ended(known)

    @property
    def legs(self) -> set[UUID]:
        """Those that are known."""
        return set(self._listeners)

    def found(self, listener: Listener) -> None:
        """One that lives on the switch and that this engine may not know: of an engine before it."""
        if listener.leg not in self._listeners:
            self._keep(listener)

    def audit(self, channels: set[str]) -> None:
        """Those that are not on the switch are over: their end was missed."""
        for one in list(self._listeners.values()):
            if one.answered and str(one.leg) not in channels:
                self._ended(one)

    def _ended(self, one: Listener) -> None:
        reason = "stopped" if one.leg in self._stopped else "line_over" if one.answered else "no_page"
        self._over(one, reason)

    # --- what is shown ---

    def _keep(self, one: Listener) -> None:
        self._listeners[one.leg] = one
        self._show(one)
        self._show_operator(one.operator_id)

    def _over(self, one: Listener, reason: str) -> None:
        self._listeners.pop(one.leg, None)
        self._stopped.discard(one.leg)
        view = self._view(one).model_copy(update={"state": "over", "reason": reason})
        self._publisher.listener(view)
        self._show_operator(one.operator_id)

    def _show(self, one: Listener) -> None:
        self._publisher.listener(self._view(one))

    def _view(self, one: Listener) -> ListenerView:
        return ListenerView(
            moderator_id=one.moderator_id, version=0, leg=one.leg, operator_id=one.operator_id,
            state="on" if one.answered else "calling", mode=one.mode,
        )  # fmt: skip

    def _show_operator(self, operator_id: int) -> None:
        modes = [one.mode for one in self._listeners.values() if one.operator_id == operator_id and one.answered]
        mode = max(modes, key=HEARD_BY_MORE.index, default=None)
        self._publisher.overheard(OverheardView(operator_id=operator_id, version=0, mode=mode))

    async def show_all(self, channels: set[str]) -> None:
        """After a connect: what an engine before this one showed may be over."""
        for mailbox in self._operators:
            self._show_operator(mailbox.operator_id)
        mine = {mailbox.operator_id for mailbox in self._operators}
        try:
            shown = [ListenerView.model_validate_json(body) for body in await self._snapshots() if body]
        except RedisError as error:
            log.warning("listeners' views unread", error=type(error).__name__)
            return
        for view in shown:
            known = view.leg in self._listeners or str(view.leg) in channels
            if view.state != "over" and view.operator_id in mine and not known:
                self._publisher.listener(view.model_copy(update={"version": 0, "state": "over", "reason": "line_over"}))

    async def _snapshots(self) -> list[bytes | str | None]:
        every = [key async for key in self._redis.scan_iter(match=LISTENER_SNAPSHOTS, count=1_000)]
        keys = [key for key in every if not key.endswith(b":version")]
        return list(await self._redis.mget(keys)) if keys else []


def _asked(command: Listen) -> Listener:
    return Listener(command.key, command.moderator_id, command.operator_id)
