"""The simulator as a process, and the client that the exchange uses."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from genesis import Inbound

from switch_simulator import Simulator
from tests.simulator.client import Client

ROOT = Path(__file__).resolve().parents[2]


async def test_sigterm_is_an_orderly_shutdown(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "switch_simulator", "--port", "0", "--password", "p", "--recordings", str(tmp_path)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        assert line.startswith("switch simulator: listening on 127.0.0.1:")
        async with Client(int(line.rpartition(":")[2]), "p") as client:
            await client.command("event plain CHANNEL_HANGUP BACKGROUND_JOB")
            assert await client.job("originate {origination_uuid=s}user/op1 &park()") == "+OK s\n"
            process.send_signal(signal.SIGTERM)
            assert (await client.event("HANGUP", "s"))["Hangup-Cause"] == "SYSTEM_SHUTDOWN"
            assert (await client.reply())[1] == "The system is being shut down.\n"
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_bad_dial_plan_is_told(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "switch_simulator", "--port", "0", "--dialplan", str(tmp_path / "none.toml")),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    _, error = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 2
    assert b"none.toml" in error


async def test_genesis_places_a_call(simulator: Simulator) -> None:
    answered: asyncio.Queue[str] = asyncio.Queue()
    async with Inbound("127.0.0.1", simulator.port, simulator.password) as client:
        client.on("CHANNEL_ANSWER", lambda event: answered.put_nowait(str(event["Unique-ID"])))
        await client.send("event plain CHANNEL_ANSWER BACKGROUND_JOB")
        reply = await client.send("bgapi originate {origination_uuid=seat}user/op1@pbx.example &park()\nJob-UUID: mine")
        assert reply["Job-UUID"] == "mine"
        assert await asyncio.wait_for(answered.get(), 5) == "seat"
        assert (await client.send("api uuid_exists seat")).body == "true"


async def test_calls_outlive_a_client_that_crashes(simulator: Simulator) -> None:
    async with Client(simulator.port) as client:
        await client.command("event plain BACKGROUND_JOB")
        await client.job("originate {origination_uuid=seat}user/op1 &park()")
        client.writer.transport.abort()
    async with Client(simulator.port) as client:
        assert await client.api("uuid_exists seat") == "true"
