"""What is practised: the calls of the aptitude test, and lessons with a goal each. Pure.

What they are called stands with the pages that show them; here is what is called and what has to be reached.
"""

from dataclasses import dataclass
from typing import Literal

Measure = Literal["first_word", "answer_delay", "longest_silence", "interruptions", "length", "result"]
"""first_word, answer_delay, longest_silence, length: tenths of a second; interruptions: how many; result: 1 when what
was written fits the talk, else 0."""

TEST = ("interested", "sceptical", "busy")
"""Personas of the aptitude test, one call each."""


@dataclass(frozen=True)
class Aim:
    """A measure that has to be at most so much; of a result: at least."""

    measure: Measure
    bound: int

    def met(self, value: int | None) -> bool:
        """None: there was nothing to measure, as with an answer that nobody waited for."""
        if value is None:
            return self.measure in ("answer_delay", "longest_silence")
        return value >= self.bound if self.measure == "result" else value <= self.bound


@dataclass(frozen=True)
class Lesson:
    key: str
    persona: str
    aims: tuple[Aim, ...]


RESULT = Aim("result", 1)
LESSONS = (
    Lesson("opening", "interested", (Aim("first_word", 30), RESULT)),
    Lesson("listening", "busy", (Aim("interruptions", 0), RESULT)),
    Lesson("objections", "sceptical", (Aim("answer_delay", 30), Aim("interruptions", 1), RESULT)),
    Lesson("refusal", "refuses", (Aim("interruptions", 0), RESULT)),
    Lesson("wrong_number", "wrong_number", (Aim("answer_delay", 30), RESULT)),
    Lesson("voicemail", "voicemail", (Aim("length", 250), RESULT)),
)
BY_KEY = {lesson.key: lesson for lesson in LESSONS}

KEYWORDS = {
    "ru": (("здравств", "добр"), ("зовут",), ("мастерск",), ("записыва",), ("спасибо",)),
    "en": (("hello", "good"), ("name",), ("workshop",), ("recorded",), ("thank",)),
}
"""Beginnings of words that the script asks for; of each group one is enough. Looked for where speech is recognised."""


def personas_of(lesson: str | None) -> tuple[str, ...]:
    """Whom a run calls, in order; None is the aptitude test. Raises KeyError."""
    return TEST if lesson is None else (BY_KEY[lesson].persona,)
