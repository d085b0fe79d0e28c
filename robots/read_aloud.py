"""`python -m robots.read_aloud`: reads the robots' lines aloud again, with espeak-ng, into files.

For who changes the lines; the files are part of the project.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import av

from .persona import LANGUAGES, personas

VOICES = {"ru": ("ru", "150"), "en": ("en-gb", "155")}
"""Voice of espeak-ng and words a minute."""
RATE, BIT_RATE = 16_000, 16_000


def render(language: str, text: str, pitch: int, target: Path) -> None:
    voice, speed = VOICES[language]
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "line.wav"
        subprocess.run(
            ["espeak-ng", "-v", voice, "-s", speed, "-p", str(pitch), "-w", str(wav), "--", text], check=True
        )  # fmt: skip
        _encode(wav, target)


def _encode(wav: Path, target: Path) -> None:
    with av.open(str(wav)) as source, av.open(str(target), "w", format="ogg") as sink:
        stream = sink.add_stream("libopus", rate=RATE)
        stream.layout, stream.bit_rate = "mono", BIT_RATE
        resampler = av.AudioResampler("s16", "mono", RATE)
        for frame in source.decode(audio=0):
            for part in resampler.resample(frame):
                sink.mux(stream.encode(part))
        sink.mux(stream.encode(None))


def main() -> int:
    if shutil.which("espeak-ng") is None:
        print("read_aloud: espeak-ng is not installed", file=sys.stderr)
        return 1
    for persona in personas().values():
        for language in LANGUAGES:
            for number, turn in enumerate(persona.turns, start=1):
                target = persona.sound(language, number)
                target.parent.mkdir(exist_ok=True)
                render(language, turn.line(language), persona.pitch, target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
