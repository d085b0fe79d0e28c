"""Contacts that speak: each says a line, waits until it is its turn, and says the next, as its persona is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import av
import numpy as np

from robots import numbers
from robots.persona import Persona, personas
from switch_simulator.behaviour import fraction_of
from switch_simulator.media.ports import FRAME, RATE, STEP_S, ZERO, Pcm, Port

VOICE = 300
"""Mean loudness of a step that counts as voice."""
SPOKEN_S = 0.2
FIRST_S = 0.4
LEAVES_S = 0.5
"""After its last word, whoever hangs up."""


def persona_of(number: str, says: str) -> tuple[str, Persona]:
    """Language and persona of a telephone number: a robot's own, or by its country and by what its behaviour says, or
    by chance."""
    if (own := numbers.answering(number)) is not None:
        return own
    language = "ru" if number.lstrip("+").startswith("7") else "en"
    known = personas()
    if says in known:
        return language, known[says]
    talkers = [persona for persona in known.values() if persona.listens]
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

    def __init__(self, persona: Persona, sounds: Sequence[Pcm]) -> None:
        self._persona, self._sounds = persona, sounds
        self._next = 0
        self._saying: Iterator[Pcm] | None = None
        self._spoken_s = 0.0
        self._silent_s = persona.patience_s - FIRST_S
        """Since somebody was heard; at first nearly as if patience were at an end: robots answer with a word."""
        self._said_s = 0.0
        """Since its own last word."""

    @property
    def over(self) -> bool:
        """It has said its goodbye: it hangs up, whoever speaks."""
        return self._leaves() and self._saying is None and self._said_s >= LEAVES_S

    def step(self, heard: Pcm) -> Pcm:
        if self._saying is not None:
            piece = next(self._saying, None)
            if piece is not None:
                return piece
            self._saying, self._spoken_s, self._silent_s, self._said_s = None, 0.0, 0.0, 0.0
        self._said_s += STEP_S
        if self._persona.listens and np.abs(heard.astype(np.int32)).mean() > VOICE:
            self._spoken_s, self._silent_s = self._spoken_s + STEP_S, 0.0
        else:
            self._silent_s += STEP_S
        if self._is_its_turn():
            self._say(self._next)
        elif self._silent_s >= self._persona.patience_s:
            self._say(max(0, self._next - 1))
        return ZERO

    def _is_its_turn(self) -> bool:
        if self._spoken_s < SPOKEN_S or self._leaves():
            return False
        interrupts_s = self._persona.turns[min(self._next, len(self._sounds) - 1)].interrupts_after_s
        return self._silent_s >= self._persona.pause_s or (interrupts_s is not None and self._spoken_s >= interrupts_s)

    def _leaves(self) -> bool:
        return self._next > 0 and self._persona.turns[self._next - 1].hangs_up

    def _say(self, number: int) -> None:
        """Who has said everything says the last again."""
        self._spoken_s = self._silent_s = 0.0
        number = min(number, len(self._sounds) - 1)
        self._saying, self._next = _frames(self._sounds[number]), number + 1


def _frames(line: Pcm) -> Iterator[Pcm]:
    for at in range(0, len(line), FRAME):
        piece = line[at : at + FRAME]
        yield piece if len(piece) == FRAME else np.concatenate((piece, ZERO[len(piece) :]))


class Robot:
    """A port that talks by itself; silent until the call is answered."""

    def __init__(self, number: str, says: str) -> None:
        self.port = Port()
        language, persona = persona_of(number, says)
        sounds = [speech(persona.sound(language, n)) for n in range(1, len(persona.turns) + 1)]
        self._talk = Talk(persona, sounds)

    def step(self, answered: bool) -> bool:
        """Whether it stays on the line."""
        heard = self.port.tick()
        self.port.say(self._talk.step(heard) if answered else ZERO)
        return not self._talk.over
