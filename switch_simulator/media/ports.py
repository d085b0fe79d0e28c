"""Sound in steps of 20 ms: ports that speak and hear, taps between them, mixes of what is heard.

All sound inside is 8 kHz, 16 bit, mono: a frame is an array of 160 samples.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RATE = 8000
FRAME = 160
STEP_S = FRAME / RATE
STALL_S = 0.2
"""A clock further behind than this starts anew; otherwise a burst follows."""
Pcm = NDArray[np.int16]
ZERO: Pcm = np.zeros(FRAME, np.int16)


class Pace:
    """A clock of 20 ms that does not drift."""

    def __init__(self) -> None:
        self._begin, self._steps = 0.0, 0

    async def step(self) -> int:
        """Waits for the next step; its number, from 0."""
        now = time.monotonic()
        due = self._begin + self._steps * STEP_S
        if now - due > STALL_S:
            self._begin = now - self._steps * STEP_S
        elif due > now:
            await asyncio.sleep(due - now)
        self._steps += 1
        return self._steps - 1


class Source(Protocol):
    """Something that can be heard: asked for one frame every 20 ms."""

    def read(self) -> Pcm: ...

    def close(self) -> None:
        """Nobody hears it any more."""
        ...


class Silence:
    def read(self) -> Pcm:
        return ZERO

    def close(self) -> None:
        return


class Tap:
    """What somebody hears of a port. Two clocks meet here, so it holds a little, and never much.

    A stall of the event loop would add delay for good; therefore, once a second, one frame is given up if never fewer
    than LOW waited.
    """

    LOW, HIGH, LOOK = 2, 8, 50

    def __init__(self, port: Port) -> None:
        self._port = port
        self._frames: deque[Pcm] = deque()
        self._primed = False
        self._fewest, self._reads = self.HIGH, 0
        port.taps.add(self)

    def push(self, pcm: Pcm) -> None:
        self._frames.append(pcm)
        if len(self._frames) > self.HIGH:
            while len(self._frames) > self.LOW:
                self._frames.popleft()

    def read(self) -> Pcm:
        if not self._primed and len(self._frames) < self.LOW:
            return ZERO
        self._primed = bool(self._frames)
        if not self._frames:
            return ZERO
        self._fewest, self._reads = min(self._fewest, len(self._frames)), self._reads + 1
        if self._reads == self.LOOK:
            if self._fewest > self.LOW:
                self._frames.popleft()
            self._fewest, self._reads = self.HIGH, 0
        return self._frames.popleft()

    def close(self) -> None:
        self._port.taps.discard(self)


class Mix:
    """Several sources at once; what is too loud is cut off."""

    def __init__(self, *sources: Source) -> None:
        self._sources = sources

    def read(self) -> Pcm:
        total = np.zeros(FRAME, np.int32)
        for source in self._sources:
            total += source.read()
        return np.clip(total, -32768, 32767).astype(np.int16)

    def close(self) -> None:
        for source in self._sources:
            source.close()


class Recorder(Protocol):
    """Takes what a port says (by a tap of its own) and hears, step by step."""

    def tick(self, heard: Pcm) -> None: ...


class Port:
    """One end of the sound: a leg. It says something to its taps, and hears its source."""

    def __init__(self) -> None:
        self.taps: set[Tap] = set()
        self.recorders: list[Recorder] = []
        self._source: Source = Silence()

    def hear(self, source: Source) -> None:
        """From now on it hears this: the whole of bridging, music and files."""
        before, self._source = self._source, source
        before.close()

    def say(self, pcm: Pcm) -> None:
        for tap in self.taps:
            tap.push(pcm)

    def tick(self) -> Pcm:
        """The next 20 ms of what is heard here."""
        heard = self._source.read()
        for recorder in self.recorders:
            recorder.tick(heard)
        return heard

    def close(self) -> None:
        self.hear(Silence())
