"""The arguments of `originate`: `{variables}[leg variables]endpoint/… application [dialplan context name …]`."""

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"^\s*([^=\s]+)=(.*)$", re.DOTALL)


class DialStringError(ValueError):
    """The text is no dial string: what is wrong, in words."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One endpoint to call, with the variables of its own `[…]`."""

    url: str
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """`user`, `sofia`, `error`, …"""
        return self.url.partition("/")[0]

    @property
    def address(self) -> str:
        """What follows the endpoint's name."""
        return self.url.partition("/")[2]


@dataclass(frozen=True, slots=True)
class DialString:
    """Common variables and the legs: alternatives (`|`) of groups (`,`) called at once."""

    variables: dict[str, str]
    groups: list[list[Leg]]


@dataclass(frozen=True, slots=True)
class OriginateArguments:
    """A whole `originate`."""

    dial: DialString
    application: str
    argument: str
    caller_id_name: str = ""
    caller_id_number: str = ""
    timeout: int | None = None
    dialplan: str = ""
    context: str = "default"


def parse_originate(text: str) -> OriginateArguments:
    """Raises DialStringError for text that `originate` answers with its usage."""
    words = split_words(text)
    if len(words) < 2:
        raise DialStringError("an originate needs a dial string and an application")
    dial = parse_dial_string(words[0])
    application, argument, dialplan = words[1], "", ""
    if application.startswith("&"):
        match = re.fullmatch(r"&([^()\s]+)(?:\((.*)\))?", application, re.DOTALL)
        if match is None:
            raise DialStringError(f"{application!r} is no application: &name(argument)")
        application, argument = match.group(1), match.group(2) or ""
    elif ":" in application and len(words) > 2 and words[2] == "inline":
        application, _, argument = application.partition(":")
        dialplan = "inline"
    rest = words[2:]
    name, number = _at(rest, 2), _at(rest, 3)
    timeout = _at(rest, 4)
    return OriginateArguments(
        dial,
        application,
        argument,
        caller_id_name=name,
        caller_id_number=number,
        timeout=int(timeout) if timeout.isdecimal() else None,
        dialplan=dialplan or _at(rest, 0),
        context=_at(rest, 1) or "default",
    )


def _at(words: list[str], index: int) -> str:
    value = words[index] if index < len(words) else ""
    return "" if value == "undef" else value


def parse_dial_string(text: str) -> DialString:
    """`{a=1,b='x,y'}[c=2]user/op1,[c=3]user/op2|sofia/gateway/g/123`."""
    variables: dict[str, str] = {}
    text = text.strip()
    while text[:1] in ("{", "<"):
        block, text = _block(text)
        variables.update(parse_variables(block))
    groups = []
    for alternative in _split_outside(text, "|"):
        legs = []
        for part in _split_outside(alternative, ","):
            own: dict[str, str] = {}
            part = part.strip()
            while part.startswith("["):
                block, part = _block(part)
                own.update(parse_variables(block))
            if not part:
                raise DialStringError("a leg without an endpoint")
            legs.append(Leg(part, own))
        groups.append(legs)
    return DialString(variables, groups)


def parse_variables(block: str) -> dict[str, str]:
    """`a=1,b='x,y',c=p\\,q`: quotes hold commas together, a backslash makes the next character plain.

    `^^:a=1:b=2` chooses another separator.
    """
    separator = ","
    if block.startswith("^^") and len(block) > 2:
        separator, block = block[2], block[3:]
    variables = {}
    for item in _split_quoted(block, separator):
        match = _NAME.match(item)
        if match:
            variables[match.group(1)] = _unquote(match.group(2), separator)
    return variables


def _split_quoted(text: str, separator: str) -> list[str]:
    parts, start, quoted, index = [], 0, False, 0
    while index < len(text):
        character = text[index]
        if character == "\\":
            index += 1
        elif character == "'":
            quoted = not quoted
        elif character == separator and not quoted:
            parts.append(text[start:index])
            start = index + 1
        index += 1
    parts.append(text[start:])
    return parts


def _unquote(value: str, separator: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] == "'":
        value = value[1:-1]
    # Only what the parser itself gave a meaning to loses its backslash: `\t` of a path stays.
    return re.sub(rf"\\([\\'{re.escape(separator)}])", r"\1", value)


def _block(text: str) -> tuple[str, str]:
    """The inside of the leading bracket, and what follows it."""
    opening = text[0]
    closing = {"{": "}", "[": "]", "<": ">"}[opening]
    depth, quoted, index = 0, False, 0
    while index < len(text):
        character = text[index]
        if character == "\\":
            index += 1
        elif character == "'":
            quoted = not quoted
        elif not quoted and character == opening:
            depth += 1
        elif not quoted and character == closing:
            depth -= 1
            if depth == 0:
                return text[1:index], text[index + 1 :].lstrip()
        index += 1
    raise DialStringError(f"{opening!r} is not closed")


def _split_outside(text: str, separator: str) -> list[str]:
    """Splits at a separator that stands in no bracket and no quotes."""
    parts, start, depth, quoted, escaped = [], 0, 0, False, False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character in "[{(":
            depth += 1
        elif character in "]})":
            depth -= 1
        elif character == separator and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts


def split_words(text: str) -> list[str]:
    """Words apart by blanks; brackets and single quotes hold blanks together."""
    words: list[str] = []
    word, depth, quoted, index = "", 0, False, 0
    while index < len(text):
        character = text[index]
        if character == "\\" and index + 1 < len(text):
            word += text[index : index + 2]
            index += 2
            continue
        if character == "'":
            quoted = not quoted
        elif not quoted and character in "[{(":
            depth += 1
        elif not quoted and character in "]})":
            depth -= 1
        if character in " \t\n" and not quoted and depth <= 0:
            if word:
                words.append(word)
            word = ""
        else:
            word += character
        index += 1
    if quoted or depth > 0:
        raise DialStringError("a bracket or a quote is not closed")
    if word:
        words.append(word)
    # A positional argument may stand in quotes of its own.
    return [w[1:-1] if len(w) > 1 and w[0] == w[-1] == "'" else w for w in words]
