"""Numbers as people paste them, one or several in a line, with or without a remark → E.164, or why not. Pure."""

import re
from dataclasses import dataclass, field

from .importing import NumberRules, Reason, normalise

MOST_LINES = 20_000
LONGEST_LINE = 1_000
_PARTS = re.compile(r"[;,\t|]")
_LETTER = re.compile(r"[^\W\d_]")
_LEAST_DIGITS = 5


@dataclass(frozen=True)
class BadLine:
    """A line nothing could be taken from, or the part of one that is no number."""

    line: int
    """Counted from one."""
    content: str
    reason: Reason


@dataclass
class NumberLines:
    numbers: dict[str, str] = field(default_factory=dict)
    """Remark by E.164 number, in the order of the lines; a number that comes twice is once there."""
    bad: list[BadLine] = field(default_factory=list)


class TooManyLines(Exception):
    """More than MOST_LINES lines: nothing was read."""


def read(typed: str, rules: NumberRules) -> NumberLines:
    """Reads lines such as `+7 812 555-00-01; asked by letter`. Empty lines, and a heading (a first of several
    lines, without a digit), are passed over. Raises TooManyLines."""
    lines = typed.lstrip("\ufeff").splitlines()
    if len(lines) > MOST_LINES:
        raise TooManyLines(len(lines))
    found = NumberLines()
    for place, line in enumerate(lines, 1):
        content = line.strip()[:LONGEST_LINE]
        heading = place == 1 < len(lines) and not any(ch.isdigit() for ch in content)
        if content and not heading:
            _take(found, place, content, rules)
    return found


def _take(found: NumberLines, place: int, content: str, rules: NumberRules) -> None:
    parts = [part.strip().strip("\"'").strip() for part in _PARTS.split(content)]
    parts = [part for part in parts if part]
    written = [part for part in parts if _is_meant_as_number(part)]
    remark = " ".join(part for part in parts if part not in written)
    if not written:
        # Without a part of its own the number may stand beside words: let the reason name the whole.
        written = [content]
        remark = ""
    for part in written:
        e164 = normalise(part, rules)
        if isinstance(e164, Reason):
            found.bad.append(BadLine(place, part, e164))
        elif not found.numbers.get(e164):
            found.numbers[e164] = remark


def _is_meant_as_number(part: str) -> bool:
    return not _LETTER.search(part) and sum(ch.isdigit() for ch in part) >= _LEAST_DIGITS
