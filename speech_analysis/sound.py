"""A recording as samples: any file that FFmpeg reads, at its own rate."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""A row for each channel, full scale is 1."""
LONGEST_S = 2 * 3600


class Unreadable(ValueError):
    """No sound can be read from the file."""


@dataclass(frozen=True)
class Sound:
    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        return self.samples.shape[1] / self.rate


def read(path: Path) -> Sound:
    """The whole file. Opus tells its rate as 48 kHz whatever was put in: telephone speech is taken back to 8 kHz.

    Raises Unreadable.
    """
    try:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            layout = "stereo" if stream.codec_context.channels == 2 else "mono"
            rate = 8_000 if stream.codec_context.name in ("opus", "libopus") else stream.codec_context.sample_rate
            resampler = av.AudioResampler("fltp", layout, rate)
            parts: list[Samples] = []
            count = 0
            for frame in container.decode(stream):
                for part in resampler.resample(frame):
                    parts.append(_samples(part))
                    count += part.samples
                if count > LONGEST_S * rate:
                    raise Unreadable(f"longer than {LONGEST_S // 3600} hours")
            parts += [_samples(part) for part in resampler.resample(None)]
    except (FFmpegError, IndexError, OSError) as error:
        raise Unreadable(type(error).__name__) from error
    if not parts:
        raise Unreadable("empty")
    return Sound(np.concatenate(parts, axis=1), rate)


def _samples(frame: av.AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray(), np.float32)
