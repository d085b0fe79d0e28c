"""What a script lacks, or should not have: remarks for who writes it. Pure; Russian and English.

A remark is an advice: nothing is refused. It names the step it is about, counted from 1; 0 is the whole script.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .script_parts import ANSWER, Section, named, sections, steps_of

WORDS_A_SECOND = 2.3
"""How fast people read aloud."""
LONGEST_STEP_S = 40
"""After so much without a question people have stopped listening."""
LONGEST_S = 300


class Code(StrEnum):
    """What is remarked on, the gravest first."""

    ASKS_CARD = "asks_card"
    """Card numbers, codes and passwords are asked for by swindlers: neither may be asked for here."""
    DEAD_ANSWER = "dead_answer"
    """An answer leads to a step that is not there."""
    UNREACHED = "unreached"
    """No answer leads to this step."""
    NO_GREETING = "no_greeting"
    NO_CALLER = "no_caller"
    """Nobody says who calls."""
    NO_GOAL = "no_goal"
    """Nothing is asked or offered."""
    NO_SOURCE = "no_source"
    """No answer to "where did you get my number"."""
    NO_RECORDING = "no_recording"
    """Talks are recorded, and the script does not say so."""
    LONG_STEP = "long_step"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Remark:
    code: Code
    step: int = 0
    about: str = ""
    """The step's title, or the words in question."""
    seconds: int = 0


GREETING = re.compile(
    r"здравствуйте|добр(?:ый|ое|ого)\s+(?:день|дня|утро|утра|вечер|вечера)|приветствую|"
    r"\bhello\b|\bgood\s+(?:morning|afternoon|evening|day)\b|\bhi\b",
    re.IGNORECASE,
)
CALLER = re.compile(
    r"меня зовут|это\s+\S+,?\s+из\b|я звоню|звоню вам|из компании|\{\{\s*(?:оператор|operator)\s*\}\}|"
    r"my name is|this is\b|i am calling|i'm calling|calling (?:you )?from",
    re.IGNORECASE,
)
GOAL = re.compile(
    r"предлага|приглаша|хот(?:им|ел|ела|ите)|запи(?:сать|шу|сыва)|узнать|соедин|договор|замер|акци|скидк|удобн|нужн|"
    r"опрос|offer|invite|would you like|book|arrange|appointment|survey|discount|interested|suit|connect you",
    re.IGNORECASE,
)
SOURCE = re.compile(
    r"откуда\s+(?:у\s+вас\s+)?(?:мой\s+)?(?:номер|телефон)|где\s+(?:вы\s+)?взяли\s+(?:мой\s+)?(?:номер|телефон)|"
    r"where did you (?:get|find) my (?:number|phone)|how did you get my (?:number|phone)",
    re.IGNORECASE,
)
RECORDED = re.compile(r"запис(?:ь|ыва|и)\S*|record(?:ed|ing|s)?\b", re.IGNORECASE)
CARD = re.compile(
    r"номер\w*\s+(?:вашей\s+|банковской\s+)*карт|cvv|cvc|код\w*\s+(?:из|с)\s+(?:смс|sms)|парол[ья]\s+(?:от|к)|пин-?код|"
    r"срок\w*\s+действия\s+карт|card\s+(?:number|details)|security\s+code|\bpin\b\s*(?:code)?|one-?time\s+code|"
    r"code from the (?:sms|text)|password (?:of|for|to) ",
    re.IGNORECASE,
)
DENIED = re.compile(
    r"(?:не|никогда не|нельзя)\s+\S*\s*(?:спрашива|проси|называ|сообща|диктова)|"
    r"(?:never|do not|don't|must not)\s+(?:\S+\s+)?(?:ask|tell|say|give)",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[^.!?\n]+")


def seconds_aloud(text: str) -> int:
    """How long it takes to say the text; marks and links are not said."""
    said = re.sub(r"[#>*_`|\-]|\[([^\]]*)\]\([^)]*\)", r" \1 ", text)
    return round(len(said.split()) / WORDS_A_SECOND)


def lint(markdown: str, *, recorded: bool = False) -> list[Remark]:
    """Remarks on a script, the gravest first. `recorded`: its campaign records talks. An empty script has none."""
    if not markdown.strip():
        return []
    found = sections(markdown)
    steps = steps_of(found)
    spoken = "\n".join(section.body for section in steps)
    beginning = "\n".join(section.body for section in steps[:1])
    remarks = [*_cards(found), *_links(steps)]
    if not GREETING.search(beginning):
        remarks.append(Remark(Code.NO_GREETING))
    if not CALLER.search(beginning):
        remarks.append(Remark(Code.NO_CALLER))
    if not GOAL.search(spoken):
        remarks.append(Remark(Code.NO_GOAL))
    if not SOURCE.search(markdown):
        remarks.append(Remark(Code.NO_SOURCE))
    if recorded and not RECORDED.search(markdown):
        remarks.append(Remark(Code.NO_RECORDING))
    for n, step in enumerate(steps, 1):
        if (seconds := seconds_aloud(step.body)) > LONGEST_STEP_S:
            remarks.append(Remark(Code.LONG_STEP, n, step.title, seconds))
    if (whole := seconds_aloud(spoken)) > LONGEST_S:
        remarks.append(Remark(Code.TOO_LONG, seconds=whole))
    order = list(Code)
    return sorted(remarks, key=lambda remark: (order.index(remark.code), remark.step))


def _cards(found: Iterable[Section]) -> list[Remark]:
    """Sentences that ask for card data; one that says it is never asked for is right."""
    return [
        Remark(Code.ASKS_CARD, about=" ".join(sentence.split())[:120])
        for section in found
        for sentence in SENTENCE.findall(section.body)
        if CARD.search(sentence) and not DENIED.search(sentence)
    ]


def _links(steps: list[Section]) -> list[Remark]:
    """Answers that lead nowhere, and steps to which none leads, once there are answers at all."""
    titles = {named(step.title): n for n, step in enumerate(steps, 1) if step.title}
    remarks, reached = list[Remark](), set[int]()
    branched = False
    for n, step in enumerate(steps, 1):
        for line in step.body.splitlines():
            if (match := ANSWER.match(line)) is None:
                continue
            branched = True
            if (target := titles.get(named(match[2]))) is None:
                remarks.append(Remark(Code.DEAD_ANSWER, n, match[1]))
            else:
                reached.add(target)
    if branched:
        remarks += [
            Remark(Code.UNREACHED, n, step.title) for n, step in enumerate(steps, 1) if n > 1 and n not in reached
        ]
    return remarks
