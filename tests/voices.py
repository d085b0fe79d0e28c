"""Talks made from nothing, whose truth is known: who speaks from when to when, how loud, how fast, over what noise."""

import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

RATE = 8_000
CONTACT, OPERATOR = 0, 1
PITCH = (190.0, 120.0)
SYLLABLES_A_S = 4.0


@dataclass(frozen=True)
class Speech:
    """One stretch of speech: channel, from and to in seconds, its level in dB of full scale (RMS while it sounds)."""

    who: int
    start: float
    end: float
    level_db: float = -20.0
    syllables_a_s: float = SYLLABLES_A_S


@dataclass(frozen=True)
class Talk:
    seconds: float
    speech: Sequence[Speech]
    noise_db: tuple[float, float] = (-70.0, -70.0)
    """Of contact and operator."""
    gain: float = 1.0
    """All of it times this, then cut off at full scale: clipping."""
    seed: int = 1
    hum: float = field(default=0.0)


def voice(speech: Speech, chance: np.random.Generator) -> np.ndarray:
    """Syllables of a pitched tone with harmonics and a hiss; its RMS is the wanted level."""
    count = round((speech.end - speech.start) * RATE)
    at = np.arange(count) / RATE
    pitch = PITCH[speech.who] * (1 + 0.06 * np.sin(2 * np.pi * 0.7 * at))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    tone = sum(np.sin(n * phase) / n for n in range(1, 8))
    # Each syllable swells and sinks, and never falls to silence inside speech.
    swell = 0.12 + 0.88 * np.abs(np.sin(np.pi * speech.syllables_a_s * at)) ** 1.5
    sound = (tone + 0.15 * chance.standard_normal(count)) * swell
    return sound * (10 ** (speech.level_db / 20) / np.sqrt(np.mean(sound**2)))


def made(talk: Talk) -> np.ndarray:
    """Samples as int16, a row for each channel: contact, operator."""
    chance = np.random.default_rng(talk.seed)
    count = round(talk.seconds * RATE)
    both = np.stack([chance.standard_normal(count) * 10 ** (db / 20) for db in talk.noise_db])
    for one in talk.speech:
        sound = voice(one, chance)
        start = round(one.start * RATE)
        both[one.who, start : start + len(sound)] += sound[: count - start]
    return np.clip(np.round(both * talk.gain * 32_767), -32_768, 32_767).astype(np.int16)


def write(talk: Talk, path: Path) -> Path:
    """As the switch records: WAV, 8 kHz, stereo."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(made(talk).T.tobytes())
    return path


def conversation(seconds: float, *, silence: tuple[float, float] | None = None) -> Talk:
    """An ordinary talk: the operator greets, both take turns; perhaps nobody speaks for a while."""
    speech: list[Speech] = []
    at, who = 0.4, OPERATOR
    while at < seconds - 3:
        length = 3.2 if who == OPERATOR else 1.8
        if silence is None or at + length < silence[0] or at > silence[1]:
            speech.append(Speech(who, at, at + length))
        at, who = at + length + 0.5, 1 - who
    return Talk(seconds, speech)
