"""Loudness by ITU-R BS.1770 and EBU R 128, as FFmpeg measures it."""

import math
from fractions import Fraction

import av
import numpy as np
from av.error import BlockingIOError
from av.error import EOFError as EndOfFile
from av.filter import Graph
from numpy.typing import NDArray

SILENT_LUFS = -70.0
"""The absolute gate of the standard: nothing is softer."""
PIECE = 48_000


def integrated(channel: NDArray[np.float32], rate: int) -> float:
    """LUFS of one channel, pauses gated out; SILENT_LUFS for silence and for less than the standard's 0.4 s."""
    graph = Graph()
    source = graph.add_abuffer(sample_rate=rate, format="flt", layout="mono", time_base=Fraction(1, rate))
    resample = graph.add("aresample", "48000")
    meter = graph.add("ebur128", "metadata=1:framelog=quiet")
    sink = graph.add("abuffersink")
    for one, next_one in ((source, resample), (resample, meter), (meter, sink)):
        one.link_to(next_one)
    graph.configure()
    loudness = SILENT_LUFS
    for at in range(0, len(channel), PIECE):
        piece = np.ascontiguousarray(channel[at : at + PIECE], dtype=np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(piece, format="flt", layout="mono")
        frame.sample_rate, frame.pts = rate, at
        graph.push(frame)
        loudness = _drained(graph, loudness)
    graph.push(None)
    return _drained(graph, loudness)


def _drained(graph: Graph, loudness: float) -> float:
    while True:
        try:
            told = graph.pull().metadata.get("lavfi.r128.I")  # type: ignore[union-attr]
        except (EndOfFile, BlockingIOError):
            return loudness
        if told is not None and math.isfinite(float(told)):
            loudness = max(SILENT_LUFS, float(told))
