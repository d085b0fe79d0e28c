"""Which calls somebody should listen to first, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .house_rules import HouseRules
from .talk_figures import TalkFigures
from .words import Outcome

Code = Literal[
    "contested", "reported", "abusive", "new_operator", "new_campaign", "very_short", "hit_limit", "long_silence",
    "both_speaking", "no_greeting", "operator_silent", "contact_hardly_spoke", "contact_spoke", "refused_unheard",
]  # fmt: skip
POINTS: dict[Code, int] = {
    "contested": 60, "reported": 40, "abusive": 50, "new_operator": 20, "new_campaign": 15, "very_short": 30,
    "hit_limit": 40, "long_silence": 20, "both_speaking": 20, "no_greeting": 25, "operator_silent": 40,
    "contact_hardly_spoke": 40, "contact_spoke": 40, "refused_unheard": 25,
}  # fmt: skip
HIGH, MEDIUM = 40, 15
NOBODY_THERE = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.UNREACHABLE})
AGREED_MS = 3_000
"""Who has agreed to something has spoken at least so long."""


@dataclass(frozen=True)
class Facts:
    """What is known of a call. `operator_talks` and `campaign_talks`: answered calls before this one."""

    talk_ms: int
    outcome: Outcome | None
    overran: bool
    transferred: bool
    operator_talks: int
    campaign_talks: int
    contested: bool
    reported: bool
    abusive: bool
    sound: TalkFigures | None
    """None: there is nothing to measure."""


@dataclass(frozen=True)
class Reason:
    """`value` is the figure that goes with the words: seconds, percent, the how-manieth call."""

    code: Code
    value: int


def judge(facts: Facts, rules: HouseRules) -> tuple[Reason, ...]:
    """Why the call should be listened to, the heaviest first; nothing: only by chance."""
    found = [*_of_history(facts, rules), *_of_length(facts, rules)]
    if facts.sound is not None and facts.sound.length_ms > 0:
        found += _of_sound(facts, facts.sound, rules)
    return tuple(sorted(found, key=lambda reason: -POINTS[reason.code]))


def points(reasons: Sequence[Reason]) -> int:
    return sum(POINTS[reason.code] for reason in reasons)


def _of_history(facts: Facts, rules: HouseRules) -> list[Reason]:
    found: list[Reason] = []
    if facts.contested:
        found.append(Reason("contested", 0))
    if facts.abusive:
        found.append(Reason("abusive", 0))
    if facts.reported:
        found.append(Reason("reported", 0))
    if facts.operator_talks < rules.new_operator_calls:
        found.append(Reason("new_operator", facts.operator_talks + 1))
    if facts.campaign_talks < rules.new_campaign_calls:
        found.append(Reason("new_campaign", facts.campaign_talks + 1))
    return found


def _of_length(facts: Facts, rules: HouseRules) -> list[Reason]:
    if facts.overran:
        return [Reason("hit_limit", facts.talk_ms // 1000)]
    short = facts.talk_ms < rules.short_call_s * 1000
    # That nobody was there, or the wrong one, is soon said.
    expected = facts.outcome in NOBODY_THERE | {Outcome.WRONG_NUMBER, Outcome.DROPPED}
    return [Reason("very_short", facts.talk_ms // 1000)] if short and not expected else []


def _of_sound(facts: Facts, sound: TalkFigures, rules: HouseRules) -> list[Reason]:
    found: list[Reason] = []
    if sound.longest_silence_ms >= rules.silence_s * 1000:
        found.append(Reason("long_silence", sound.longest_silence_ms // 1000))
    both = sound.both_ms * 100 // sound.length_ms
    if both >= rules.both_speaking_percent:
        found.append(Reason("both_speaking", both))
    first = sound.first_operator_ms
    long_enough = sound.length_ms > rules.greeting_s * 1000
    if long_enough and (first is None or first > rules.greeting_s * 1000):
        found.append(Reason("no_greeting", (sound.length_ms if first is None else first) // 1000))
    if sound.length_ms >= rules.silent_call_s * 1000 and sound.operator_ms * 10 < sound.length_ms:
        found.append(Reason("operator_silent", sound.operator_ms // 1000))
    if facts.outcome is Outcome.SUCCESS and sound.contact_ms < AGREED_MS and not facts.transferred:
        found.append(Reason("contact_hardly_spoke", sound.contact_ms // 1000))
    if facts.outcome in NOBODY_THERE and sound.contact_ms >= rules.short_call_s * 1000:
        found.append(Reason("contact_spoke", sound.contact_ms // 1000))
    if facts.outcome is Outcome.REFUSED and sound.contact_ms < 1_000:
        found.append(Reason("refused_unheard", sound.contact_ms // 1000))
    return found
