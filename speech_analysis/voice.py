"""Where somebody speaks in a channel: by its energy against its own noise, in steps of ten milliseconds. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP_S = 0.01
WINDOW = 5
"""Steps over which the energy is smoothed."""
FLOOR_DB = -75.0
LEAST_DB = -50.0
"""Softer than this is nobody on the telephone."""
ABOVE_NOISE_DB = 7.0
BRIDGED_S = 0.3
"""A pause shorter than this lies inside speech."""
SHORTEST_S = 0.09
"""A sound shorter than this is a click or a breath."""


@dataclass(frozen=True)
class Stretch:
    """Seconds from the beginning."""

    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True)
class Voice:
    """`speaking` step by step; `noise_db` in dB of full scale, where nobody speaks in the channel."""

    speaking: NDArray[np.bool_]
    stretches: tuple[Stretch, ...]
    noise_db: float


def decibels(power: NDArray[np.floating]) -> NDArray[np.float64]:
    return 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10)))


def powers(channel: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """Mean square of each step."""
    size = round(rate * STEP_S)
    whole = len(channel) // size * size
    return np.mean(channel[:whole].astype(np.float64).reshape(-1, size) ** 2, axis=1)


def find(channel: NDArray[np.float32], rate: int) -> Voice:
    power = powers(channel, rate)
    if not len(power):
        return Voice(np.zeros(0, np.bool_), (), FLOOR_DB)
    smooth = np.convolve(power, np.ones(WINDOW) / WINDOW, mode="same")
    level = decibels(smooth)
    floor = float(np.percentile(decibels(power), 10))
    loud = float(np.percentile(level, 97))
    # Who talks all the time leaves no noise to measure: then half-way between the loudest and the softest is speech.
    threshold = max(LEAST_DB, min(floor + ABOVE_NOISE_DB, (floor + loud) / 2))
    speaking = level > threshold
    speaking = _without(speaking, False, BRIDGED_S)
    speaking = _without(speaking, True, SHORTEST_S)
    speaking = _trimmed(speaking, decibels(power) > threshold)
    quiet = power[~_widened(speaking)]
    noise = float(decibels(np.array([np.mean(quiet)]))[0]) if len(quiet) >= 10 else floor
    return Voice(speaking, tuple(Stretch(a * STEP_S, b * STEP_S) for a, b in runs(speaking)), noise)


def runs(marks: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of true, from and up to (without)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], marks, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[0::2], edges[1::2], strict=True)]


def _without(marks: NDArray[np.bool_], what: bool, shorter_s: float) -> NDArray[np.bool_]:
    """Stretches of `what` shorter than this become the other; at the edges of the recording they stay."""
    found = marks.copy()
    for a, b in runs(marks == what):
        inside = a > 0 and b < len(marks)
        if (b - a) * STEP_S < shorter_s and (inside or what):
            found[a:b] = not what
    return found


def _trimmed(speaking: NDArray[np.bool_], sharp: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Smoothing makes speech begin early and end late: each stretch goes back to the steps that are loud themselves."""
    found = np.zeros_like(speaking)
    for a, b in runs(speaking):
        inside = np.flatnonzero(sharp[a:b])
        if len(inside):
            found[a + inside[0] : a + inside[-1] + 1] = True
    return found


def _widened(speaking: NDArray[np.bool_], steps: int = 10) -> NDArray[np.bool_]:
    return np.convolve(speaking, np.ones(2 * steps + 1), mode="same") > 0
