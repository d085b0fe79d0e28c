"""`python -m switch_simulator.media.render_lines`: reads the robots' lines aloud again, with espeak-ng, into files.

For who changes the lines; the files are part of the project.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import av

from switch_simulator.media.robots import file_of, personas

VOICES = {"ru": ("ru", "150"), "en": ("en-gb", "155")}
"""Voice of espeak-ng and words a minute."""
RATE, BIT_RATE = 16_000, 16_000
PITCHES = (35, 45, 55, 65, 50, 40)


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
        print("render_lines: espeak-ng is not installed", file=sys.stderr)
        return 1
    for language in VOICES:
        for place, (name, persona) in enumerate(personas(language).items()):
            for number, line in enumerate(persona.lines, start=1):
                target = file_of(language, name, number)
                target.parent.mkdir(exist_ok=True)
                render(language, line, PITCHES[place % len(PITCHES)], target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
