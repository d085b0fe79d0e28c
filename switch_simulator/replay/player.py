"""Plays a transcript's client, and the people at the other end, against a fresh simulator over a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import unquote

from switch_simulator.behaviour import BehaviourError
from switch_simulator.clock import Clock
from switch_simulator.replay.transcript import (
    UUID,
    Act,
    Ended,
    Headers,
    Message,
    Received,
    Sent,
    Transcript,
    leg_roles,
    named_legs,
    one,
)
from switch_simulator.simulator import Simulator

# How long a command waits for what came before it in the transcript, and the end for what is still missing.
PATIENCE = 2.5
BEFORE_ACT = 0.02
NEVER = 1e9
OUTSIDE = "192.0.2.0/24"


@dataclass(slots=True)
class Recorded:
    """What came back, in the form of a transcript, with what went wrong on the way."""

    messages: list[Message] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class _Client:
    """One connection of the transcript."""

    def __init__(self, name: str, player: _Player) -> None:
        self.name = name
        self.player = player
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.replies = 0
        self.jobs: list[str] = []
        self.ended = False
        self.task: asyncio.Task[None] | None = None

    async def connect(self, port: int) -> None:
        """Opens the connection, or notes that it was refused."""
        try:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            self.ended = True
            self.player.note(Ended(self.player.now(), self.name, refused=True))
            return
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.reader is not None
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await self.reader.readuntil(b"\n\n")).decode()
                headers = _headers(head)
                length = int(one(headers.get("Content-Length")) or 0)
                body = (await self.reader.readexactly(length)).decode() if length else ""
                self._received(headers, body)
        self.ended = True
        self.player.note(Ended(self.player.now(), self.name))

    def _received(self, headers: Headers, body: str) -> None:
        event: Headers | None = None
        kind = one(headers.get("Content-Type"))
        if kind == "text/event-plain":
            head, _, body = body.partition("\n\n")
            event = {
                n: [unquote(x) for x in v] if isinstance(v, list) else unquote(v) for n, v in _headers(head).items()
            }
        elif kind == "text/event-json":
            pairs: list[tuple[str, str]] = json.loads(body, object_pairs_hook=list)
            event = {}
            for name, value in pairs:
                _put(event, name, value)
            body = one(event.pop("_body", ""))
        else:
            self.replies += 1
            if "Job-UUID" in headers:
                self.jobs.append(one(headers["Job-UUID"]))
        self.player.note(Received(self.player.now(), self.name, headers, body, event))

    def send(self, command: Sent) -> None:
        """Writes a command."""
        if self.writer is not None and not self.ended:
            self.writer.write(command.data())

    def abort(self) -> None:
        """Breaks the connection, as a client that dies."""
        if self.writer is not None:
            self.writer.transport.abort()


def _headers(text: str) -> Headers:
    headers: Headers = {}
    for line in text.splitlines():
        name, separator, value = line.partition(": ")
        if separator:
            _put(headers, name, value)
        elif line.endswith(":"):
            _put(headers, line[:-1], "")
    return headers


def _put(headers: Headers, name: str, value: str) -> None:
    old = headers.get(name)
    if old is None:
        headers[name] = value
    elif isinstance(old, list):
        old.append(value)
    else:
        headers[name] = [old, value]


class _Player:
    def __init__(self, transcript: Transcript, simulator: Simulator) -> None:
        self.transcript = transcript
        self.simulator = simulator
        self.recorded = Recorded()
        self.clients: dict[str, _Client] = {}
        self.begin = time.monotonic()
        self.drift = 0.0
        self.seen: Counter[tuple[str, str, str]] = Counter()
        self._changed = asyncio.Event()

    def now(self) -> float:
        """Seconds since the start, without the time lost on the way."""
        return time.monotonic() - self.begin

    def note(self, message: Message) -> None:
        """Something has come."""
        self.recorded.messages.append(message)
        key = _key(message)
        if key is not None:
            self.seen[key] += 1
        self._changed.set()

    async def play(self) -> Recorded:
        """The whole scenario, in its order and at its pace."""
        steps: list[Message | Act] = [*self.transcript.messages, *self.transcript.acts]
        steps.sort(key=lambda step: step.at - (BEFORE_ACT if isinstance(step, Act) else 0.0))
        expected: Counter[tuple[str, str, str]] = Counter()
        noticed: set[str] = set()
        known = named_legs(self.transcript)
        for step in steps:
            if isinstance(step, Act):
                await self._await(expected, step.at)
                self._act(step)
                continue
            if step.connection not in self.clients:
                await self._await(expected, step.at)
                await self._connect(step.connection)
            if isinstance(step, Sent):
                await self._await(expected, step.at)
                self.recorded.messages.append(Sent(self.now(), step.connection, step.line, step.headers, step.body))
                self.clients[step.connection].send(self._translated(step))
                continue
            if isinstance(step, Ended) and not step.refused and step.connection not in noticed:
                # No notice before it: the client itself broke off.
                await self._await(expected, step.at)
                self.clients[step.connection].abort()
            if isinstance(step, Received) and step.kind == "text/disconnect-notice":
                noticed.add(step.connection)
            key = _key(step)
            if key is not None and (not key[2] or key[2] in known):
                expected[key] += 1
        left = (self.transcript.messages[-1].at if self.transcript.messages else 0.0) + self.drift - self.now()
        await self._until(expected, max(0.0, left) + PATIENCE)
        # What should not come at all would come now.
        await asyncio.sleep(0.15)
        return self.recorded

    def _translated(self, command: Sent) -> Sent:
        """The command with the uuids that the switch chose replaced by those that the simulator chose."""
        if not UUID.search(command.line) and not any(UUID.search(v) for v in command.headers.values()):
            return command
        theirs = {role: uuid for uuid, role in leg_roles(self.transcript.messages).items()}
        ours = {role: uuid for uuid, role in leg_roles(self.recorded.messages).items()}
        known = {theirs[role]: uuid for role, uuid in ours.items() if role in theirs}
        known |= dict(zip(_bare_uuids(self.transcript.messages), _bare_uuids(self.recorded.messages), strict=False))

        def replaced(text: str) -> str:
            return UUID.sub(lambda match: known.get(match.group(), match.group()), text)

        headers = {name: replaced(value) for name, value in command.headers.items()}
        return Sent(command.at, command.connection, replaced(command.line), headers, replaced(command.body))

    async def _connect(self, name: str) -> None:
        client = _Client(name, self)
        self.clients[name] = client
        await client.connect(self.simulator.port)

    async def _await(self, expected: Counter[tuple[str, str, str]], at: float) -> None:
        delay = at + self.drift - self.now()
        if delay > 0:
            await asyncio.sleep(delay)
        await self._until(expected, PATIENCE)
        self.drift = max(self.drift, self.now() - at)

    async def _until(self, expected: Counter[tuple[str, str, str]], patience: float) -> None:
        deadline = time.monotonic() + patience
        while any(self.seen[key] < count for key, count in expected.items()):
            self._changed.clear()
            left = deadline - time.monotonic()
            if left <= 0:
                # It is missed once, and told by the comparison; nothing later waits for it again.
                for key in list(expected):
                    expected[key] = min(expected[key], self.seen[key])
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)

    def _act(self, act: Act) -> None:
        try:
            if act.what == "bye":
                if act.leg in self.simulator.channels():
                    self.simulator.peer_hangs_up(act.leg)
            elif act.what == "media stops":
                self.simulator.media_stops(act.leg)
            elif act.what == "answer":
                self.simulator.peer_answers(act.leg)
            else:
                self.recorded.problems.append(f"an act that nobody knows: {act.what!r}")
        except KeyError:
            self.recorded.problems.append(f"{act.leg} should {act.what} at {act.at:.2f} s and is not there")

    async def close(self) -> None:
        """Leaves nothing behind."""
        for client in self.clients.values():
            if client.writer is not None:
                client.writer.close()
            if client.task is not None:
                client.task.cancel()


def _bare_uuids(messages: list[Message]) -> list[str]:
    """Replies that are a uuid and nothing else (`create_uuid`)."""
    bodies = [m.body.strip() for m in messages if isinstance(m, Received) and m.event is None]
    return [body for body in bodies if UUID.fullmatch(body)]


def _key(message: Message) -> tuple[str, str, str] | None:
    """What a command has to have seen before it: replies by connection, events by connection, name and leg."""
    if isinstance(message, Ended):
        return (message.connection, "ended", "")
    if isinstance(message, Received):
        if message.kind == "log/data":
            return None
        if message.event is None:
            return (message.connection, "reply", "")
        name = one(message.event.get("Event-Name"))
        if name in ("BACKGROUND_JOB", "HEARTBEAT", "SHUTDOWN"):
            return (message.connection, name, "")
        if name.startswith(("CHANNEL_C", "CHANNEL_A", "CHANNEL_P", "CHANNEL_B", "CHANNEL_U", "CHANNEL_H", "CHANNEL_D")):
            leg = one(message.event.get("Unique-ID"))
            return (message.connection, name, "" if UUID.fullmatch(leg) else leg)
    return None


async def replay(transcript: Transcript) -> Recorded:
    """Runs a transcript's commands and acts; what came back."""
    epoch = transcript.epoch
    clock = Clock(epoch - time.time()) if epoch is not None else Clock()
    refused = any(isinstance(m, Received) and m.kind == "text/rude-rejection" for m in transcript.messages)
    with tempfile.TemporaryDirectory(prefix="recordings-") as folder:
        beat = transcript.first_heartbeat
        simulator = Simulator(
            password=transcript.password,
            clock=clock,
            recordings=folder,
            allow=OUTSIDE if refused else "",
            first_heartbeat=NEVER if beat is None else beat,
        )
        async with simulator:
            recorded = Recorded()
            for user, phrase in transcript.users.items():
                try:
                    simulator.set_user_behaviour(user, phrase)
                except BehaviourError as error:
                    recorded.problems.append(str(error))
            player = _Player(transcript, simulator)
            player.recorded.problems += recorded.problems
            try:
                return await player.play()
            finally:
                await player.close()
