"""WAV files as a switch leaves them: whole, or cut off in mid-call with a header that lies about the length."""

import array
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PCM, EXTENSIBLE = 1, 0xFFFE
UNKNOWN_LENGTH = (0, 0xFFFFFFFF)
FRAMES_AT_ONCE = 8_000


class Unreadable(Exception):
    """The file is no WAV of 16-bit samples, so nothing in it can be saved."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Where the samples lie. `repaired`: the header's length was wrong, the file's own size was taken."""

    channels: int
    rate: int
    offset: int
    length: int
    repaired: bool

    @property
    def frames(self) -> int:
        return self.length // (2 * self.channels)

    @property
    def duration_ms(self) -> int:
        return self.frames * 1_000 // self.rate


def look_into(path: Path) -> Sound:
    """Reads the header, and repairs it in thought. Raises Unreadable, OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) != b"RIFF" or len(file.read(4)) < 4 or file.read(4) != b"WAVE":
            raise Unreadable("no RIFF WAVE header")
        format_: tuple[int, int] | None = None
        while len(head := file.read(8)) == 8:
            name, length = head[:4], struct.unpack("<I", head[4:])[0]
            if name == b"fmt ":
                format_ = _format(file.read(length + length % 2))
            elif name == b"data":
                if format_ is None:
                    raise Unreadable("samples before their format")
                return _sound(format_, file, length, size)
            else:
                file.seek(length + length % 2, 1)
    raise Unreadable("no samples")


def _format(chunk: bytes) -> tuple[int, int]:
    if len(chunk) < 16:
        raise Unreadable("format cut off")
    kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", chunk[:16])
    if kind not in (PCM, EXTENSIBLE) or bits != 16 or channels not in (1, 2) or not 8_000 <= rate <= 48_000:
        raise Unreadable("not 16-bit sound in one or two channels")
    return channels, rate


def _sound(format_: tuple[int, int], file: BinaryIO, length: int, size: int) -> Sound:
    channels, rate = format_
    offset = file.tell()
    there = size - offset
    repaired = length in UNKNOWN_LENGTH or length > there or not _ends_in_chunks(file, offset + length, size)
    if repaired:
        length = there
    length -= length % (2 * channels)
    return Sound(channels, rate, offset, length, repaired and length > 0)


def _ends_in_chunks(file: BinaryIO, at: int, size: int) -> bool:
    """Whether what follows the samples are chunks; else they are samples written after the header was."""
    at += at % 2
    while size - at >= 8:
        file.seek(at)
        head = file.read(8)
        if not all(0x20 <= byte < 0x7F for byte in head[:4]):
            return False
        at += 8 + struct.unpack("<I", head[4:])[0]
        at += at % 2
    return at <= size + 1


def samples(path: Path, sound: Sound, frames: int = FRAMES_AT_ONCE) -> "Iterator[array.array[int]]":
    """The samples in pieces of so many frames, channels in turn: memory stays the same for any length."""
    left, piece = sound.length, frames * 2 * sound.channels
    with path.open("rb") as file:
        file.seek(sound.offset)
        while left > 0 and (data := file.read(min(piece, left))):
            left -= len(data)
            part = array.array("h")
            part.frombytes(data[: len(data) - len(data) % (2 * sound.channels)])
            if sys.byteorder == "big":
                part.byteswap()
            yield part
