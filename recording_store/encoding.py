"""A switch's WAV as Opus in Ogg. `python -m recording_store.encoding WAV OGG` does one file and says what it made.

A process for each file, at low priority: whatever happens in it touches nothing else, and its memory is given back.
"""

import base64
import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from .peaks import Peaks
from .wav import Unreadable, look_into, samples

MEDIA_TYPE = "audio/ogg; codecs=opus"
BITS_A_CHANNEL = 12_000
NICE = 10
EMPTY, UNREADABLE, NO_SPACE = 3, 4, 5
"""Exit statuses: no samples in the file; not a WAV; no room for the result."""
NO_SPACE_ERRORS = (28, 122)
"""ENOSPC, EDQUOT."""


class Empty(Exception):
    """A WAV without samples."""


@dataclass(frozen=True)
class Encoded:
    duration_ms: int
    channels: int
    size_bytes: int
    sha256: str
    peaks: bytes
    peak_ms: int
    repaired: bool
    """The WAV was cut off; what was in it is here."""


def encode(source: Path, target: Path) -> Encoded:
    """Raises Empty, Unreadable, OSError. The same samples always give the same bytes."""
    import av

    sound = look_into(source)
    if sound.frames == 0:
        raise Empty
    peaks = Peaks(sound.channels, sound.rate)
    # Without bitexact the stream gets a number by chance, and a repeated upload another checksum.
    with av.open(str(target), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=sound.rate, options={"application": "voip"})
        layout = "stereo" if sound.channels == 2 else "mono"
        stream.layout, stream.bit_rate = layout, BITS_A_CHANNEL * sound.channels
        stream.codec_context.format = "s16"
        done = 0
        for part in samples(source, sound):
            peaks.add(part)
            count = len(part) // sound.channels
            frame = av.AudioFrame(format="s16", layout=layout, samples=count, align=1)
            frame.planes[0].update(part.tobytes())
            frame.sample_rate, frame.pts = sound.rate, done
            done += count
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    size, checksum = measured(target)
    return Encoded(
        done * 1_000 // sound.rate, sound.channels, size, checksum, peaks.result(), peaks.peak_ms, sound.repaired
    )


def measured(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), checksum


def read(said: bytes) -> Encoded:
    """What a process of this module said."""
    values = json.loads(said)
    return Encoded(**values | {"peaks": base64.b64decode(values["peaks"])})


def main(arguments: list[str]) -> int:
    os.nice(NICE)
    try:
        made = encode(Path(arguments[0]), Path(arguments[1]))
    except Empty:
        return EMPTY
    except Unreadable as problem:
        print(problem, file=sys.stderr)
        return UNREADABLE
    except OSError as problem:
        print(type(problem).__name__, problem.errno, file=sys.stderr)
        return NO_SPACE if problem.errno in NO_SPACE_ERRORS else 1
    print(json.dumps(asdict(made) | {"peaks": base64.b64encode(made.peaks).decode()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
