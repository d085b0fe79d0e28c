"""What several moderators' findings about one call come to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from .words import HearingVerdict, Verdict

MOST_TURNS = 3


@dataclass(frozen=True)
class Ruling:
    """Either a verdict, or that one more has to listen."""

    verdict: Verdict | None
    another: bool


def ruling(found: Sequence[HearingVerdict], double: bool) -> Ruling:
    """Of the findings in their order.

    One is enough, unless the call was drawn for two listeners or the first was unsure. When two differ, a third
    decides. Who is unsure says nothing; where nothing decides, it is for the operator.
    """
    sure = [one for one in found if one is not HearingVerdict.UNSURE]
    accepted, rejected = sure.count(HearingVerdict.ACCEPTED), sure.count(HearingVerdict.REJECTED)
    if not found:
        return Ruling(None, another=False)
    asked = 2 if double or len(sure) < len(found) else 1
    if accepted != rejected and len(found) >= asked:
        return Ruling(Verdict.ACCEPTED if accepted > rejected else Verdict.REJECTED, another=False)
    if len(found) < MOST_TURNS:
        return Ruling(None, another=True)
    return Ruling(Verdict.ACCEPTED, another=False)


@dataclass(frozen=True)
class Agreement:
    """Of calls that two have judged surely: how many, and how many alike."""

    pairs: int
    alike: int
    score_apart: float
    """How far the points of one criterion lie apart, in the mean; 0 to 2."""


def agreement(pairs: Sequence[tuple[HearingVerdict, HearingVerdict]], apart: Sequence[int]) -> Agreement:
    sure = [pair for pair in pairs if HearingVerdict.UNSURE not in pair]
    mean = sum(apart) / len(apart) if apart else 0.0
    return Agreement(len(sure), sum(a is b for a, b in sure), mean)
