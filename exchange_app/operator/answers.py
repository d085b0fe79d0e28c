"""Answers of the form between the page, where all is text, and the draft, where it has its type. Pure."""

from typing import Any

from exchange_domain.forms import FormField
from exchange_domain.words import FieldKind

LONGEST = 4000
"""A text longer than the form allows is still kept as a draft up to twice this."""


def from_page(field: FormField, value: Any) -> Any:
    """What a page sent for a field, as the draft keeps it; None for what no page of ours sends.

    Nothing is judged here: a number that is none yet is kept as it was typed, and checked when the call is closed.
    """
    match field.kind:
        case FieldKind.CHOICES:
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                return None
            return [option for option in field.options if option in value]
        case FieldKind.YES_NO:
            return {"yes": True, "no": False, "": ""}.get(value) if isinstance(value, str) else None
        case FieldKind.CHOICE:
            return value if isinstance(value, str) and (value == "" or value in field.options) else None
        case _:
            return value[: 2 * LONGEST] if isinstance(value, str) else None


def for_page(field: FormField, value: Any) -> str:
    """A kept answer as the text of its field; several choices are separate, see `chosen`."""
    if field.kind is FieldKind.YES_NO:
        return {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else ""
    if value is None or isinstance(value, list):
        return ""
    return str(value)


def chosen(field: FormField, value: Any) -> list[str]:
    """The options chosen in a field of several choices."""
    return [o for o in field.options if o in value] if isinstance(value, list) else []


def toggled(field: FormField, value: Any, option: str) -> list[str]:
    """The choices after one of them was pressed, in the form's order."""
    now = set(chosen(field, value)) ^ {option}
    return [o for o in field.options if o in now]
