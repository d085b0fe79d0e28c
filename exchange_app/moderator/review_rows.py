"""Rows of the review page: plain values, no translated text."""

from dataclasses import dataclass, field
from typing import Any

from exchange_domain import risk
from exchange_domain.review_desk import Heard, Waiting
from exchange_domain.script_parts import parts
from exchange_domain.talk_figures import of_peaks
from exchange_domain.talk_reports import TalkReport


@dataclass(frozen=True)
class ReasonLine:
    """Why the call is to be heard: code and figure (exchange_domain/risk.py)."""

    code: str
    value: int


@dataclass(frozen=True)
class QueueLine:
    """`level`: high, medium, random, second or complaint."""

    id: int
    level: str
    talk: str
    operator: str
    campaign: str
    reason: ReasonLine
    mine: bool


@dataclass(frozen=True)
class PartLine:
    key: str
    title: str
    html: str


@dataclass(frozen=True)
class Measured:
    """What was measured, as it is shown; `there` is false where nothing was. Tenths are given as numbers with a place,
    -1 for none."""

    there: bool = False
    operator_share: int = 0
    contact_share: int = 0
    both: int = 0
    silence: int = 0
    longest_silence: float = 0
    first: float = -1
    delay: float = -1
    interruptions: int = 0
    pace: float = -1
    loudness: int = 0


def measured(report: TalkReport | None) -> Measured:
    if report is None:
        return Measured()

    def tenths(value: int | None) -> float:
        return -1 if value is None else value / 10

    own = report.operator
    return Measured(
        True, own.share, report.contact.share, report.both, report.silence, report.longest_silence / 10,
        tenths(own.first), tenths(own.delay), own.interruptions, tenths(own.pace), own.loudness,
    )  # fmt: skip


@dataclass
class CallShown:
    """The call that is being heard. Times in epoch milliseconds."""

    id: str = ""
    operator: str = ""
    campaign: str = ""
    customer: str = ""
    called_ms: int = 0
    outcome: str = ""
    disposition: str = ""
    note: str = ""
    duration_ms: int = 0
    reasons: list[ReasonLine] = field(default_factory=list)


def reasons_of(raw: list[dict[str, Any]]) -> list[ReasonLine]:
    return [ReasonLine(str(one["code"]), int(one["value"])) for one in raw]


def minutes(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02}"


def queue_line(one: Waiting) -> QueueLine:
    reasons = reasons_of(one.reasons)
    level = one.way.value
    if one.turn > 1:
        level = "second"
    elif level == "risk":
        level = "high" if one.risk >= risk.HIGH else "medium"
    return QueueLine(
        one.hearing_id, level, minutes(one.talk_ms), one.operator, one.campaign,
        reasons[0] if reasons else ReasonLine("", 0), one.mine,
    )  # fmt: skip


def silences_of(seen: Heard) -> list[list[int]]:
    return [list(one) for one in of_peaks(seen.peaks, seen.peak_ms, channels=seen.channels).silences]


def script_of(markdown: str) -> list[PartLine]:
    """With the names of the list's columns in place of the contact's values, which a moderator need not know."""
    found = parts(markdown, {})
    both = (*found.steps, *found.objections)
    return [PartLine(f"part-{place}", part.title, part.html) for place, part in enumerate(both)]
