"""What comes from the switch's side is nonsense: the engine's connection ends or goes on, and the next one works."""

import asyncio
import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

from call_engine.switch import connection
from call_engine.switch.address import SwitchAddress
from call_engine.switch.connection import SwitchConnection
from exchange_domain.cancelling import cancelled
from tests.thorough import figure

HELLO = b"Content-Type: auth/request\n\n"
ACCEPTED = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
LISTENING = b"Content-Type: command/reply\nReply-Text: +OK event listener enabled json\n\n"
PIECES = (
    b"\n", b"\n\n", b"Content-Length: ", b"Content-Type: text/event-json\n", b"-1", b"99999999999", b"12", b"\xff\xfe",
    b"{", b"}", b"[]", b"null", b'{"Event-Name": 7}', b'{"Event-Name": "CHANNEL_ANSWER", "Unique-ID": []}', b": ",
    b"Content-Type: command/reply\n", b"Reply-Text: +OK\n\n", b"Content-Type: text/disconnect-notice\n", b"\0" * 40,
    b"Content-Type: auth/request\n\n", b"A" * 3_000,
)  # fmt: skip
GOOD = json.dumps({"Event-Name": "HEARTBEAT", "Session-Count": "7"}).encode()


def nonsense(chance: random.Random) -> bytes:
    return b"".join(chance.choice(PIECES) if chance.random() < 0.8 else chance.randbytes(chance.randint(1, 60))
                    for _ in range(chance.randint(1, 12)))  # fmt: skip


async def test_whatever_is_said_the_next_connection_works(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "BACK_OFF_S", (0.001, 0.002))
    monkeypatch.setattr(connection, "CONNECT_S", 2.0)
    chance = random.Random(5)
    left = [nonsense(chance) for _ in range(figure(60, 600))]
    heard: list[Mapping[str, Any]] = []
    good = asyncio.Event()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(HELLO)
            for answer in (ACCEPTED, LISTENING):
                await reader.readuntil(b"\n\n")
                writer.write(answer)
            if left:
                writer.write(left.pop())
                await writer.drain()
                await asyncio.sleep(0.01)
            else:
                writer.write(b"Content-Length: %d\nContent-Type: text/event-json\n\n%s" % (len(GOOD), GOOD))
                await reader.read()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def event(headers: Mapping[str, Any]) -> None:
        heard.append(headers)
        if headers.get("Session-Count") == "7":
            good.set()

    async def up() -> None:
        return

    async with await asyncio.start_server(say, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        there = SwitchConnection(
            SwitchAddress("127.0.0.1", port, "x"), on_event=event, on_up=up, on_down=lambda: None
        )  # fmt: skip
        running = asyncio.create_task(there.run())
        async with asyncio.timeout(60):
            await good.wait()
        assert not running.done() and there.up
        await cancelled(running)
    assert not left
