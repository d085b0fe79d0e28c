"""Scripts of `tone_stream://`, as the switch reads them: `%(on, off, Hz, Hz …)`, options after a semicolon.

https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Modules/mod_tone_stream_1049396
"""

import re
from typing import NamedTuple

_TONE = re.compile(r"%\(\s*(\d+)\s*,\s*(\d+)((?:\s*,\s*[\d.]+)*)")


class Tone(NamedTuple):
    on_ms: int
    off_ms: int
    hertz: tuple[float, ...]


def read_tones(script: str) -> tuple[list[Tone], int]:
    """The tones in order, and how often they are heard; less than 0 is without end."""
    tones, _, options = script.partition(";")
    loops = re.search(r"loops=(-?\d+)", options)
    count = int(loops.group(1)) if loops else 1
    found = [
        Tone(int(on), int(off), tuple(float(figure) for figure in figures.split(",") if figure.strip()))
        for on, off, figures in _TONE.findall(tones)
    ]
    return found, count if count < 0 else max(1, count)
