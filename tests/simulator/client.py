"""A small client of the event socket for the tests: no more than a socket, replies in order, events in a list."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from urllib.parse import unquote

PATIENCE = 8.0


class Event(dict[str, str]):
    """An event's headers (the first of a repeated one) with its body and all values."""

    def __init__(self, pairs: list[tuple[str, str]], body: str) -> None:
        super().__init__()
        self.pairs = pairs
        self.body = body
        for name, value in pairs:
            self.setdefault(name, value)

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for key, value in self.pairs if key == name]


class Client:
    """`async with Client(port, password) as c:` is authenticated; with password None it is not."""

    def __init__(self, port: int, password: str | None = "ClueCon") -> None:
        self.port = port
        self.password = password
        self.events: list[Event] = []
        self.replies: asyncio.Queue[tuple[dict[str, str], str]] = asyncio.Queue()
        self.closed = asyncio.Event()
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Client:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.task = asyncio.create_task(self._read())
        if self.password is not None:
            await self.reply()
            assert (await self.command(f"auth {self.password}"))[0]["Reply-Text"] == "+OK accepted"
        return self

    async def __aexit__(self, *error: object) -> None:
        self.writer.close()
        self.task.cancel()

    async def _read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await self.reader.readuntil(b"\n\n")).decode()
                headers = dict(line.split(": ", 1) for line in head.strip().split("\n"))
                body = (await self.reader.readexactly(int(headers.get("Content-Length", 0)))).decode()
                kind = headers["Content-Type"]
                if kind.startswith("text/event-"):
                    self.events.append(_plain(body) if kind == "text/event-plain" else _json(body))
                else:
                    self.replies.put_nowait((headers, body))
                async with self._changed:
                    self._changed.notify_all()
        self.closed.set()
        async with self._changed:
            self._changed.notify_all()

    def write(self, text: str) -> None:
        """Sends raw text."""
        self.writer.write(text.encode())

    async def reply(self) -> tuple[dict[str, str], str]:
        """The next message that is no event."""
        return await asyncio.wait_for(self.replies.get(), PATIENCE)

    async def command(self, text: str) -> tuple[dict[str, str], str]:
        """Sends a command and waits for its reply."""
        self.write(text + "\n\n")
        return await self.reply()

    async def api(self, text: str) -> str:
        """The result of an API command."""
        return (await self.command(f"api {text}"))[1]

    async def job(self, text: str) -> str:
        """The result of a background job."""
        headers, _ = await self.command(f"bgapi {text}")
        event = await self.wait(lambda e: e["Event-Name"] == "BACKGROUND_JOB" and e["Job-UUID"] == headers["Job-UUID"])
        return event.body

    async def wait(self, wanted: Callable[[Event], bool]) -> Event:
        """The first event that is wanted, among those that came and those that will."""

        async def look() -> Event:
            async with self._changed:
                while True:
                    for event in self.events:
                        if wanted(event):
                            return event
                    await self._changed.wait()

        return await asyncio.wait_for(look(), PATIENCE)

    async def event(self, name: str, leg: str = "", count: int = 1) -> Event:
        """The `count`-th event of a name and leg; CHANNEL_ may be left out."""

        def matching() -> list[Event]:
            names = (name, f"CHANNEL_{name}")
            return [e for e in self.events if e["Event-Name"] in names and (not leg or e.get("Unique-ID") == leg)]

        await self.wait(lambda _: len(matching()) >= count)
        return matching()[count - 1]

    def names(self, leg: str) -> list[str]:
        """What came of a leg so far, in order, without CHANNEL_."""
        return [e["Event-Name"].removeprefix("CHANNEL_") for e in self.events if e.get("Unique-ID") == leg]


def _plain(text: str) -> Event:
    head, _, body = text.partition("\n\n")
    pairs = [(name, unquote(value)) for name, _, value in (line.partition(": ") for line in head.split("\n"))]
    return Event(pairs, body)


def _json(text: str) -> Event:
    pairs: list[tuple[str, str]] = json.loads(text, object_pairs_hook=list)
    body = next((value for name, value in pairs if name == "_body"), "")
    return Event(pairs, body)
