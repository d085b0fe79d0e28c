"""Contacts that speak: each says a line, waits until the other has spoken, and says the next."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import numpy as np

from switch_simulator.behaviour import fraction_of
from switch_simulator.media.ports import FRAME, RATE, STEP_S, ZERO, Pcm, Port

LINES = Path(__file__).with_name("lines")
VOICE = 300
"""Mean loudness of a step that counts as voice."""
SPOKEN_S = 0.2
PAUSE_S = 0.6
"""So long a silence after somebody spoke means that it is the robot's turn."""
FIRST_S = 0.4
PATIENCE_S = 8.0
"""A robot to whom nobody speaks says its line again."""


@dataclass(frozen=True)
class Persona:
    name: str
    lines: tuple[str, ...]
    """Text to be read aloud, in the order of the talk."""


@cache
def personas(language: str) -> dict[str, Persona]:
    data = tomllib.loads((LINES / f"{language}.toml").read_text(encoding="utf-8"))
    return {name: Persona(name, tuple(entry["lines"])) for name, entry in data.items()}


def file_of(language: str, persona: str, number: int) -> Path:
    return LINES / language / f"{persona}-{number}.ogg"


def persona_of(number: str, says: str) -> tuple[str, Persona]:
    """Language and persona of a telephone number: by its country, and by what its behaviour says or by chance."""
    language = "ru" if number.lstrip("+").startswith("7") else "en"
    all_of_them = personas(language)
    if says in all_of_them:
        return language, all_of_them[says]
    talkers = [persona for name, persona in all_of_them.items() if name != "voicemail"]
    return language, talkers[int(fraction_of(number, "persona") * len(talkers)) % len(talkers)]


@cache
def speech(path: Path) -> Pcm:
    """A line, decoded once."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("s16", "mono", RATE)
        parts = [
            part.to_ndarray()[0] for frame in container.decode(audio=0) for part in resampler.resample(frame)
        ]  # fmt: skip
    return np.concatenate(parts).astype(np.int16) if parts else np.zeros(0, np.int16)


class Talk:
    """The robot's side of a conversation, step by step: what is heard goes in, what is said comes out."""

    def __init__(self, lines: list[Pcm]) -> None:
        self._lines, self._next = lines, 0
        self._saying: Iterator[Pcm] | None = None
        self._spoken_s = 0.0
        self._silent_s = PATIENCE_S - FIRST_S
        """Since somebody was heard; at first nearly as if patience were at an end: robots answer with a word."""

    def step(self, heard: Pcm) -> Pcm:
        if self._saying is not None:
            piece = next(self._saying, None)
            if piece is not None:
                return piece
            self._saying, self._spoken_s, self._silent_s = None, 0.0, 0.0
        if np.abs(heard.astype(np.int32)).mean() > VOICE:
            self._spoken_s, self._silent_s = self._spoken_s + STEP_S, 0.0
        else:
            self._silent_s += STEP_S
        if self._spoken_s >= SPOKEN_S and self._silent_s >= PAUSE_S:
            self._say(self._next)
        elif self._silent_s >= PATIENCE_S:
            self._say(max(0, self._next - 1))
        return ZERO

    def _say(self, number: int) -> None:
        """Who has said everything says the last again."""
        self._spoken_s = self._silent_s = 0.0
        number = min(number, len(self._lines) - 1)
        self._saying, self._next = _frames(self._lines[number]), number + 1


def _frames(line: Pcm) -> Iterator[Pcm]:
    for at in range(0, len(line), FRAME):
        piece = line[at : at + FRAME]
        yield piece if len(piece) == FRAME else np.concatenate((piece, ZERO[len(piece) :]))


class Robot:
    """A port that talks by itself; silent until the call is answered."""

    def __init__(self, number: str, says: str) -> None:
        self.port = Port()
        language, persona = persona_of(number, says)
        files = [file_of(language, persona.name, i) for i in range(1, len(persona.lines) + 1)]
        self._talk = Talk([speech(file) for file in files])

    def step(self, answered: bool) -> None:
        heard = self.port.tick()
        self.port.say(self._talk.step(heard) if answered else ZERO)
