"""A script cut into what the workspace shows apart: the steps of the talk, the objections and their answers. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from . import scripts

HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
FENCE = re.compile(r"^\s*(```|~~~)")
ANSWER = re.compile(r"^\s{0,3}[-*+]\s+\[([^\]]{1,120})\]\(\s*#\s*([^)]{1,200}?)\s*\)\s*$")
"""`- [Yes, gladly](#When it suits)`: a line of a list that is nothing but a link to a section of the script."""
MOST_ANSWERS = 9
"""One digit each."""
OBJECTIONS = re.compile(r"^(возражения|частые возражения|objections|common objections)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it; the text before the first heading has level 0 and no title."""

    level: int
    title: str
    body: str


@dataclass(frozen=True)
class Answer:
    """What the contact may say, and the step (counted from 1) that follows."""

    label: str
    step: int


@dataclass(frozen=True)
class Part:
    """A section ready to be shown: its title as plain text, its body as safe HTML, the answers that lead on."""

    title: str
    html: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Parts:
    steps: tuple[Part, ...]
    objections: tuple[Part, ...]


def sections(markdown: str) -> list[Section]:
    """The script's sections in order; a `#` inside a fenced block is no heading. Nothing of the text is lost."""
    found: list[Section] = []
    level, title, lines = 0, "", list[str]()
    fenced = False
    for line in markdown.splitlines():
        if FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        found.append(Section(level, title, "\n".join(lines)))
        level, title, lines = len(heading[1]), heading[2], []
    found.append(Section(level, title, "\n".join(lines)))
    return [s for s in found if s.level or s.body.strip()]


def parts(markdown: str, values: Mapping[str, object]) -> Parts:
    """Steps and objections of a script with the contact's values in place.

    The section named "Objections" (or "Возражения") is taken out: each deeper heading in it is one objection, its text
    is the answer to say. A title of the whole script, with nothing but sections under it, is left out. A step's lines
    such as `- [Yes](#The next step)` are its answers; one that leads nowhere stays in the text.
    """
    found = sections(markdown)
    targets = {named(section.title): n for n, section in enumerate(steps_of(found), 1) if section.title}
    steps: list[Part] = []
    objections: list[Part] = []
    inside: int | None = None
    for section in found:
        if inside is not None and section.level <= inside:
            inside = None
        if inside is None and OBJECTIONS.match(section.title):
            inside = section.level
            if section.body.strip():
                objections.append(Part(section.title, _html(section.body, values)))
        elif inside is not None:
            objections.append(Part(plain(section.title, values), _html(section.body, values)))
        elif section.body.strip() or section.level > 1:
            body, answers = _answers(section.body, targets, values)
            steps.append(Part(plain(section.title, values), _html(body, values), answers))
    return Parts(tuple(steps), tuple(objections))


def steps_of(found: list[Section]) -> list[Section]:
    """Those of the sections that are steps, in order."""
    steps: list[Section] = []
    inside: int | None = None
    for section in found:
        if inside is not None and section.level <= inside:
            inside = None
        if inside is None and OBJECTIONS.match(section.title):
            inside = section.level
        elif inside is None and (section.body.strip() or section.level > 1):
            steps.append(section)
    return steps


def named(title: str) -> str:
    """A heading as a link names it: without case, marks, and the difference of spaces and dashes."""
    return re.sub(r"[\s\-_]+", " ", re.sub(r"[*`]+", "", unquote(title))).strip().casefold()


def _answers(body: str, targets: Mapping[str, int], values: Mapping[str, object]) -> tuple[str, tuple[Answer, ...]]:
    """The body without its lines of answers, and these."""
    kept, answers = list[str](), list[Answer]()
    for line in body.splitlines():
        match = ANSWER.match(line)
        step = targets.get(named(match[2])) if match else None
        if match and step is not None and len(answers) < MOST_ANSWERS:
            answers.append(Answer(plain(match[1], values), step))
        else:
            kept.append(line)
    return "\n".join(kept), tuple(answers)


CUE = re.compile(r"<p><em>((?:(?!</?em>|</p>).)*)</em></p>", re.DOTALL)


def _html(body: str, values: Mapping[str, object]) -> str:
    """Safe HTML; a paragraph wholly in italics is a cue: what to do, not what to say."""
    return CUE.sub(r'<p class="cue">\1</p>', scripts.render(body, values))


def plain(title: str, values: Mapping[str, object]) -> str:
    """A heading as text: its fields filled, its marks of emphasis gone."""
    known = {str(key).casefold(): str(value) for key, value in values.items()}
    filled = scripts.FIELD.sub(lambda m: known.get(m.group(1).casefold()) or m.group(1), title)
    return re.sub(r"[*_`]+", "", filled).strip()
