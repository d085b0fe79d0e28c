"""The switch's names of sounds, as sources: files, `tone_stream://`, `local_stream://`, `silence_stream://`, lists.

Names: https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Modules/mod_tone_stream_1049396 and its
neighbours. Files are read whole before they are heard: reading while somebody listens would be heard as well.
"""

from __future__ import annotations

import wave
from functools import lru_cache
from pathlib import Path

import numpy as np

from switch_simulator.media.ports import FRAME, RATE, ZERO, Pcm, Silence, Source
from switch_simulator.tones import Tone, read_tones

LEVEL = 6000
"""Peak of a tone, about -15 dB."""


class Samples:
    """Sound from memory, once or for ever."""

    def __init__(self, samples: Pcm, *, endless: bool = False) -> None:
        self._samples, self._endless, self._at = samples, endless, 0

    @property
    def over(self) -> bool:
        return not self._endless and self._at >= len(self._samples)

    def read(self) -> Pcm:
        if self.over or not len(self._samples):
            return ZERO
        piece = self._samples[self._at : self._at + FRAME]
        self._at += FRAME
        if len(piece) == FRAME:
            return piece
        if not self._endless:
            return np.concatenate((piece, ZERO[len(piece) :]))
        self._at = FRAME - len(piece)
        return np.concatenate((piece, self._samples[: self._at]))

    def close(self) -> None:
        return


class Chain:
    """One after the other; the last may be endless."""

    def __init__(self, parts: list[Source]) -> None:
        self._parts = parts

    def read(self) -> Pcm:
        while len(self._parts) > 1 and isinstance(self._parts[0], Samples) and self._parts[0].over:
            self._parts.pop(0)
        return self._parts[0].read() if self._parts else ZERO

    def close(self) -> None:
        return


class Sounds:
    """Sounds of one installation. `folder`: of relative names and of the music."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def source(self, name: str) -> Source:
        """What is heard of a name; silence for what there is not."""
        kind, separator, rest = name.partition("://")
        if not separator:
            return Samples(self._file(name))
        match kind:
            case "tone_stream":
                return _tones(rest)
            case "local_stream":
                return Samples(self._stream(rest), endless=True)
            case "file_string":
                return Chain([self.source(part) for part in rest.split("!")])
            case "file":
                return Samples(self._file(rest))
            case _:
                return Silence()

    def _file(self, name: str) -> Pcm:
        path = Path(name)
        return wav(path if path.is_absolute() else self._folder / path)

    def _stream(self, name: str) -> Pcm:
        """The only stream is the music's folder; its files follow each other."""
        files = sorted((self._folder / "music").glob("*.wav"))
        return np.concatenate([wav(file) for file in files]) if files else np.zeros(0, np.int16)


@lru_cache(maxsize=64)
def wav(path: Path) -> Pcm:
    """A file's first channel at 8 kHz; nothing for what is no 16-bit WAV of 8, 16, 24 or 48 kHz."""
    try:
        with wave.open(str(path), "rb") as file:
            rate, channels = file.getframerate(), file.getnchannels()
            if file.getsampwidth() != 2 or rate % RATE:
                return np.zeros(0, np.int16)
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    except (OSError, wave.Error, EOFError):
        return np.zeros(0, np.int16)
    samples, step = samples[::channels], rate // RATE
    whole = len(samples) // step * step
    return samples[:whole].reshape(-1, step).mean(axis=1).astype(np.int16)


def _tones(script: str) -> Source:
    tones, count = read_tones(script)
    samples = np.concatenate([_tone(tone) for tone in tones]) if tones else np.zeros(0, np.int16)
    return Samples(samples, endless=True) if count < 0 else Samples(np.tile(samples, count))


def _tone(tone: Tone) -> Pcm:
    moments = np.arange(tone.on_ms * RATE // 1000) / RATE
    heard = sum((np.sin(2 * np.pi * f * moments) for f in tone.hertz), np.zeros(len(moments)))
    return np.concatenate(((LEVEL * heard).astype(np.int16), np.zeros(tone.off_ms * RATE // 1000, np.int16)))
