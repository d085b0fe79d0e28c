"""From what was heard to a report: points, moments, whether it is passed. Pure.

Each score is of a hundred and falls in a straight line from the best value to the worst; the bounds stand here in one
place. What an ear finds comfortable: 3 to 6 syllables a second, -30 to -14 LUFS on a telephone line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from .lessons import KEYWORDS, Lesson
from .reports import AimLine, CallLine, Moment, PacePoint, PracticeReport, Score

SCORES = ("clear", "prompt", "listens", "steady", "pace", "result", "script")
SOFTEST_LUFS, LOUDEST_LUFS, LUFS_POINTS = -30.0, -14.0, 6.0
QUIET_DB, NOISE_POINTS = -45.0, 3.0
CLIPPED_POINTS = 20.0
"""For each hundredth of the speech."""
FIRST_BEST_S, FIRST_WORST_S = 2.0, 10.0
DELAY_BEST_S, DELAY_WORST_S = 1.5, 8.0
INTERRUPTION_POINTS = 25.0
SILENCE_BEST_S, SILENCE_WORST_S = 5.0, 20.0
SLOWEST, FASTEST, PACE_POINTS = 3.0, 6.0, 40.0
LATE_START_S, LONG_SILENCE_S, SLOW_ANSWER_S = 5.0, 6.0, 5.0
MOST_MOMENTS = 8


@dataclass(frozen=True)
class Heard:
    """What was measured in one recording, from the answer on. Seconds; shares from 0 to 1."""

    seconds: float
    operator: float
    robot: float
    silence: float
    first_word_s: float | None
    answer_delay_s: float | None
    slowest_answer: tuple[float, float] | None
    """When it began, and how long it took."""
    interruptions: tuple[float, ...]
    """When."""
    longest_silence: tuple[float, float] | None
    """When it began, and how long it was."""
    pace: float | None
    paces: tuple[tuple[float, float], ...]
    loudness_lufs: float
    noise_db: float
    clipped: float
    words: str | None = None
    """What the operator said, where speech is recognised."""


@dataclass(frozen=True)
class Practised:
    """One call of a run as it ended; `heard` is none without a recording."""

    place: int
    persona: str
    call_id: UUID
    outcome: str
    fits: bool
    length_s: float
    heard: Heard | None


def falling(value: float, best: float, worst: float) -> float:
    """100 up to the best, 0 from the worst on, a straight line between."""
    return 100 * min(1.0, max(0.0, (worst - value) / (worst - best)))


def clear(heard: Heard) -> float:
    outside = max(SOFTEST_LUFS - heard.loudness_lufs, heard.loudness_lufs - LOUDEST_LUFS, 0.0)
    noise = max(heard.noise_db - QUIET_DB, 0.0)
    return max(0.0, 100 - LUFS_POINTS * outside - NOISE_POINTS * noise - CLIPPED_POINTS * 100 * heard.clipped)


def prompt(heard: Heard) -> float:
    first = 0.0 if heard.first_word_s is None else falling(heard.first_word_s, FIRST_BEST_S, FIRST_WORST_S)
    if heard.answer_delay_s is None:
        return first
    return (first + falling(heard.answer_delay_s, DELAY_BEST_S, DELAY_WORST_S)) / 2


def listens(heard: Heard) -> float:
    """Who never speaks interrupts nobody, and does not listen either."""
    return 0.0 if heard.first_word_s is None else max(0.0, 100 - INTERRUPTION_POINTS * len(heard.interruptions))


def steady(heard: Heard) -> float:
    if heard.first_word_s is None:
        return 0.0
    return falling(heard.longest_silence[1] if heard.longest_silence else 0.0, SILENCE_BEST_S, SILENCE_WORST_S)


def pace(heard: Heard) -> float:
    if heard.pace is None:
        return 0.0
    return max(0.0, 100 - PACE_POINTS * max(SLOWEST - heard.pace, heard.pace - FASTEST, 0.0))


def coverage(words: str, language: str) -> float:
    """Share of the script's words that were said."""
    said = words.casefold()
    groups = KEYWORDS[language]
    return 100 * sum(any(stem in said for stem in group) for group in groups) / len(groups)


_BY_EAR = {"clear": clear, "prompt": prompt, "listens": listens, "steady": steady, "pace": pace}


def points(calls: Sequence[Practised], language: str) -> dict[str, int]:
    """By code. A call without a recording counts for what was written only; none at all gives no points by ear."""
    heard = [call.heard for call in calls if call.heard is not None]
    found = {code: sum(score(one) for one in heard) / len(heard) if heard else 0.0 for code, score in _BY_EAR.items()}
    found["result"] = 100 * sum(call.fits for call in calls) / len(calls)
    recognised = [one.words for one in heard if one.words is not None]
    if recognised:
        found["script"] = sum(coverage(words, language) for words in recognised) / len(recognised)
    return {code: round(value) for code, value in found.items()}


