"""What was measured in the calls of a test or a lesson, as it is kept and shown. Shares and points are of a hundred,
times in tenths of a second unless the name says otherwise.
"""

from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Score(_Kept):
    """clear, prompt, listens, steady, pace, result; with a recogniser also script."""

    code: str
    points: int
    mark: int
    """What was needed on that day."""


class CallLine(_Kept):
    """One call. None: there was nothing to measure."""

    place: int
    persona: str
    call_id: UUID
    outcome: str
    fits: bool
    """The result that was written fits the talk."""
    length: int
    heard: bool
    """There is a recording, and it was measured."""
    operator: int = 0
    robot: int = 0
    silence: int = 0
    first_word: int | None = None
    answer_delay: int | None = None
    longest_silence: int | None = None
    interruptions: int = 0
    pace: int | None = None
    """Tenths of a syllable a second."""
    loudness: int | None = None
    """LUFS, EBU R 128."""
    noise: int | None = None
    """dB of full scale."""
    clipped: int = 0
    """Thousandths of the speech."""


class PacePoint(_Kept):
    at_s: int
    """From the beginning of the first call, all calls one after the other."""
    pace: int


class Moment(_Kept):
    """Worth hearing. good_start, late_start, interrupted, long_silence, slow_answer; `value` is what was measured."""

    place: int
    call_id: UUID
    at_ms: int
    code: str
    value: int
    good: bool


class AimLine(_Kept):
    measure: str
    bound: int
    value: int | None
    met: bool


class PracticeReport(_Kept):
    scores: tuple[Score, ...]
    calls: tuple[CallLine, ...]
    paces: tuple[PacePoint, ...] = ()
    moments: tuple[Moment, ...] = ()
    aims: tuple[AimLine, ...] = ()
    """Of a lesson."""
    operator: int = 0
    robot: int = 0
    silence: int = 0
