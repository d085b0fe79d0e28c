"""What the page of lists shows, as plain values: columns, rows that were not taken, imports so far. Pure."""

from dataclasses import dataclass, field
from typing import Any

from exchange_domain.importing import ColumnMapping, ColumnRole, Preview, Reason, UnreadableList
from exchange_domain.importing.texts import TEXTS

EXAMPLES = 3
EMPTY_REPORT = dict.fromkeys(
    ("added", "extended", "already_there", "elsewhere", "moved", "numbers_added", "do_not_call", "rejected",
     "duplicates", "empty", "warnings", "wrong_zone", "total", "taken_back"), 0,
)  # fmt: skip
"""Earlier imports, and those cancelled early, have not all of them."""
_NOT_GROUPED = frozenset({"row", "first_row", "column"})


@dataclass(frozen=True)
class Told:
    """A sentence of the catalogue: its English text as the id, and what is filled in."""

    id: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def told(reason: Reason | UnreadableList) -> Told:
    params = {k: str(v) if k in _NOT_GROUPED else v for k, v in reason.params.items()}
    return Told(TEXTS[reason.code], params)


@dataclass(frozen=True)
class ColumnLine:
    """A column of the list on the page."""

    column: int
    letters: str
    heading: str
    examples: str
    role: str
    key: str


@dataclass(frozen=True)
class RejectedLine:
    row: int
    cells: str
    reasons: list[Told]


@dataclass(frozen=True)
class ImportLine:
    """An earlier import of this campaign."""

    id: int
    file_name: str
    at_ms: int
    added: int
    not_taken: int
    has_file: bool
    state: str = "done"


def column_lines(found: Preview, corrected: list[dict[str, Any]]) -> list[ColumnLine]:
    """Columns as proposed, with what the person has corrected."""
    by_column = {one.column: one for one in found.proposed_mapping}
    mine = {int(c["column"]): c for c in corrected}
    lines = []
    for n, column in enumerate(found.columns):
        values = [cells[n] for _, cells in found.sample_rows if n < len(cells) and cells[n]]
        proposed = by_column.get(n, ColumnMapping(n, ColumnRole.FIELD, column.key))
        role = mine[n]["role"] if n in mine else proposed.role.value
        key = mine[n]["key"] if n in mine else proposed.key or column.key
        examples = " · ".join(dict.fromkeys(v[:60] for v in values[:EXAMPLES]))
        lines.append(ColumnLine(n, column.letters, column.heading[:80], examples, role, key))
    return lines


def left_s(elapsed_s: float, done: int, total: int) -> int:
    """Seconds that the rest takes at the pace so far; -1 while that says nothing."""
    if done <= 0 or elapsed_s < 1:
        return -1
    return round(elapsed_s * max(total - done, 0) / done)
