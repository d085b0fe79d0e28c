"""Each hazard of the event socket's client, met by our connection: a small server misbehaves on purpose."""

import asyncio
import gc
import json
import resource
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest

from call_engine.switch import connection as module
from call_engine.switch.address import SwitchAddress
from call_engine.switch.connection import SwitchConnection
from call_engine.switch.errors import CommandFailed, CommandNotSent, CommandUnconfirmed, SwitchError

REPLY_S = 0.3


class Server:
    """Speaks the protocol of the event socket, and answers commands by `answer`."""

    def __init__(self) -> None:
        self.port = 0
        self.commands: list[str] = []
        """All that came after the subscription, of all connections."""
        self.connections = 0
        self.answer: Callable[[str], bytes | None] = lambda command: api_reply("+OK")
        self.writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writer = writer
        writer.write(b"Content-Type: auth/request\n\n")
        try:
            while request := (await reader.readuntil(b"\n\n")).decode().strip():
                if request.startswith("auth "):
                    writer.write(b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
                elif request.startswith("event "):
                    writer.write(b"Content-Type: command/reply\nReply-Text: +OK event listener enabled json\n\n")
                else:
                    self.commands.append(request)
                    if (reply := self.answer(request)) is not None:
                        writer.write(reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def say(self, *frames: bytes) -> None:
        assert self.writer is not None
        self.writer.write(b"".join(frames))


def api_reply(body: str) -> bytes:
    return b"Content-Type: api/response\nContent-Length: %d\n\n%s" % (len(body.encode()), body.encode())


def command_reply(text: str) -> bytes:
    return f"Content-Type: command/reply\nReply-Text: {text}\n\n".encode()


def event(body: bytes | dict[str, Any]) -> bytes:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"Content-Length: %d\nContent-Type: text/event-json\n\n%s" % (len(raw), raw)


class Client:
    """Our connection, and what it heard."""

    def __init__(self, port: int) -> None:
        self.heard: list[Mapping[str, Any]] = []
        self.ups, self.downs = 0, 0
        self.changed = asyncio.Event()
        self.connection = SwitchConnection(
            SwitchAddress("127.0.0.1", port, "secret"), on_event=self._event, on_up=self._up, on_down=self._down
        )

    def _event(self, headers: Mapping[str, Any]) -> None:
        self.heard.append(headers)
        self.changed.set()

    async def _up(self) -> None:
        self.ups += 1
        self.changed.set()

    def _down(self) -> None:
        self.downs += 1
        self.changed.set()

    async def until(self, fits: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not fits():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Client]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    client = Client(server.port)
    running = asyncio.create_task(client.connection.run())
    try:
        await client.until(lambda: client.ups == 1)
        yield client
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        listening.close()


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REPLY_S", REPLY_S)
    monkeypatch.setattr(module, "BACK_OFF_S", (0.02, 0.1))


async def failing(work: Awaitable[Any]) -> type[BaseException]:
    with pytest.raises(SwitchError) as caught:
        await work
    return caught.type


# --- commands ---


async def test_a_command_is_written_once_even_if_its_tracing_fails(monkeypatch: pytest.MonkeyPatch):
    from genesis.protocol import base

    class Broken:
        def start_as_current_span(self, *_: object, **__: object) -> None:
            raise RuntimeError("no tracing today")

    server = Server()
    async with connected(server) as client:
        monkeypatch.setattr(base, "tracer", Broken())
        assert await client.connection.api("uuid_kill x") == "+OK"
    assert server.commands == ["api uuid_kill x"]


async def test_what_waits_for_a_reply_is_unconfirmed_when_the_connection_breaks_and_nothing_is_sent_again():
    server = Server()
    server.answer = lambda command: None
    async with connected(server) as client:
        waiting = [asyncio.create_task(client.connection.api(f"uuid_kill {n}")) for n in range(20)]
        waiting += [asyncio.create_task(client.connection.background(f"originate {n}", uuid4())) for n in range(20)]
        async with asyncio.timeout(5):
            while len(server.commands) < 40:  # noqa: ASYNC110 - the server has no event for this
                await asyncio.sleep(0.005)
        assert server.writer is not None
        server.writer.transport.abort()
        assert {await failing(task) for task in waiting} == {CommandUnconfirmed}
        assert await failing(client.connection.api("late")) is CommandNotSent
        server.answer = lambda command: api_reply("+OK")
        await client.until(lambda: client.ups == 2)
        assert await client.connection.api("after") == "+OK"
    assert len(server.commands) == 41, "each went out once; the late one not at all"


async def test_a_switch_that_is_silent_leaves_no_command_hanging_and_is_connected_anew():
    server = Server()
    server.answer = lambda command: None
    async with connected(server) as client:
        began = asyncio.get_running_loop().time()
        kinds = await asyncio.gather(*(failing(client.connection.api(f"uuid_dump {n}")) for n in range(10)))
        assert set(kinds) <= {CommandUnconfirmed, CommandNotSent}
        assert asyncio.get_running_loop().time() - began < 10 * REPLY_S
        server.answer = lambda command: api_reply("+OK")
        await client.until(lambda: client.ups == 2)
        assert await client.connection.api("uptime") == "+OK"
    assert server.connections == 2


async def test_a_reply_that_comes_too_late_is_nobody_elses():
    """After a timeout the connection is left: a late reply on it can answer no later command."""
    server = Server()
    server.answer = lambda command: None
    async with connected(server) as client:
        first = server.writer
        assert await failing(client.connection.api("slow")) is CommandUnconfirmed
        await client.until(lambda: client.ups == 2)
        server.answer = lambda command: api_reply(f"+OK {command}")
        assert first is not None
        if not first.is_closing():
            first.write(api_reply("+OK late"))
        assert await client.connection.api("quick") == "+OK api quick"


async def test_five_hundred_commands_at_once_get_their_own_replies(monkeypatch: pytest.MonkeyPatch):
    # Not how fast: whose reply is whose. On a busy machine the last one takes its time.
    monkeypatch.setattr(module, "REPLY_S", 30.0)
    server = Server()
    server.answer = lambda command: api_reply(f"+OK {command.split()[-1]}")
    async with connected(server) as client:
        replies = await asyncio.gather(*(client.connection.api(f"echo {n}") for n in range(500)))
    assert replies == [f"+OK {n}" for n in range(500)]


@pytest.mark.parametrize("body", ["-ERR No such channel!\n", "-ERR Invalid uuid\n", "-USAGE: uuid_kill <uuid>\n"])
async def test_a_refusal_in_the_body_is_a_failure_with_its_reason(body: str):
    server = Server()
    server.answer = lambda command: api_reply(body)
    async with connected(server) as client:
        with pytest.raises(CommandFailed) as failed:
            await client.connection.api("uuid_kill nosuch")
    assert failed.value.reason and not failed.value.reason.startswith("-ERR")


async def test_a_refusal_in_the_reply_text_is_a_failure_too():
    server = Server()
    server.answer = lambda command: command_reply("-ERR command not found")
    async with connected(server) as client:
        assert await failing(client.connection.background("originate x", uuid4())) is CommandFailed


async def test_a_job_that_ends_before_its_reply_is_read_is_heard():
    job = uuid4()
    server = Server()
    done = {"Event-Name": "BACKGROUND_JOB", "Job-UUID": str(job), "_body": "-ERR USER_BUSY\n"}
    server.answer = lambda command: event(done) + command_reply(f"+OK Job-UUID: {job}")
    async with connected(server) as client:
        await client.connection.background("originate x", job)
        assert [h["Job-UUID"] for h in client.heard] == [str(job)]
    assert server.commands == [f"bgapi originate x\nJob-UUID: {job}"]


# --- events ---


async def test_events_of_a_channel_keep_their_order_however_they_are_cut():
    channels, each = 100, 60
    frames = [
        event({"Event-Name": "CHANNEL_STATE", "Unique-ID": f"leg-{n % channels}", "n": n})
        for n in range(channels * each)
    ]
    server = Server()
    async with connected(server) as client:
        stream = b"".join(frames)
        for start in range(0, len(stream), 1_009):
            server.say(stream[start : start + 1_009])
            if start % 50 == 0:
                await asyncio.sleep(0)
        await client.until(lambda: len(client.heard) == channels * each)
    by_channel = defaultdict(list)
    for headers in client.heard:
        by_channel[headers["Unique-ID"]].append(headers["n"])
    assert len(by_channel) == channels
    assert all(numbers == sorted(numbers) for numbers in by_channel.values())


async def test_an_event_that_the_engine_cannot_handle_stops_none_of_the_next():
    server = Server()
    async with connected(server) as client:
        handled = client.connection._on_event

        def fails_once(headers: Mapping[str, Any]) -> None:
            client.connection._on_event = handled
            raise ValueError("not this one")

        client.connection._on_event = fails_once
        server.say(event({"n": 1}), event(b"{not json"), event({"n": 2}))
        await client.until(lambda: len(client.heard) == 1)
        assert client.heard == [{"n": 2}]
        assert await client.connection.api("uptime") == "+OK"


async def test_a_name_in_another_encoding_does_not_deafen_the_connection():
    server = Server()
    async with connected(server) as client:
        name = "Иван".encode("cp1251")
        server.say(event(b'{"Event-Name":"CHANNEL_CREATE","Caller-Caller-ID-Name":"' + name + b'"}'), event({"n": 2}))
        await client.until(lambda: len(client.heard) == 2)
        assert await client.connection.api("uptime") == "+OK"
    assert client.heard[0]["Event-Name"] == "CHANNEL_CREATE"
    assert server.connections == 1


async def test_a_connection_whose_reading_failed_is_left_at_once():
    server = Server()
    async with connected(server) as client:
        server.say(b"Content-Length: many\nContent-Type: text/event-json\n\n")
        await client.until(lambda: client.ups == 2)
        assert await client.connection.api("uptime") == "+OK"
    assert (server.connections, client.downs >= 1) == (2, True)


async def test_a_goodbye_of_the_switch_is_followed_by_a_new_connection():
    server = Server()
    async with connected(server) as client:
        text = b"Disconnected, goodbye.\n"
        server.say(b"Content-Type: text/disconnect-notice\nContent-Length: %d\n\n%s" % (len(text), text))
        await client.until(lambda: client.ups == 2)


async def test_memory_stays_flat_over_many_events():
    """Peak memory of the process after 30,000 events of 4.4 KB (130 MB in all) beside that after the first 5,000."""
    padding = "x" * 4_300
    frame = event({"Event-Name": "CHANNEL_STATE", "Unique-ID": "leg", "padding": padding})
    server = Server()
    async with connected(server) as client:
        heard = 0

        def count(_: Mapping[str, Any]) -> None:
            nonlocal heard
            heard += 1
            client.changed.set()

        client.connection._on_event = count
        peaks = []
        for upto in (5_000, 30_000):
            while heard < upto:
                server.say(*[frame] * 100)
                wanted = heard + 100
                await client.until(lambda wanted=wanted: heard >= wanted)
            gc.collect()
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        inbound = client.connection._inbound
        assert inbound is not None and inbound.events.qsize() == 0
    assert peaks[1] - peaks[0] < 20_000, f"grew by {peaks[1] - peaks[0]} KB"
