"""The processes of a trial: PostgreSQL, Valkey, the engine. Each ends with its block, and with this process."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

from launcher.embedded import postgres, valkey
from launcher.ports import free_ports
from launcher.processes import Identity, before_exec

ROOT = Path(__file__).resolve().parent.parent
START_S = 30.0
STOP_S = 10.0
DRIVING = b"engine: driving switch"


class NotStarted(Exception):
    """A server did not come up; the text says which, and what it wrote last."""


@contextlib.asynccontextmanager
async def _process(
    command: list[str],
    log: Path,
    stop: signal.Signals,
    *,
    identity: Identity | None = None,
    environment: Mapping[str, str] | None = None,
    cwd: Path = Path("/"),
) -> AsyncIterator[asyncio.subprocess.Process]:
    """What it writes to standard error goes to the log; who needs its standard output reads it."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stderr=output, cwd=cwd, env=environment,
            stdout=output if environment is None else asyncio.subprocess.PIPE, start_new_session=True,
            preexec_fn=before_exec(identity, stop),
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(stop)
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _until(answers: Callable[[], Awaitable[bool]], process: asyncio.subprocess.Process, log: Path) -> None:
    try:
        async with asyncio.timeout(START_S):
            while not await answers():
                if process.returncode is not None:
                    break
                await asyncio.sleep(0.05)
            else:
                return
    except TimeoutError:
        pass
    raise NotStarted(f"{log.stem} did not start: {_last_words(log)}")


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-500:]


@contextlib.asynccontextmanager
async def running_server(
    line: list[str],
    log: Path,
    stop: signal.Signals,
    answers: Callable[[], Awaitable[bool]],
    identity: Identity | None = None,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server that is set up already, once it answers. Raises NotStarted with its last words."""
    async with _process(line, log, stop, identity=identity) as process:
        await _until(answers, process, log)
        yield process


@contextlib.asynccontextmanager
async def running_postgres(folder: Path, *, durable: bool = False) -> AsyncIterator[postgres.Cluster]:
    """`durable`: as in production, at the disk's speed."""
    cluster = postgres.Cluster(folder / "postgres", free_ports(1)[0], durable=durable)
    await asyncio.to_thread(cluster.initialise)
    log = folder / "postgres.log"
    async with running_server(cluster.command(), log, postgres.STOP_SIGNAL, cluster.answers, cluster.identity):
        await cluster.ensure_database()
        yield cluster


@contextlib.asynccontextmanager
async def running_valkey(folder: Path, *, durable: bool = False) -> AsyncIterator[valkey.Server]:
    server = valkey.Server(folder / "valkey", free_ports(1)[0], durable=durable)
    server.initialise()
    async with running_server(server.command(), folder / "valkey.log", valkey.STOP_SIGNAL, server.answers):
        yield server


@contextlib.asynccontextmanager
async def running_program(
    folder: Path, module: str, ready: bytes, environment: Mapping[str, str], *arguments: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program of this checkout as it always runs: a process of its own, set up by its environment."""
    log = folder / f"{module}.log"
    command = [sys.executable, "-m", module, *arguments]
    surroundings = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
    async with _process(command, log, signal.SIGTERM, environment=surroundings, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            async with asyncio.timeout(START_S):
                while not (line := await process.stdout.readline()).startswith(ready):
                    if not line:
                        raise NotStarted(f"{module} ended: {_last_words(log)}")
        except TimeoutError:
            raise NotStarted(f"{module} does not say that it is ready: {_last_words(log)}") from None
        yield process


def running_engine(
    folder: Path, environment: Mapping[str, str]
) -> contextlib.AbstractAsyncContextManager[asyncio.subprocess.Process]:
    """The engine, once it drives its switch."""
    return running_program(folder, "call_engine", DRIVING, environment)
