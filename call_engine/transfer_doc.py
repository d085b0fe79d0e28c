"""`python -m call_engine.transfer_doc`: writes the transfer's table into docs/transfer.md, as the code has it."""

from pathlib import Path

from .core.transfer_table import NOTHING, PHASES, ROWS, Phase

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "transfer.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def phase_name(phase: Phase | str) -> str:
    return "talk" if phase is None else str(phase)


def table() -> str:
    """All rows, then what is deliberately nothing, as Markdown."""
    lines = ["| in | when | and | then | done | row |", "|---|---|---|---|---|---|"]
    for row in ROWS:
        guard = (row.guard.__doc__ or "") if row.guard else ""
        done = row.do.__doc__ or ""
        cells = (phase_name(row.phase), row.kind.value, guard, phase_name(row.to), done, row.name)
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "Nothing to do, and why:", "", "| in | when | because |", "|---|---|---|"]
    for phase in PHASES:
        lines += [f"| {phase_name(p)} | {kind.value} | {why} |" for (p, kind), why in NOTHING.items() if p is phase]
    return "\n".join(lines) + "\n"


def with_table(document: str) -> str:
    """The document with the present table between its marks. Raises ValueError when they are missing."""
    before, mark, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"{DOCUMENT.name} has no marks for the table")
    return before + BEGIN + "\n" + table() + "\n" + END + after


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text()))
