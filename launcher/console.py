"""What the person at the terminal sees: progress lines and the children's log lines."""

import os
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_COLOURS = ("36", "33", "32", "35", "34", "96", "93", "92")
_NAME_WIDTH = 9


class Console:
    """Writes whole lines to a file descriptor from a thread of its own.

    A reader that stops reading, or a terminal that was closed, must not stop the exchange: when the queue is full,
    further lines are dropped here (the log files have them all).
    """

    def __init__(self, descriptor: int = 1, limit: int = 10_000) -> None:
        self._descriptor = descriptor
        self._lines: queue.Queue[str | None] = queue.Queue(limit)
        self._coloured = os.isatty(descriptor) and "NO_COLOR" not in os.environ
        self._colour_of: dict[str, str] = {}
        self._writer = threading.Thread(target=self._write_all, name="console", daemon=True)
        self._writer.start()

    def line(self, text: str) -> None:
        try:
            self._lines.put_nowait(text + "\n")
        except queue.Full:
            return

    def child_line(self, name: str, text: str) -> None:
        """A child's log line, with the child's name before it."""
        prefix = f"{name:<{_NAME_WIDTH}}|"
        if self._coloured:
            colour = self._colour_of.setdefault(name, _COLOURS[len(self._colour_of) % len(_COLOURS)])
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        self.line(f"{prefix} {text}")

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """A slow step: one line when it begins, one with its seconds when it is done."""
        self.line(f"[start] {text} …")
        began = time.monotonic()
        yield
        self.line(f"[start] {text}: done ({time.monotonic() - began:.1f} s)")

    def close(self, timeout: float = 1) -> None:
        """Write what is queued, but wait no longer than `timeout` seconds for a reader."""
        try:
            self._lines.put(None, timeout=timeout)
        except queue.Full:
            return
        self._writer.join(timeout)

    def _write_all(self) -> None:
        while (text := self._lines.get()) is not None:
            rest = memoryview(text.encode(errors="replace"))
            try:
                while rest:
                    # Not sys.stdout: its lock, held in a blocked write, would hinder the interpreter's exit.
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError:
                continue
