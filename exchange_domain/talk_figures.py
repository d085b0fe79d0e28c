"""Who spoke how long in a recorded call, read from the peaks that its player draws. Pure.

Coarse on purpose (a tenth of a second at best): it decides whom to listen to, not what is true. What is measured
precisely, from the sound itself, is another module's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

QUIET = 8
"""Peaks up to this, of 255, are never speech: about -30 dB of full scale."""
ABOVE_NOISE = 3.0
"""Speech is so many times louder than the channel's own noise."""
BRIDGED_MS = 400
"""A pause shorter than this lies inside speech."""


@dataclass(frozen=True)
class TalkFigures:
    """Milliseconds; `first_operator_ms` is none when the operator never spoke."""

    length_ms: int
    operator_ms: int
    contact_ms: int
    both_ms: int
    longest_silence_ms: int
    silences: tuple[tuple[int, int], ...]
    """Stretches in which nobody speaks, from and to."""
    first_operator_ms: int | None


def of_peaks(peaks: bytes, peak_ms: int, *, channels: int = 2) -> TalkFigures:
    """From peaks of contact and operator in turn (tables/recordings.py)."""
    if channels != 2 or peak_ms <= 0:
        return TalkFigures(len(peaks) * max(peak_ms, 0), 0, 0, 0, 0, (), None)
    contact, operator = speaking(peaks[0::2], peak_ms), speaking(peaks[1::2], peak_ms)
    both = sum(a and b for a, b in zip(contact, operator, strict=False))
    silent = [not (a or b) for a, b in zip(contact, operator, strict=False)]
    silences = tuple((start * peak_ms, end * peak_ms) for start, end in runs(silent))
    first = next((place for place, spoken in enumerate(operator) if spoken), None)
    return TalkFigures(
        length_ms=len(silent) * peak_ms,
        operator_ms=sum(operator) * peak_ms,
        contact_ms=sum(contact) * peak_ms,
        both_ms=both * peak_ms,
        longest_silence_ms=max((end - start for start, end in silences), default=0),
        silences=silences,
        first_operator_ms=None if first is None else first * peak_ms,
    )


def speaking(peaks: Sequence[int], peak_ms: int) -> list[bool]:
    """Whether there is speech in each stretch: louder than the channel's noise, short pauses bridged."""
    if not peaks:
        return []
    # The noise is what the quietest fifth is not louder than; a channel that never rests has no pauses to tell it.
    noise = sorted(peaks)[len(peaks) // 5]
    threshold = max(QUIET, min(noise * ABOVE_NOISE, 64))
    loud = [peak > threshold for peak in peaks]
    for start, end in runs([not one for one in loud]):
        if start > 0 and end < len(loud) and (end - start) * peak_ms < BRIDGED_MS:
            loud[start:end] = [True] * (end - start)
    return loud


def runs(marks: Sequence[bool]) -> list[tuple[int, int]]:
    """Stretches of true, from and up to (without)."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for place, mark in enumerate([*marks, False]):
        if mark and start is None:
            start = place
        elif not mark and start is not None:
            found.append((start, place))
            start = None
    return found
