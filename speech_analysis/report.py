"""The figures of a talk of two, per channel and between them. Pure, but for the loudness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .loudness import SILENT_LUFS, integrated
from .sound import Sound
from .voice import STEP_S, Stretch, Voice, decibels, find, powers, runs

TURN_S = 0.4
"""The other has spoken so long before one begins: beginning then is an interruption."""
GOES_ON_S = 0.3
"""And goes on so long after it."""
ANSWER_WITHIN_S = 10.0
"""What comes later answers nothing."""
FULL_SCALE = 0.985
CLIPPED_RUN = 3
"""So many samples in a row at full scale are clipped."""
DIP_DB = 2.5
"""Between two syllables the energy sinks at least so far."""
SMOOTH_STEPS = 5
PIECE_S = 10.0
"""The pace is told for pieces so long."""
SHORTEST_PACED_S = 0.5
"""A shorter stretch says nothing of the pace."""


@dataclass(frozen=True)
class Channel:
    """One speaker. Times in seconds, shares from 0 to 1; None where there was nothing to measure."""

    speech_s: float
    speech_share: float
    """Of the whole recording."""
    longest_pause_s: float
    """The longest stretch in which this one says nothing."""
    first_word_s: float | None
    answer_delay_s: float | None
    """The middle one of the times from the other's end to this one's beginning."""
    slowest_answer_s: float | None
    slowest_answer_at: float | None
    """When the other had ended."""
    interruptions: int
    interrupted_at: tuple[float, ...]
    """When this one began while the other was speaking."""
    pace: float | None
    """Syllables a second of speech."""
    paces: tuple[tuple[float, float], ...]
    """The same piece by piece: when the piece begins, and its pace; pieces without speech are left out."""
    loudness_lufs: float
    noise_db: float
    """Of full scale, where this one does not speak."""
    clipped_share: float
    """Of the samples of speech."""
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Report:
    """`both_s`: both speak. `silence_s`: nobody does; `longest_silence_s` the longest of it, which begins at `_at`."""

    seconds: float
    channels: tuple[Channel, ...]
    both_s: float
    silence_s: float
    longest_silence_s: float
    longest_silence_at: float


def measure(sound: Sound) -> Report:
    """Of a recording with one or two channels."""
    voices = [find(channel, sound.rate) for channel in sound.samples]
    channels = tuple(_channel(sound, place, voices) for place in range(len(voices)))
    spoken = [voice.speaking for voice in voices]
    both = np.logical_and.reduce(spoken) if len(spoken) > 1 else np.zeros(len(spoken[0]), np.bool_)
    nobody = ~np.logical_or.reduce(spoken)
    silence_at, silence_s = _longest(nobody)
    return Report(
        seconds=sound.seconds, channels=channels, both_s=float(both.sum()) * STEP_S,
        silence_s=float(nobody.sum()) * STEP_S, longest_silence_s=silence_s, longest_silence_at=silence_at,
    )  # fmt: skip


def _longest(marks: NDArray[np.bool_]) -> tuple[float, float]:
    """When the longest stretch begins, and its length."""
    begin, end = max(runs(marks), key=lambda run: run[1] - run[0], default=(0, 0))
    return begin * STEP_S, (end - begin) * STEP_S


def _channel(sound: Sound, place: int, voices: list[Voice]) -> Channel:
    voice, samples = voices[place], sound.samples[place]
    others = [one for at, one in enumerate(voices) if at != place]
    delays = answers(voice.stretches, others[0].stretches) if others else []
    slowest = max(delays, key=lambda one: one[1], default=None)
    interrupted = interruptions(voice.stretches, others[0].stretches) if others else ()
    speech_s = float(voice.speaking.sum()) * STEP_S
    spoken = _samples_of(voice.speaking, samples, sound.rate)
    return Channel(
        speech_s=speech_s,
        speech_share=speech_s / sound.seconds if sound.seconds else 0.0,
        longest_pause_s=_longest(~voice.speaking)[1],
        first_word_s=voice.stretches[0].start if voice.stretches else None,
        answer_delay_s=float(np.median([delay for _, delay in delays])) if delays else None,
        slowest_answer_s=slowest[1] if slowest else None,
        slowest_answer_at=slowest[0] if slowest else None,
        interruptions=len(interrupted),
        interrupted_at=interrupted,
        pace=pace(samples, sound.rate, voice),
        paces=paces(samples, sound.rate, voice),
        loudness_lufs=integrated(spoken, sound.rate) if len(spoken) else SILENT_LUFS,
        noise_db=voice.noise_db,
        clipped_share=clipped(samples) / len(spoken) if len(spoken) else 0.0,
        stretches=voice.stretches,
    )


def _samples_of(speaking: NDArray[np.bool_], samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    size = round(rate * STEP_S)
    return samples[: len(speaking) * size][np.repeat(speaking, size)]


def answers(own: tuple[Stretch, ...], other: tuple[Stretch, ...]) -> list[tuple[float, float]]:
    """Each end of the other's turn, and the time to the beginning of the answer, if it is this one who speaks next."""
    found: list[tuple[float, float]] = []
    for turn in other:
        if any(mine.start < turn.end < mine.end for mine in own):
            continue
        starts = [mine.start for mine in own if mine.start >= turn.end]
        if not starts or starts[0] - turn.end > ANSWER_WITHIN_S:
            continue
        if not any(turn.end < again.start < starts[0] for again in other):
            found.append((turn.end, starts[0] - turn.end))
    return found