def report(
    calls: Sequence[Practised], language: str, marks: Mapping[str, int], lesson: Lesson | None
) -> PracticeReport:
    """`marks`: points that are needed, by code of the score."""
    lines = tuple(_line(call) for call in calls)
    total = sum(call.heard.seconds for call in calls if call.heard) or 1.0

    def share(part: str) -> int:
        return round(100 * sum(getattr(c.heard, part) * c.heard.seconds for c in calls if c.heard) / total)

    return PracticeReport(
        scores=tuple(Score(code=c, points=n, mark=marks.get(c, 0)) for c, n in points(calls, language).items()),
        calls=lines, paces=_paces(calls), moments=_moments(calls),
        aims=() if lesson is None else _aims(lesson, lines[0]),
        operator=share("operator"), robot=share("robot"), silence=share("silence"),
    )  # fmt: skip


def passed(found: PracticeReport, lesson: Lesson | None) -> bool:
    """A lesson by its aims, a test by all its marks."""
    if lesson is not None:
        return all(aim.met for aim in found.aims)
    return all(score.points >= score.mark for score in found.scores)


def _tenths(value: float | None) -> int | None:
    return None if value is None else round(10 * value)


def _line(call: Practised) -> CallLine:
    known = {
        "place": call.place, "persona": call.persona, "call_id": call.call_id, "outcome": call.outcome,
        "fits": call.fits, "length": round(10 * call.length_s), "heard": call.heard is not None,
    }  # fmt: skip
    heard = call.heard
    if heard is None:
        return CallLine(**known)
    return CallLine(
        **known, operator=round(100 * heard.operator), robot=round(100 * heard.robot),
        silence=round(100 * heard.silence), first_word=_tenths(heard.first_word_s),
        answer_delay=_tenths(heard.answer_delay_s),
        longest_silence=_tenths(heard.longest_silence[1]) if heard.longest_silence else None,
        interruptions=len(heard.interruptions), pace=_tenths(heard.pace), loudness=round(heard.loudness_lufs),
        noise=round(heard.noise_db), clipped=round(1000 * heard.clipped),
    )  # fmt: skip


def _aims(lesson: Lesson, line: CallLine) -> tuple[AimLine, ...]:
    by_measure: dict[str, int | None] = {
        "first_word": line.first_word, "answer_delay": line.answer_delay, "longest_silence": line.longest_silence,
        "interruptions": line.interruptions if line.first_word is not None else None,
        "length": line.length or None, "result": int(line.fits),
    }  # fmt: skip
    values = [(aim, by_measure[aim.measure]) for aim in lesson.aims]
    return tuple(AimLine(measure=a.measure, bound=a.bound, value=value, met=a.met(value)) for a, value in values)


def _paces(calls: Sequence[Practised]) -> tuple[PacePoint, ...]:
    begun, found = 0.0, []
    for call in calls:
        if call.heard is not None:
            found += [PacePoint(at_s=round(begun + at), pace=round(10 * value)) for at, value in call.heard.paces]
            begun += call.heard.seconds
    return tuple(found)


def _moments(calls: Sequence[Practised]) -> tuple[Moment, ...]:
    """Those to learn from first, then the good ones."""
    found: list[Moment] = []
    for call in calls:
        heard = call.heard
        if heard is None:
            continue

        def moment(at: float, code: str, value: float, call: Practised = call) -> Moment:
            return Moment(
                place=call.place, call_id=call.call_id, at_ms=round(1000 * max(0.0, at)), code=code,
                value=round(10 * value), good=code == "good_start",
            )  # fmt: skip

        first = heard.first_word_s
        if first is not None and first <= FIRST_BEST_S:
            found.append(moment(first, "good_start", first))
        elif first is not None and first >= LATE_START_S:
            found.append(moment(first, "late_start", first))
        found += [moment(at, "interrupted", 0) for at in heard.interruptions[:2]]
        if heard.longest_silence and heard.longest_silence[1] >= LONG_SILENCE_S:
            found.append(moment(heard.longest_silence[0], "long_silence", heard.longest_silence[1]))
        if heard.slowest_answer and heard.slowest_answer[1] >= SLOW_ANSWER_S:
            found.append(moment(heard.slowest_answer[0], "slow_answer", heard.slowest_answer[1]))
    return tuple(sorted(found, key=lambda one: (one.good, one.place, one.at_ms))[:MOST_MOMENTS])
