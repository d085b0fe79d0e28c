"""`./run bench live`: from the bus to a page's socket, beside a bare Socket.IO emit of the same bytes."""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import redis.asyncio as aioredis
import websockets

from exchange_domain.clock import now_ms
from exchange_domain.messages import OperatorView, operator_channel, operator_snapshot_key
from exchange_domain.settings import settings
from exchange_domain.words import OperatorState
from fault_trials.servers import running_program
from launcher.ports import LOOPBACK, free_ports

from .bare_emitter import CHANNEL
from .house import OPERATOR, PASSWORD, open_house
from .page import Page, sign_in
from .report import Measured, Report

SIGNED_IN = "reflex___state____state.exchange_app___shell___me____me.enter"
ENTER = "reflex___state____state.exchange_app___operator___desk_state____desk.enter"
WARMING = 30
EVERY_S = 0.02


async def of_page(url: str, operator_id: int, client: aioredis.Redis, count: int) -> tuple[list[float], str]:
    """Milliseconds of each change to the operator's open page, and the bytes of the last."""
    cookies = await sign_in(url, OPERATOR, PASSWORD)
    async with Page(url, cookies, "/operator") as page:
        await page.press(SIGNED_IN, {"role": "operator"}, "me____me")
        said, version = "", now_ms()
        there = OperatorView(operator_id=operator_id, version=version - 1, state=OperatorState.READY)
        await client.set(operator_snapshot_key(operator_id), there.model_dump_json())
        await page.press(ENTER, {}, "desk_state____desk")

        async def change(number: int) -> None:
            nonlocal said
            state = OperatorState.READY if number % 2 else OperatorState.CONNECTING
            view = OperatorView(operator_id=operator_id, version=version + number, state=state)
            await client.publish(operator_channel(operator_id), view.model_dump_json())
            said = await page.heard(f'"version_rx_state_":{version + number}')

        return await _times(change, count), said


async def of_bare(folder: Path, client: aioredis.Redis, body: str, count: int) -> list[float]:
    [port] = free_ports(1)
    file = folder / "said"
    file.write_text(body)
    program = running_program(
        folder, "benchmarks.bare_emitter", b"bare: listening", {}, str(port), settings().redis_url, str(file)
    )
    async with program:
        address = f"ws://{LOOPBACK}:{port}/socket.io/?EIO=4&transport=websocket"
        async with asyncio.timeout(20):
            while True:
                try:
                    socket = await websockets.connect(address, max_size=None)
                    break
                except OSError:
                    await asyncio.sleep(0.05)
        await socket.recv()
        await socket.send("40")
        await socket.recv()

        async def change(number: int) -> None:
            await client.publish(CHANNEL, str(number))
            while json.dumps(str(number)) not in (said := str(await socket.recv())):
                if said == "2":
                    await socket.send("3")

        found = await _times(change, count)
        await socket.close()
        return found


async def _times(change: Callable[[int], Awaitable[None]], count: int) -> list[float]:
    found = []
    for number in range(WARMING + count):
        began = time.perf_counter()
        await change(number)
        found.append((time.perf_counter() - began) * 1_000)
        # One at a time: what is measured is the way, not a queue.
        await asyncio.sleep(EVERY_S)
    return found[WARMING:]


async def _run(folder: Path, count: int, report: Report) -> None:
    async with open_house(folder) as house, aioredis.from_url(settings().redis_url) as client:
        ours, said = await of_page(house.url, house.operator, client, count)
        floor = await of_bare(folder, client, said, count)
    for name, of in (("live p50", statistics.median), ("live p99", lambda each: statistics.quantiles(each, n=100)[98])):
        report.add(
            Measured(name, of(ours), of(floor), "ms from the bus to the page", "a bare emit", smaller_is_better=True)
        )


def run(folder: Path, count: int, report: Report) -> None:
    asyncio.run(_run(folder, count, report))
