"""Runs as pages take them: whole numbers, moments in epoch milliseconds, empty for none."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.recordings.wave_player import drawn
from exchange_domain.call_rows import epoch_ms
from exchange_domain.practice.desk import Note, Run
from exchange_domain.practice.reports import CallLine, PacePoint, PracticeReport
from exchange_domain.tables import Recording
from exchange_domain.talk_figures import of_peaks
from exchange_domain.words import RecordingState

WIDTH, HEIGHT = 480, 120
SLOWEST, FASTEST = 10, 80
"""Tenths of a syllable a second at the foot and the top of the picture."""


@dataclass(frozen=True)
class ScoreRow:
    code: str
    points: int
    mark: int


@dataclass(frozen=True)
class CallRow:
    """-1 where there was nothing to measure. Times in tenths of a second."""

    place: int
    call_id: str
    outcome: str
    fits: bool
    heard: bool
    length: int
    first_word: int
    answer_delay: int
    longest_silence: int
    interruptions: int
    pace: int
    loudness: int
    noise: int


@dataclass(frozen=True)
class MomentRow:
    place: int
    call_id: str
    at_ms: int
    code: str
    value: int
    good: bool


@dataclass(frozen=True)
class AimRow:
    measure: str
    bound: int
    value: int
    met: bool


@dataclass(frozen=True)
class RunRow:
    """A line of a list; `lesson` is empty for a test."""

    id: int
    lesson: str
    standing: str
    started_ms: int


@dataclass(frozen=True)
class NoteRow:
    id: int
    at_ms: int
    by: str
    words: str
    lesson: str


@dataclass
class Opened:
    """The run that is looked at; id 0: none."""

    id: int = 0
    lesson: str = ""
    standing: str = ""
    started_ms: int = 0
    asked: bool = False
    decided_by: str = ""
    decided_ms: int = 0
    words: str = ""
    scores: list[ScoreRow] = field(default_factory=list)
    calls: list[CallRow] = field(default_factory=list)
    moments: list[MomentRow] = field(default_factory=list)
    aims: list[AimRow] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    """Codes of the scores below their mark."""
    operator: int = 0
    robot: int = 0
    silence: int = 0
    pace_line: str = ""
    """Points of the picture of the pace, in its own coordinates."""
    pace_least: int = 0
    pace_most: int = 0


@dataclass
class Sound:
    """The call that is heard; without `call_id` none is."""

    call_id: str = ""
    place: int = 0
    duration_ms: int = 0
    peaks: str = ""
    silences: list[list[int]] = field(default_factory=list)


def standing_of(run: Run) -> str:
    """open, passed, below, unheard, confirmed or returned."""
    return run.state.value if run.state != "measured" else "passed" if run.passed else "below"


def run_row(run: Run) -> RunRow:
    return RunRow(run.id, run.lesson or "", standing_of(run), epoch_ms(run.started_at) or 0)


def note_row(note: Note) -> NoteRow:
    return NoteRow(note.id, epoch_ms(note.at) or 0, note.by, note.words, note.lesson or "")


def opened_of(run: Run) -> Opened:
    found = run.report or PracticeReport(scores=(), calls=())
    paces = [point.pace for point in found.paces]
    return Opened(
        id=run.id, lesson=run.lesson or "", standing=standing_of(run), started_ms=epoch_ms(run.started_at) or 0,
        asked=run.asked_at is not None, decided_by=run.decided_by, decided_ms=epoch_ms(run.decided_at) or 0,
        words=run.words,
        scores=[ScoreRow(one.code, one.points, one.mark) for one in found.scores],
        calls=[_call(one) for one in found.calls],
        moments=[
            MomentRow(one.place, str(one.call_id), one.at_ms, one.code, one.value, one.good) for one in found.moments
        ],
        aims=[AimRow(one.measure, one.bound, -1 if one.value is None else one.value, one.met) for one in found.aims],
        weak=[one.code for one in found.scores if one.points < one.mark],
        operator=found.operator, robot=found.robot, silence=found.silence, pace_line=pace_line(found.paces),
        pace_least=min(paces, default=0), pace_most=max(paces, default=0),
    )  # fmt: skip


def _call(one: CallLine) -> CallRow:
    def known(value: int | None) -> int:
        return -1 if value is None else value

    return CallRow(
        one.place, str(one.call_id), one.outcome, one.fits, one.heard, one.length, known(one.first_word),
        known(one.answer_delay), known(one.longest_silence), one.interruptions, known(one.pace), one.loudness or 0,
        one.noise or 0,
    )  # fmt: skip


def height_of(pace: int) -> int:
    """From the top, of a pace in tenths."""
    within = min(max(pace, SLOWEST), FASTEST)
    return round(HEIGHT * (FASTEST - within) / (FASTEST - SLOWEST))


def pace_line(paces: tuple[PacePoint, ...]) -> str:
    last = max((point.at_s for point in paces), default=0) or 1
    return " ".join(f"{round(WIDTH * point.at_s / last)},{height_of(point.pace)}" for point in paces)


async def sound_of(s: AsyncSession, opened: Opened, place: int) -> Sound:
    """One call of the run that is looked at, if it can be heard."""
    call = next((one for one in opened.calls if one.place == place), None)
    row = await s.get(Recording, UUID(call.call_id)) if call is not None else None
    if call is None or row is None or row.state != RecordingState.STORED:
        return Sound()
    peaks = row.peaks or b""
    silences = of_peaks(peaks, row.peak_ms or 0, channels=row.channels or 0).silences
    return Sound(call.call_id, place, row.duration_ms or 0, drawn(peaks), [list(pair) for pair in silences])
