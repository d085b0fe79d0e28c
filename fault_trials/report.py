"""The table of a run."""

from collections.abc import Sequence

from .trial import FAULT_S, Result

HEADINGS = ("link", "fault", "for s", "calls up", "lost", "commands", "again", "not rung", "lost", "recovered after s")


def table(results: Sequence[Result]) -> str:
    rows: list[tuple[str, ...]] = [HEADINGS]
    for one in results:
        recovered = "never" if one.recovery_s is None else f"{one.recovery_s:.2f}"
        rows.append(
            (
                one.link, one.fault.value, f"{FAULT_S[one.fault]:g}", str(one.calls_up), str(len(one.calls_lost)),
                str(one.commands), str(one.again), str(one.never_reached), str(len(one.commands_lost)), recovered,
            )
        )  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join((lines[0], "  ".join("-" * width for width in widths), *lines[1:]))


def troubles(results: Sequence[Result]) -> list[str]:
    """Everything that was lost or wrong, a line each."""
    lines = []
    for one in results:
        found = [*one.calls_lost, *one.commands_lost, *one.wrong]
        found += ["no command was carried out after the fault"] if one.recovery_s is None else []
        lines += [f"{one.link}, {one.fault}: {what}" for what in found]
    return lines
