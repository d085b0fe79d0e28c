"""What a called telephone does, said in words: `rings 1 s, answers, hangs up 3 s later`.

One phrase serves the dial plan's data file, the notes beside a transcript and the tests. Clauses, apart by commas
or `then`:

    rings [0.3 s]                       180, and how long it rings before the next clause
    183 with sound [for 1.5 s]          early media, and how long
    answers [at once | after 2 s]       200
    hangs up [3 s later]                BYE, so long after the answer
    stays 12 s                          the same as `hangs up 12 s later`
    486 | busy | rejects | unallocated | unavailable | 404 at once …      a refusal
    302 to NUMBER                       a redirection
    never answers | no reply at all
    says interested | says busy …       which robot speaks there, where there is sound
    not registered | unknown            of a user: no telephone there

Each time may be a range, `1.5 to 4 s`: the place within it follows from the number.
"""

import re
from dataclasses import dataclass, replace
from hashlib import blake2b

ANSWER_AT_ONCE = 0.001
_TIME = r"(\d+(?:\.\d+)?)(?:\s*(?:to|-|–)\s*(\d+(?:\.\d+)?))?\s*s(?:ec(?:onds?)?)?\b"
_WORDS = {"busy": 486, "reject": 603, "decline": 603, "unallocated": 404, "unavailable": 480, "unreachable": 503}


class BehaviourError(ValueError):
    """A phrase that says nothing the simulator can do."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time in seconds, or a range to choose from."""

    low: float
    high: float

    def at(self, fraction: float) -> float:
        """The time at 0 … 1 of the range."""
        return self.low + (self.high - self.low) * fraction


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What happens after the INVITE has arrived; spans in seconds, each counted from the step before."""

    rings: bool = False
    early_media: bool = False
    answer: Span | None = None
    refuse: int = 0
    refuse_after: Span | None = None
    redirect: str = ""
    hang_up: Span | None = None
    registered: bool = True
    exists: bool = True
    voicemail: bool = False
    says: str = ""
    """Who speaks there, where the simulator has sound: a persona's name, or anybody."""

    @property
    def silent(self) -> bool:
        """Nothing ever comes back."""
        return not (self.rings or self.early_media or self.answer or self.refuse or self.redirect)


def parse_behaviour(phrase: str) -> Behaviour:
    """Raises BehaviourError with the clause that is not understood."""
    behaviour = Behaviour()
    pending: Span | None = None
    text = phrase.replace(" then ", ", ").replace(";", ",")
    for clause in (part.strip().lower() for part in text.split(",")):
        if not clause:
            continue
        time = _time(clause)
        clause = re.sub(r"^(?:and|but|a|an|then|the|it|voicemail:?)\s+", "", clause)
        if clause.startswith("ring"):
            behaviour, pending = replace(behaviour, rings=True), time
        elif clause.startswith("183"):
            behaviour, pending = replace(behaviour, early_media=True), time
        elif clause.startswith(("never", "no answer", "does not answer")):
            behaviour = replace(behaviour, rings=behaviour.rings or not behaviour.early_media, answer=None)
        elif clause.startswith("no reply"):
            behaviour = Behaviour()
        elif clause.startswith("not registered"):
            behaviour = replace(behaviour, registered=False)
        elif clause.startswith("unknown"):
            behaviour = replace(behaviour, exists=False)
        elif clause.startswith("answer"):
            behaviour = replace(behaviour, answer=time or pending or Span(ANSWER_AT_ONCE, ANSWER_AT_ONCE))
        elif clause.startswith(("hang", "stay", "leave")):
            behaviour = replace(behaviour, hang_up=time or Span(0.0, 0.0))
        elif match := re.fullmatch(r"says ([a-z_]+)", clause):
            behaviour = replace(behaviour, says=match.group(1))
        elif match := re.match(r"302 to (\+?\d+)", clause):
            behaviour = replace(behaviour, redirect=match.group(1))
        elif status := _status(clause):
            behaviour = replace(behaviour, refuse=status, refuse_after=time or pending or Span(0.0, 0.0))
            if not clause[0].isdigit() and "at once" not in clause and not behaviour.early_media:
                # Said in a word it is a person's doing: the telephone rings before.
                behaviour = replace(behaviour, rings=True)
        else:
            raise BehaviourError(f"{clause!r} in {phrase!r} is nothing a telephone does here")
        if "voicemail" in phrase.lower():
            behaviour = replace(behaviour, voicemail=True)
    return behaviour


def _time(clause: str) -> Span | None:
    match = re.search(_TIME, clause)
    if match is None:
        return None
    low = float(match.group(1))
    return Span(low, float(match.group(2) or low))


def _status(clause: str) -> int:
    match = re.match(r"([3-6]\d\d)\b", clause)
    if match:
        return int(match.group(1))
    return next((status for word, status in _WORDS.items() if word in clause), 0)


def fraction_of(text: str, salt: str = "") -> float:
    """A number in 0 … 1 that follows from a text alone: the same call always meets the same luck."""
    digest = blake2b(f"{salt}:{text}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
