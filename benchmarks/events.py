"""`./run bench events`: how many events a second the engine reads, beside a bare reader of the same captured stream."""

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import uvloop

from call_engine.core.effects import Effect
from call_engine.engine import measure
from call_engine.mailbox import Mailbox
from call_engine.operators import Operators
from call_engine.switch.address import SwitchAddress
from call_engine.switch.connection import SwitchConnection
from call_engine.switch.health import SwitchHealth
from call_engine.switch.reading import LegMessage, read_event
from exchange_domain.cancelling import cancelled
from fault_trials.servers import running_program
from launcher.ports import LOOPBACK, free_ports

from .event_source import captured
from .report import Measured, Report

LONGEST_S = 300
OPERATORS = 50


class Nothing:
    """Effects that cost nothing."""

    async def run(self, mailbox: Mailbox, effect: Effect) -> None:
        return


async def bare(port: int, count: int) -> float:
    """Events a second of a reader that only takes frames apart."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    await reader.readuntil(b"\n\n")
    writer.write(b"auth x\n\n")
    await reader.readuntil(b"\n\n")
    writer.write(b"event json ALL\n\n")
    await reader.readuntil(b"\n\n")
    began = time.perf_counter()
    for _ in range(count):
        length = 0
        while (line := await reader.readline()) != b"\n":
            name, _, value = line.partition(b":")
            if name == b"Content-Length":
                length = int(value)
        json.loads(await reader.readexactly(length))
    took = time.perf_counter() - began
    writer.close()
    return count / took


async def engine(port: int, count: int, *, known: bool) -> float:
    """Events a second through the engine's connection, reading and operators. `known`: the legs are somebody's, and
    each event goes through the core."""
    done, left, began = asyncio.Event(), count, 0.0
    health, operators = SwitchHealth(), Operators()
    operators.executor = Nothing()
    kept: dict[UUID, tuple[int, float]] = {}
    if known:
        legs = {
            said.leg for frame in captured()
            if isinstance(said := read_event(json.loads(frame.split(b"\n\n", 1)[1])), LegMessage)
        }  # fmt: skip
        for number, leg in enumerate(sorted(legs)):
            operators.of(number % OPERATORS)
            operators.expect_leg(leg, number % OPERATORS)
        kept = dict(operators._legs)

    def event(headers: Mapping[str, Any]) -> None:
        nonlocal left, began
        began = began or time.perf_counter()
        measure(headers)
        health.take(headers)
        operators.event(headers)
        if known and len(operators._legs) < len(kept):
            # The stream says the same calls again and again: an ended leg is one to come, too.
            operators._legs.update(kept)
        left -= 1
        if not left:
            done.set()

    async def up() -> None:
        return

    connection = SwitchConnection(
        SwitchAddress(LOOPBACK, port, "x"), on_event=event, on_up=up, on_down=lambda: None
    )  # fmt: skip
    running = asyncio.create_task(connection.run())
    async with asyncio.timeout(LONGEST_S):
        await done.wait()
        if known:
            for mailbox in operators:
                await mailbox.drained()
    took = time.perf_counter() - began
    await cancelled(running)
    await operators.close()
    return count / took


async def _run(folder: Path, count: int, report: Report) -> None:
    [port] = free_ports(1)
    source = running_program(folder, "benchmarks.event_source", b"events: listening", {}, str(port), str(count))
    async with source:
        floor = await bare(port, count)
        beside = "a bare asyncio reader"
        report.add(Measured("events", await engine(port, count, known=False), floor, "events a second, read", beside))
        report.add(
            Measured("core", await engine(port, count, known=True), floor, "events a second, through the core", beside)
        )


def run(folder: Path, count: int, report: Report) -> None:
    uvloop.run(_run(folder, count, report))
