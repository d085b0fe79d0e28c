"""Scripts: Markdown with `{{field}}`, shown to operators as safe HTML with the contact's own values. Pure."""

import re
from collections.abc import Mapping
from html import escape

import nh3
from markdown_it import MarkdownIt

from . import accounts

FIELD = re.compile(r"\{\{\s*([^{}\n]{1,100}?)\s*\}\}")
MARKED = re.compile("\ue000(\\d+)\ue001")
TAGS = {
    "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "blockquote", "br", "hr", "code", "a", "mark",
    "details", "summary", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")


def fields_used(markdown: str) -> list[str]:
    """Names in `{{…}}`, in order, each once.

    >>> fields_used("Hello {{ name }}, {{city}}? {{name}}")
    ['name', 'city']
    """
    return list(dict.fromkeys(m.group(1) for m in FIELD.finditer(markdown)))


def script_values(
    *, contact_name: str, person_name: str, operator_name: str, fields: Mapping[str, object]
) -> dict[str, object]:
    """What `{{…}}` of a script may name: the list's columns, and the names that every call has."""
    person = person_name or contact_name
    ours = {
        "name": contact_name,
        "имя": contact_name,
        "название": contact_name,
        "person": person,
        "контактное лицо": person,
        "operator": accounts.first_name(operator_name),
        "оператор": accounts.first_name(operator_name),
    }
    own = {str(key).casefold(): value for key, value in fields.items() if value not in (None, "")}
    return {**ours, **own}


def render(markdown: str, values: Mapping[str, object]) -> str:
    """HTML of a script with the values in place. A value is text: neither its Markdown nor its HTML has effect.
    A field without a value shows its own name, marked as missing."""
    known = {str(key).casefold(): str(value) for key, value in values.items()}
    fills: list[str] = []

    def place(match: re.Match[str]) -> str:
        name = match.group(1)
        value = known.get(name.casefold(), "")
        fill = f'<mark class="fill">{escape(value)}</mark>' if value else f'<mark class="missing">{escape(name)}</mark>'
        fills.append(fill)
        return f"\ue000{len(fills) - 1}\ue001"

    source = FIELD.sub(place, markdown.replace("\ue000", "").replace("\ue001", ""))
    html = _markdown.render(source)
    clean = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}, "mark": {"class"}}, url_schemes={"http", "https", "tel"}
    )
    # Filled after the cleaning: the values are escaped already, and Markdown never sees them.
    return MARKED.sub(lambda m: fills[int(m.group(1))], clean)


def opening(markdown: str, values: Mapping[str, object] | None = None, longest: int = 160) -> str:
    """The first spoken paragraph as plain text: what the board shows of a script."""
    for block in re.split(r"\n\s*\n", markdown):
        if not block.lstrip().startswith(("#", "-", ">", "|", "*")) and block.strip():
            plain = FIELD.sub(lambda m: str((values or {}).get(m.group(1), "…")), " ".join(block.split()))
            plain = re.sub(r"[*_`]+", "", plain)
            return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"
    return ""
