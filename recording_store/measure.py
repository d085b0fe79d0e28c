"""`python -m recording_store.measure [MINUTES]`: what one recording costs: CPU, memory, bytes. Default: an hour."""

import math
import random
import resource
import struct
import subprocess
import sys
import time
from array import array
from pathlib import Path
from tempfile import TemporaryDirectory

from .encoding import read

RATE = 8_000
SEED = 7


def turns(seconds: int, chance: random.Random) -> "array[int]":
    """Speech-like sound of two people who take turns: syllables, pitch, harmonics, and a little noise."""
    samples = array("h")
    pitch = (120, 190)
    noise = [chance.gauss(0, 120) for _ in range(RATE)]
    for i in range(seconds * RATE):
        speaker = i // (3 * RATE) % 2
        tone = 2 * math.pi * (pitch[speaker] + 15 * math.sin(i / 3_000)) * i / RATE
        loud = max(0.0, math.sin(2 * math.pi * 2 * i / RATE)) * 3_000
        voice = loud * (math.sin(tone) + 0.5 * math.sin(2 * tone) + 0.3 * math.sin(7 * tone))
        quiet = noise[(i * 7) % RATE]
        pair = (voice + noise[i % RATE], quiet) if speaker == 0 else (quiet, voice + noise[i % RATE])
        samples.extend(max(-32768, min(32767, int(value))) for value in pair)
    return samples


def write(path: Path, minutes: int) -> None:
    minute = turns(60, random.Random(SEED)).tobytes()
    size = len(minute) * minutes
    with path.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt ")
        file.write(struct.pack("<IHHIIHH", 16, 1, 2, RATE, RATE * 4, 4, 16) + b"data" + struct.pack("<I", size))
        for _ in range(minutes):
            file.write(minute)


def main(arguments: list[str]) -> int:
    minutes = int(arguments[0]) if arguments else 60
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "call.wav", Path(folder) / "call.ogg"
        write(source, minutes)
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "recording_store.encoding", str(source), str(target)],
            capture_output=True,
            check=True,
        )
        wall = time.monotonic() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        encoded = read(done.stdout)
        wav_size = source.stat().st_size
    cpu = used.ru_utime + used.ru_stime
    print(f"recorded           {minutes} min, stereo, 8 kHz")
    print(f"CPU                {cpu:.2f} s, {cpu / minutes:.3f} s a recorded minute ({wall:.2f} s on the clock)")
    print(f"memory at most     {used.ru_maxrss / 1024:.0f} MB")
    print(f"WAV                {wav_size / minutes / 1000:.0f} kB a minute")
    print(f"Opus               {encoded.size_bytes / minutes / 1000:.0f} kB a minute")
    print(f"peaks              {len(encoded.peaks)} bytes, one each {encoded.peak_ms} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