def interruptions(own: tuple[Stretch, ...], other: tuple[Stretch, ...]) -> tuple[float, ...]:
    """When this one begins while the other is speaking, and the other goes on."""
    return tuple(
        mine.start
        for mine in own
        if any(turn.start + TURN_S <= mine.start and mine.start + GOES_ON_S <= turn.end for turn in other)
    )


def pace(samples: NDArray[np.float32], rate: int, voice: Voice) -> float | None:
    """Syllables a second: peaks of the energy with a dip before each."""
    return _pace_of(_level(samples, rate), runs(voice.speaking))


def paces(samples: NDArray[np.float32], rate: int, voice: Voice) -> tuple[tuple[float, float], ...]:
    """Piece by piece; a stretch belongs to the piece in which it begins."""
    level, size = _level(samples, rate), round(PIECE_S / STEP_S)
    pieces: dict[int, list[tuple[int, int]]] = {}
    for a, b in runs(voice.speaking):
        pieces.setdefault(a // size, []).append((a, b))
    found = ((piece * PIECE_S, _pace_of(level, stretches)) for piece, stretches in sorted(pieces.items()))
    return tuple((at, value) for at, value in found if value is not None)


def _level(samples: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    return decibels(np.convolve(powers(samples, rate), np.ones(SMOOTH_STEPS) / SMOOTH_STEPS, mode="same"))


def _pace_of(level: NDArray[np.float64], stretches: list[tuple[int, int]]) -> float | None:
    count, length = 0, 0.0
    for a, b in stretches:
        if (b - a) * STEP_S >= SHORTEST_PACED_S:
            count += _peaks(level[a:b])
            length += (b - a) * STEP_S
    return count / length if length else None


def _peaks(level: NDArray[np.float64]) -> int:
    """Turning points that stand out by DIP_DB from what is before and after."""
    count, rising, low, high = 0, True, float(level[0]), float(level[0])
    for value in level:
        if rising:
            high = max(high, value)
            if high - value >= DIP_DB:
                count, rising, low = count + 1, False, value
        else:
            low = min(low, value)
            if value - low >= DIP_DB:
                rising, high = True, value
    return count + (1 if rising and high - low >= DIP_DB else 0)


def clipped(samples: NDArray[np.float32]) -> int:
    """Samples in runs at full scale."""
    return sum(b - a for a, b in runs(np.abs(samples) >= FULL_SCALE) if b - a >= CLIPPED_RUN)
