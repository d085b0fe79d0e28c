"""One client of the event socket: its commands in order, its events in a bounded queue."""

from __future__ import annotations

import asyncio
import contextlib
import uuid as uuids
from collections import deque

from switch_simulator import api, applications, protocol
from switch_simulator.causes import parse_cause
from switch_simulator.events import Event
from switch_simulator.hangup import hang_up
from switch_simulator.protocol import Command, CommandParser, ProtocolError
from switch_simulator.subscription import Subscription
from switch_simulator.switch import Switch

MAX_QUEUED_EVENTS = 100_000
MAX_DROPPED_EVENTS = 500
MAX_QUEUED_COMMANDS = 10_000
WRITE_BUFFER = 1024 * 1024
EXECUTE_DELAY = 0.02


class Connection(asyncio.Protocol):
    """Speaks the event socket with one client. Commands are run one after another; while an `api` runs
    neither a reply nor an event goes out on this connection.
    """

    def __init__(self, switch: Switch, password: str, refused: bool = False) -> None:
        self.switch = switch
        self.password = password
        self.refused = refused
        self.subscription = Subscription()
        self.authenticated = False
        self.dropped = 0
        self._parser = CommandParser()
        self._transport: asyncio.Transport | None = None
        self._commands: deque[Command] = deque()
        self._events: deque[Event] = deque()
        self._runner: asyncio.Task[None] | None = None
        self._busy = False
        self._full = False

    # -- the socket ------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=WRITE_BUFFER)
        if self.refused:
            self._send(protocol.notice("text/rude-rejection", "Access Denied, go away.\n"))
            self._say_goodbye()
        else:
            self._send(protocol.notice("auth/request", ""))

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone; the calls go on without it."""
        self._transport = None
        self.switch.detach(self)
        self._commands.clear()
        self._events.clear()
        if self._runner is not None:
            self._runner.cancel()

    def data_received(self, data: bytes) -> None:
        """Bytes of the client."""
        try:
            commands = self._parser.feed(data)
        except ProtocolError:
            self.close()
            return
        self._commands.extend(commands)
        if len(self._commands) > MAX_QUEUED_COMMANDS:
            self.close()
            return
        if self._commands and self._runner is None:
            self._runner = asyncio.get_running_loop().create_task(self._run())
            self._runner.add_done_callback(self._finished)

    def pause_writing(self) -> None:
        """The client reads too slowly: its events wait."""
        self._full = True

    def resume_writing(self) -> None:
        """It reads again."""
        self._full = False
        self._flush()

    def close(self, text: str = "") -> None:
        """Ends the connection, with a notice if there is something to say."""
        if self._transport is not None:
            if text:
                self._send(protocol.notice("text/disconnect-notice", text))
            self._transport.close()

    # -- events ----------------------------------------------------------------------------------

    def wants(self, name: str, subclass: str) -> bool:
        """Whether this client listens to such events."""
        return self.subscription.wants(name, subclass)

    def take(self, event: Event) -> None:
        """An event for this client: written now, or queued while it cannot be."""
        if not self.subscription.passes(event):
            return
        if not self._busy and not self._full:
            self._send(event.frame(self.subscription.form))
        elif len(self._events) < MAX_QUEUED_EVENTS:
            self._events.append(event)
        else:
            self.dropped += 1
            if self.dropped > MAX_DROPPED_EVENTS:
                self.close()

    def _flush(self) -> None:
        while self._events and not self._busy and not self._full:
            self._send(self._events.popleft().frame(self.subscription.form))

    def _send(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _say_goodbye(self) -> None:
        self.close(protocol.GOODBYE)

    # -- commands --------------------------------------------------------------------------------

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._runner = None
        with contextlib.suppress(asyncio.CancelledError):
            task.result()
        if self._commands and self._transport is not None:
            self._runner = asyncio.get_running_loop().create_task(self._run())
            self._runner.add_done_callback(self._finished)

    async def _run(self) -> None:
        while self._commands and self._transport is not None and not self._transport.is_closing():
            command = self._commands.popleft()
            self._busy = True
            try:
                reply = await self._answer(command)
            finally:
                self._busy = False
            self._send(reply)
            self._flush()
            if (not self.authenticated and command.word == "auth") or (command.word == "exit" and self.authenticated):
                self._say_goodbye()

    async def _answer(self, command: Command) -> bytes:
        word, argument = command.word, command.argument
        if not self.authenticated:
            return self._authenticate(word, argument)
        if word == "api" and argument:
            name, _, rest = argument.partition(" ")
            return protocol.api_response(await api.run(self.switch, name, rest))
        if word == "bgapi" and argument:
            return self._background(argument, command.headers.get("job-uuid", ""))
        if word == "sendmsg":
            return protocol.command_reply(self._sendmsg(command))
        if word == "sendevent":
            return self._sendevent(command)
        return protocol.command_reply(self._simple(word, argument))

    def _authenticate(self, word: str, argument: str) -> bytes:
        if word != "auth":
            return protocol.command_reply("-ERR command not found")
        if argument != self.password:
            return protocol.command_reply("-ERR invalid")
        self.authenticated = True
        self.switch.attach(self)
        return protocol.command_reply("+OK accepted")

    def _simple(self, word: str, argument: str) -> str:
        subscription = self.subscription
        if word == "event":
            if not subscription.add(argument):
                return "-ERR no keywords supplied"
            return f"+OK event listener enabled {subscription.form}"
        if word == "nixevent":
            subscription.remove(argument)
            return "+OK events nixed"
        if word == "noevents":
            subscription.clear()
            return "+OK no longer listening for events"
        if word == "myevents":
            words = [w for w in argument.split() if w not in ("plain", "json")]
            if "json" in argument.split():
                subscription.form = "json"
            if words:
                subscription.only_channel(words[0])
            return "+OK Events Enabled"
        if word == "filter" and argument:
            return self._filter(argument)
        if word == "log":
            level = argument or "7"
            return f"+OK log level {level} [{level}]"
        fixed = {
            "exit": "+OK bye",
            "nolog": "+OK no longer logging",
            "linger": "-ERR not controlling a session",
            "nolinger": "-ERR not controlling a session",
            "divert_events": "+OK Diverting of events is on",
            "auth": "-ERR command not found",
        }
        return fixed.get(word, "-ERR command not found")

    def _filter(self, argument: str) -> str:
        name, _, value = argument.partition(" ")
        if name.lower() == "delete":
            self.subscription.delete_filter(value.strip())
            name, _, value = value.strip().partition(" ")
            return f"+OK filter deleted. [{name}][{value}]"
        self.subscription.filters.append((name, value.strip()))
        return f"+OK filter added. [{name}]=[{value.strip()}]"

    def _background(self, argument: str, job: str) -> bytes:
        job = job or str(uuids.uuid4())
        name, _, rest = argument.partition(" ")
        self.switch.start_task(self._job(job, name, rest))
        return protocol.command_reply(f"+OK Job-UUID: {job}", ("Job-UUID", job))

    async def _job(self, job: str, name: str, argument: str) -> None:
        result = await api.run(self.switch, name, argument)
        headers = [("Job-UUID", job), ("Job-Command", name)]
        if argument:
            headers.append(("Job-Command-Arg", argument))
        self.switch.announce("BACKGROUND_JOB", headers, result)

    def _sendmsg(self, command: Command) -> str:
        uuid = command.argument
        channel = self.switch.channels.get(uuid)
        if channel is None or not channel.is_up:
            return f"-ERR invalid session id [{uuid}]"
        headers = command.headers
        what = headers.get("call-command", "").lower()
        if what == "execute":
            name = headers.get("execute-app-name", "")
            argument = headers.get("execute-app-arg", "") or command.body.strip()
            event_uuid = headers.get("event-uuid", "")
            channel.later(EXECUTE_DELAY, lambda: applications.execute(channel, name, argument, event_uuid))
        elif what == "hangup":
            cause = parse_cause(headers.get("hangup-cause", ""))
            channel.later(EXECUTE_DELAY, lambda: hang_up(channel, cause))
        return "+OK"

    def _sendevent(self, command: Command) -> bytes:
        name = command.argument.split(" ")[0].upper() or "CUSTOM"
        subclass = command.headers.get("event-subclass", "")
        headers = [(n.title(), v) for n, v in command.headers.items() if n not in ("content-length", "event-subclass")]
        identity = str(uuids.uuid4())
        self.switch.announce(name, headers, command.body, subclass)
        return protocol.command_reply(f"+OK {identity}", ("Event-UUID", identity))
