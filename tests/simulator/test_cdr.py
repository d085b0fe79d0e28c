"""Call detail records: one POST a leg, in the leg's own time, and a spool for what could not be delivered."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from switch_simulator import Simulator
from switch_simulator.cdr import CdrPoster
from tests.simulator.client import Client
from tests.simulator.conftest import CONTACT, EVENTS, contact


class Receiver:
    """An HTTP server that answers with the statuses it is given, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers["Content-Length"]))
        self.requests.append((head[0], headers, body))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


def spooled(folder: Path) -> list[str]:
    """What lies in the spool."""
    return sorted(file.name for file in folder.iterdir())


@asynccontextmanager
async def posting(receiver: Receiver, spool: Path) -> AsyncIterator[tuple[Simulator, Client]]:
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/cdr"
    poster = CdrPoster(url, "cdr:secret", retries=2, delay=0.05, spool=spool)
    async with server, Simulator(cdr=poster, recordings=spool) as simulator, Client(simulator.port) as client:
        simulator.set_number_behaviour("15559000", "rings 0.05 s, answers")
        await client.command(EVENTS)
        yield simulator, client


async def test_one_record_a_leg(tmp_path: Path) -> None:
    receiver = Receiver(200)
    async with posting(receiver, tmp_path) as (_, client):
        await contact(client, variables=f"{CONTACT},exchange_call=4711")
        await client.api("uuid_kill call")
        await client.event("DESTROY", "call")
    ((line, headers, body),) = receiver.requests
    assert line == "POST /cdr?uuid=call HTTP/1.1"
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"cdr:secret").decode()
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    record = json.loads(body)
    assert set(record) == {
        "core-uuid",
        "switchname",
        "channel_data",
        "callStats",
        "variables",
        "app_log",
        "callflow",
    }
    assert record["variables"]["exchange_call"] == "4711"
    assert record["variables"]["hangup_cause"] == "NORMAL_CLEARING"
    assert record["callflow"][0]["caller_profile"]["destination_number"] == "15559000"
    assert int(record["variables"]["billusec"]) > 0
    assert spooled(tmp_path) == []


async def test_a_server_that_fails_delays_the_leg_and_the_record_is_spooled(tmp_path: Path) -> None:
    receiver = Receiver(500)
    async with posting(receiver, tmp_path) as (_, client):
        await contact(client)
        await client.api("uuid_kill call")
        await client.event("HANGUP", "call")
        await client.event("DESTROY", "call")
        assert len(receiver.requests) == 3
    assert json.loads((tmp_path / "call.cdr.json").read_text())["variables"]["uuid"] == "call"


async def test_the_second_try_is_enough(tmp_path: Path) -> None:
    receiver = Receiver(503, 200)
    async with posting(receiver, tmp_path) as (_, client):
        await contact(client)
        await client.api("uuid_kill call")
        await client.event("DESTROY", "call")
    assert len(receiver.requests) == 2
    assert spooled(tmp_path) == []


async def test_nobody_listens(tmp_path: Path) -> None:
    poster = CdrPoster("http://127.0.0.1:1/cdr", retries=1, delay=0.01, spool=tmp_path / "spool")
    async with Simulator(cdr=poster) as simulator, Client(simulator.port) as client:
        await client.command(EVENTS)
        assert await client.job("originate {origination_uuid=x}sofia/gateway/carrier/15550106 &park()") != ""
        await client.event("DESTROY", "x")
        assert await client.job("originate {origination_uuid=y}sofia/gateway/nosuch/1 &park()") != ""
    assert spooled(tmp_path / "spool") == ["x.cdr.json"]
