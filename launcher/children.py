"""One child process: how to start it, where its output goes, when it is ready, how it ends."""

import asyncio
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from launcher.console import Console
from launcher.processes import Identity, before_exec

_TAIL_LINES = 25
_LONGEST_LINE = 16_384


class ChildFailed(Exception):
    """A child ended or did not get ready when it was needed; the text says which log to read."""


@dataclass(frozen=True)
class ChildSpec:
    """What to start.

    `ready` is asked again and again until it is true; `ready_line` waits for a line that holds this text. With
    neither a child is ready once it has started.
    `restarts` is whether a crash while running is answered with a new start; otherwise everything is stopped.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    folder: Path = Path("/")
    ready: Callable[[], Awaitable[bool]] | None = None
    ready_line: str | None = None
    ready_timeout: float = 60
    restarts: bool = True
    stop_signal: int = signal.SIGTERM
    stop_timeout: float = 5
    echoes: bool = True
    """Whether its lines are shown; the log file has them in any case."""
    identity: Identity | None = None


class Child:
    """A started child. Its process group is its own, so a Ctrl-C at the terminal reaches only the supervisor."""

    def __init__(
        self,
        spec: ChildSpec,
        process: asyncio.subprocess.Process,
        output: asyncio.StreamReader,
        log: Path,
        console: Console,
    ) -> None:
        self.spec = spec
        self.log = log
        self.started_at = time.monotonic()
        self._process = process
        self._output = output
        self._console = console
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._said_ready = spec.ready_line is None
        self._pump = asyncio.create_task(self._pump_output(), name=f"log of {spec.name}")

    @classmethod
    async def start(cls, spec: ChildSpec, log: Path, console: Console) -> "Child":
        """Raises ChildFailed when the program cannot be run at all."""
        # A pipe of our own: asyncio's would hold back the news of an exit while a grandchild has it open.
        reading, writing = os.pipe()
        output = asyncio.StreamReader()
        try:
            pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(output), os.fdopen(reading, "rb", buffering=0)
            )
            try:
                process = await asyncio.create_subprocess_exec(
                    *spec.command,
                    cwd=spec.folder,
                    env=dict(spec.environment),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=writing,
                    stderr=writing,
                    start_new_session=True,
                    preexec_fn=before_exec(spec.identity, spec.stop_signal),
                )
            except BaseException:
                pipe.close()
                raise
        except (OSError, subprocess.SubprocessError) as problem:
            raise ChildFailed(f"{spec.name} could not be started: {problem}") from problem
        finally:
            os.close(writing)
        return cls(spec, process, output, log, console)

    @property
    def group(self) -> int:
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        return self._process.returncode

    def last_lines(self) -> str:
        return "\n".join(f"  {line}" for line in self._tail) or "  (it wrote nothing)"

    async def wait(self) -> int:
        """Exit status, once the process has ended and its output is in the log."""
        status = await self._process.wait()
        # A grandchild may hold the pipe open; its lines are not waited for.
        await asyncio.wait({self._pump}, timeout=1)
        return status

    async def wait_until_ready(self) -> None:
        """Raises ChildFailed when the child ends first or takes longer than its limit."""
        deadline = time.monotonic() + self.spec.ready_timeout
        while not await self._is_ready():
            if self.exit_status is not None:
                await self.wait()
                raise ChildFailed(
                    f"{self.spec.name} {describe_exit(self.exit_status)} while starting. "
                    f"Its last lines (all in {self.log}):\n{self.last_lines()}"
                )
            if time.monotonic() > deadline:
                raise ChildFailed(
                    f"{self.spec.name} was not ready after {self.spec.ready_timeout:.0f} s. "
                    f"Its last lines (all in {self.log}):\n{self.last_lines()}"
                )
            await asyncio.sleep(0.05)

    async def _is_ready(self) -> bool:
        return self._said_ready and (self.spec.ready is None or await self.spec.ready())

    async def stop(self, patience: float) -> bool:
        """Ask the group to stop; kill what is left of it, and of processes it detached, after `patience` seconds.

        Returns:
            Whether it stopped when asked.
        """
        family = _descendants(self.group)
        if self.exit_status is None:
            _signal_group(self.group, self.spec.stop_signal)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), patience)
        stopped = self.exit_status is not None
        self.kill_rest(family)
        await self._process.wait()
        self._pump.cancel()
        with suppress(asyncio.CancelledError):
            await self._pump
        return stopped

    def kill_rest(self, family: list[psutil.Process] | None = None) -> None:
        """Kill the group and, of processes that left it for a session of their own, those given."""
        _signal_group(self.group, signal.SIGKILL)
        for process in family or ():
            with suppress(psutil.Error):
                process.kill()

    async def _pump_output(self) -> None:
        with self.log.open("ab", buffering=0) as log:
            rest = b""
            while chunk := await self._output.read(65_536):
                log.write(chunk)
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._take(line)
                if len(rest) > _LONGEST_LINE:
                    self._take(rest)
                    rest = b""
            if rest:
                self._take(rest)

    def _take(self, line: bytes) -> None:
        text = line[:_LONGEST_LINE].decode(errors="replace").rstrip()
        self._tail.append(text)
        if self.spec.ready_line is not None and self.spec.ready_line in text:
            self._said_ready = True
        if self.spec.echoes:
            self._console.child_line(self.spec.name, text)


def describe_exit(status: int) -> str:
    """ "ended with status 1", "was killed by SIGKILL"."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"


def open_log(path: Path) -> None:
    """Begin a log file; the one of the run before is kept beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.replace(path.with_name(f"{path.stem}.previous.log"))
    path.touch()


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _signal_group(group: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
