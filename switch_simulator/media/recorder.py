"""A leg's stereo recording: left is who is at the other end of the leg, right is what that person hears."""

from __future__ import annotations

import wave
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from switch_simulator.media.ports import FRAME, RATE, Pcm, Port, Tap

BLOCK = 25
"""Frames written at once, half a second: a file is slower than the sound's clock allows."""


class StereoRecorder:
    """`masked` is asked at each step: nothing is kept then, and the length goes on."""

    def __init__(self, port: Port, file: Path, *, stereo: bool, masked: Callable[[], bool]) -> None:
        self._port, self._masked, self._channels = port, masked, 2 if stereo else 1
        self._tap = Tap(port)
        self._block: list[Pcm] = []
        self._wave = wave.open(str(file), "wb")  # noqa: SIM115 - open as long as the leg is recorded
        self._wave.setnchannels(self._channels)
        self._wave.setsampwidth(2)
        self._wave.setframerate(RATE)
        port.recorders.append(self)

    def tick(self, heard: Pcm) -> None:
        said = self._tap.read()
        pair = np.zeros((FRAME, 2), np.int16)
        if not self._masked():
            pair[:, 0], pair[:, 1] = said, heard
        if self._channels == 1:
            pair = pair.astype(np.int32).sum(axis=1, keepdims=True).clip(-32768, 32767).astype(np.int16)
        self._block.append(pair)
        if len(self._block) >= BLOCK:
            self._flush()

    def _flush(self) -> None:
        # A full disk: the call goes on, the file stays short.
        with suppress(OSError):
            self._wave.writeframes(b"".join(pair.tobytes() for pair in self._block))
        self._block.clear()

    def close(self) -> None:
        """The file has its length and its head; again, nothing happens."""
        if self in self._port.recorders:
            self._port.recorders.remove(self)
            self._tap.close()
            self._flush()
            with suppress(OSError):
                self._wave.close()
