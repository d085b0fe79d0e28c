"""The wire of the fault trials does to bytes what each fault says, and nothing else."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from fault_trials.proxy import Fault, Proxy


@pytest.fixture
async def wire() -> AsyncIterator[Proxy]:
    """A wire to a server that gives back what it gets."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(100):
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, Proxy(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy


async def connected(wire: Proxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    return reader, writer


async def hears_nothing(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(0.2):
            await reader.read(1)
    except TimeoutError:
        return True
    return False


async def test_a_drop_resets_what_there_is_and_what_comes(wire: Proxy):
    reader, _ = await connected(wire)
    wire.begin(Fault.DROP)
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    later, _ = await asyncio.open_connection("127.0.0.1", wire.port)
    with pytest.raises(ConnectionResetError):
        await later.read(1)
    wire.end()
    await connected(wire)


async def test_a_stall_holds_everything_up_and_loses_nothing(wire: Proxy):
    reader, writer = await connected(wire)
    wire.begin(Fault.STALL)
    writer.write(b"one")
    later, to_later = await asyncio.open_connection("127.0.0.1", wire.port)
    to_later.write(b"two")
    assert await hears_nothing(reader) and await hears_nothing(later)
    wire.end()
    assert await reader.readexactly(3) == b"one" and await later.readexactly(3) == b"two"


async def test_silence_is_for_ever_and_only_for_those_who_were_there(wire: Proxy):
    reader, writer = await connected(wire)
    wire.begin(Fault.SILENCE)
    writer.write(b"lost")
    await connected(wire)
    wire.end()
    assert await hears_nothing(reader)


async def test_a_half_close_ends_one_direction(wire: Proxy):
    reader, writer = await connected(wire)
    wire.begin(Fault.HALF_CLOSE)
    assert await reader.read() == b"", "the first is told that nothing comes any more"
    writer.write(b"still taken")
    await writer.drain()
    await connected(wire)
