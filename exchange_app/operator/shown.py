"""Rows of the workspace as a page takes them: plain values, no translated text."""

from dataclasses import dataclass, field

from exchange_domain.forms import FormField
from exchange_domain.script_parts import Part
from exchange_domain.tables import Disposition


@dataclass
class ShownAnswer:
    digit: int
    label: str
    step: int


@dataclass
class ShownPart:
    key: str
    number: int
    title: str
    html: str
    answers: list[ShownAnswer] = field(default_factory=list)


@dataclass
class ShownFact:
    label: str
    value: str


@dataclass
class ShownField:
    key: str
    label: str
    kind: str
    required: bool
    options: list[str] = field(default_factory=list)
    few: bool = False
    """So few and short options that all of them stand beside each other."""


@dataclass
class ShownCallBack:
    """A call-back that this operator has promised."""

    contact_id: int
    contact: str
    campaign: str
    due_ms: int


@dataclass
class ShownDisposition:
    id: int
    digit: int
    outcome: str
    label: str
    """The customer's own words; empty: the outcome's word."""


FEW_OPTIONS, SHORT_OPTIONS = 4, 34
"""Options beside each other, and letters in all of them: more do not fit into the form's column."""


def parts_shown(parts: tuple[Part, ...], prefix: str) -> list[ShownPart]:
    return [
        ShownPart(
            f"{prefix}-{i}",
            i,
            p.title,
            p.html,
            [ShownAnswer(n, answer.label, answer.step) for n, answer in enumerate(p.answers, 1)],
        )
        for i, p in enumerate(parts, 1)
    ]


def facts_shown(facts: dict[str, str]) -> list[ShownFact]:
    return [ShownFact(label, value) for label, value in facts.items()]


def fields_shown(fields: list[FormField]) -> list[ShownField]:
    return [
        ShownField(
            f.key,
            f.label,
            f.kind.value,
            f.required,
            list(f.options),
            len(f.options) <= FEW_OPTIONS and sum(map(len, f.options)) <= SHORT_OPTIONS,
        )
        for f in fields
    ]


def dispositions_shown(dispositions: list[Disposition]) -> list[ShownDisposition]:
    return [ShownDisposition(d.id or 0, d.position, d.outcome.value, d.label or "") for d in dispositions]
