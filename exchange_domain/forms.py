"""The form an operator fills in: typed fields, and the check of what was entered. Pure."""

import re
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from .words import FieldKind, Outcome

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_FIELDS = 30
MOST_OPTIONS = 50
LONGEST_TEXT = 4000


ASKED_FOR = frozenset({Outcome.SUCCESS})
"""Outcomes that ask for a required field which names none."""


class FormError(Exception):
    """What is wrong with a form's definition: code, and the place as `field` (from 1)."""

    def __init__(self, code: str, field: int = 0, **params: Any):
        super().__init__(f"field {field}: {code}")
        self.code, self.field, self.params = code, field, params


@dataclass(frozen=True)
class FormField:
    key: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    """Whether some outcome asks for it."""
    options: tuple[str, ...] = ()
    required_on: tuple[Outcome, ...] = ()
    """Outcomes that ask for it; none although it is required: a success."""

    def asked_for(self, outcome: Outcome) -> bool:
        return self.required and outcome in (self.required_on or ASKED_FOR)

    def as_dict(self) -> dict[str, Any]:
        on = [outcome.value for outcome in self.required_on]
        return asdict(self) | {"kind": self.kind.value, "options": list(self.options), "required_on": on}


def parse_form(raw: Any) -> list[FormField]:
    """Reads a form's definition. Raises FormError: not_a_list, too_many, bad_key, doubled_key, no_label, bad_kind,
    no_options, too_many_options, bad_outcome."""
    if not isinstance(raw, list):
        raise FormError("not_a_list")
    if len(raw) > MOST_FIELDS:
        raise FormError("too_many", most=MOST_FIELDS)
    fields: list[FormField] = []
    for place, item in enumerate(raw, 1):
        if not isinstance(item, dict):
            raise FormError("bad_kind", place)
        key, label = str(item.get("key", "")), " ".join(str(item.get("label", "")).split())
        if not KEY.fullmatch(key):
            raise FormError("bad_key", place)
        if key in {f.key for f in fields}:
            raise FormError("doubled_key", place)
        if not label:
            raise FormError("no_label", place)
        try:
            kind = FieldKind(item.get("kind", "text"))
        except ValueError:
            raise FormError("bad_kind", place) from None
        options = tuple(dict.fromkeys(o for o in (str(x).strip() for x in item.get("options") or ()) if o))
        if kind in (FieldKind.CHOICE, FieldKind.CHOICES) and not options:
            raise FormError("no_options", place)
        if len(options) > MOST_OPTIONS:
            raise FormError("too_many_options", place, most=MOST_OPTIONS)
        try:
            named = {Outcome(one) for one in item.get("required_on") or ()}
        except (ValueError, TypeError):
            raise FormError("bad_outcome", place) from None
        on = tuple(outcome for outcome in Outcome if outcome in named)
        fields.append(FormField(key, label[:200], kind, bool(item.get("required", False) or on), options, on))
    return fields


def check_answers(
    fields: list[FormField], answers: dict[str, Any], outcome: Outcome
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The usable answers, and what is wrong with the others as (field key, code): required, not_a_number, not_a_date,
    not_an_option, too_long. Unknown keys are dropped; nothing else is lost."""
    clean: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for field in fields:
        value = answers.get(field.key)
        if value is None or value == "" or value == []:
            if field.asked_for(outcome):
                problems.append((field.key, "required"))
            continue
        try:
            clean[field.key] = _typed(field, value)
        except ValueError as wrong:
            problems.append((field.key, str(wrong)))
    return clean, problems


def _typed(field: FormField, value: Any) -> Any:
    match field.kind:
        case FieldKind.NUMBER:
            try:
                number = Decimal(str(value).replace("\u00a0", "").replace(" ", "").replace(",", "."))
            except InvalidOperation:
                raise ValueError("not_a_number") from None
            if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
                raise ValueError("not_a_number")
            return str(number)
        case FieldKind.DATE:
            try:
                return date.fromisoformat(str(value)).isoformat()
            except ValueError:
                raise ValueError("not_a_date") from None
        case FieldKind.CHOICE:
            if str(value) not in field.options:
                raise ValueError("not_an_option")
            return str(value)
        case FieldKind.CHOICES:
            chosen = [str(v) for v in (value if isinstance(value, list) else [value])]
            if not set(chosen) <= set(field.options):
                raise ValueError("not_an_option")
            return [o for o in field.options if o in chosen]
        case FieldKind.YES_NO:
            if isinstance(value, bool):
                return value
            if str(value).lower() in ("yes", "true", "1"):
                return True
            if str(value).lower() in ("no", "false", "0"):
                return False
            raise ValueError("not_an_option")
        case FieldKind.TEXT:
            if len(str(value)) > LONGEST_TEXT:
                raise ValueError("too_long")
            return str(value)
