"""Keeps the children of one run: starts them, restarts crashed ones, stops all, and leaves none behind."""

import asyncio
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from launcher import reaper
from launcher.children import Child, ChildFailed, ChildSpec, describe_exit, open_log
from launcher.console import Console

STOP_LIMIT = 10.0
"""Seconds for stopping all children; what then still runs is killed."""
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_SETTLED_AFTER = 60.0
"""A child that ran this many seconds starts again with the first, short pause."""


def restart_pause(crashes: int) -> float:
    """Seconds before the start after `crashes` crashes in a row (1 is the first): doubling, up to a limit."""
    return min(_FIRST_PAUSE * 2 ** (crashes - 1), _LONGEST_PAUSE)


class Supervisor:
    """Use as `async with`; leaving it stops every child, in reverse order of their starts."""

    def __init__(self, logs: Path, console: Console, lock_descriptor: int | None = None) -> None:
        self._logs = logs
        self._console = console
        self._lock_descriptor = lock_descriptor
        self._children: list[Child] = []
        self._watches: list[asyncio.Task[None]] = []
        self._failure: asyncio.Future[None] | None = None
        self._reaper: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> "Supervisor":
        self._failure = asyncio.get_running_loop().create_future()
        self._reaper = subprocess.Popen(  # noqa: ASYNC220 - started at once, and spoken to in a line or two
            [sys.executable, "-I", "-S", reaper.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            pass_fds=() if self._lock_descriptor is None else (self._lock_descriptor,),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        # A second Ctrl-C cancels the orderly stop; then everything is killed at once.
        try:
            await self._stop_all()
        finally:
            for child in list(self._children):
                self._forget(child)
            if self._failure is not None and not self._failure.cancel() and not self._failure.cancelled():
                self._failure.exception()
            if self._reaper is not None and self._reaper.stdin is not None:
                with suppress(BrokenPipeError):
                    self._reaper.stdin.close()
                self._reaper.wait(reaper.GRACE + 5)

    async def start(self, spec: ChildSpec) -> None:
        """Start a child and wait until it is ready; from then on it is watched.

        Raises:
            ChildFailed: it ended or did not get ready in time.
        """
        log = self._logs / f"{spec.name}.log"
        open_log(log)
        child = await self._launch(spec, log)
        await child.wait_until_ready()
        self._watches.append(asyncio.create_task(self._watch(child), name=f"watch {spec.name}"))

    async def run_step(self, spec: ChildSpec) -> None:
        """Run a program that has an end, to its end.

        Raises:
            ChildFailed: its exit status is not 0.
        """
        log = self._logs / f"{spec.name}.log"
        open_log(log)
        child = await self._launch(spec, log)
        status = await child.wait()
        self._forget(child)
        if status != 0:
            raise ChildFailed(
                f"{spec.name} {describe_exit(status)}. Its last lines (all in {log}):\n{child.last_lines()}"
            )

    async def wait_for_failure(self) -> None:
        """Raises ChildFailed when a child that is not restarted has ended; returns never."""
        if self._failure is None:
            raise RuntimeError("the supervisor was not entered")
        await self._failure

    async def _launch(self, spec: ChildSpec, log: Path) -> Child:
        child = await Child.start(spec, log, self._console)
        self._children.append(child)
        self._tell_reaper(f"+{child.group} {int(spec.stop_signal)}")
        return child

    def _forget(self, child: Child) -> None:
        child.kill_rest()
        self._children.remove(child)
        self._tell_reaper(f"-{child.group}")

    async def _watch(self, child: Child) -> None:
        spec, crashes = child.spec, 0
        while True:
            status = await child.wait()
            place = self._children.index(child)
            self._forget(child)
            if not spec.restarts:
                self._fail(
                    f"{spec.name} {describe_exit(status)}; nothing can go on without it. "
                    f"Its last lines (all in {child.log}):\n{child.last_lines()}"
                )
                return
            crashes = 1 if time.monotonic() - child.started_at > _SETTLED_AFTER else crashes + 1
            pause = restart_pause(crashes)
            self._console.line(
                f"[watch] {spec.name} {describe_exit(status)}; starting it again in {pause:g} s (log: {child.log})"
            )
            await asyncio.sleep(pause)
            try:
                child = await self._launch(spec, child.log)
            except ChildFailed as problem:
                self._fail(str(problem))
                return
            # It keeps its place in the order of stopping.
            self._children.remove(child)
            self._children.insert(place, child)
            try:
                await child.wait_until_ready()
            except ChildFailed:
                if child.exit_status is None:
                    await child.stop(spec.stop_timeout)
                continue
            self._console.line(f"[watch] {spec.name} runs again")

    def _fail(self, text: str) -> None:
        if self._failure is not None and not self._failure.done():
            self._failure.set_exception(ChildFailed(text))

    async def _stop_all(self) -> None:
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        deadline = time.monotonic() + STOP_LIMIT
        for child in reversed(list(self._children)):
            left = max(deadline - time.monotonic(), 0.2)
            if not await child.stop(min(child.spec.stop_timeout, left)):
                self._console.line(f"[stop] {child.spec.name} did not stop in time and was killed")
            self._children.remove(child)
            self._tell_reaper(f"-{child.group}")

    def _tell_reaper(self, line: str) -> None:
        if self._reaper is not None and self._reaper.stdin is not None:
            with suppress(BrokenPipeError):
                self._reaper.stdin.write(line.encode() + b"\n")
                self._reaper.stdin.flush()
