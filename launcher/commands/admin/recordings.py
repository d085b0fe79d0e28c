"""`./run admin recordings`: how recordings fare: by state, what waits, what went wrong."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exchange_domain.database import Session
    from exchange_domain.recording_signals import Summary


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    topic = commands.add_parser("recordings", help="recordings by state, the oldest that waits, the last errors")
    topic.set_defaults(carry_out=recordings)


async def recordings(session: "Session", chosen: argparse.Namespace) -> str:
    from exchange_domain import recording_signals

    return said(await recording_signals.summary(session), datetime.now(UTC))


def said(found: "Summary", now: datetime) -> str:
    from exchange_domain.words import RecordingState

    lines = ["recordings"]
    lines += [f"  {state.value:<10} {found.by_state.get(state.value, 0):>8}" for state in RecordingState]
    if found.oldest_waiting is not None:
        minutes = max(0, int((now - found.oldest_waiting).total_seconds() // 60))
        lines.append(f"oldest waiting: the call ended {minutes} min ago")
    if found.not_whole:
        lines.append(f"stored, but cut short: {found.not_whole}")
    if found.errors:
        lines.append("last errors")
        lines += [f"  {state:<10} {code:<18} {count:>6}" for state, code, count in found.errors]
    lines.append(f"to be deleted: {found.to_delete}")
    lines += [f"  {code:<18} {count:>6}" for code, count in found.delete_errors]
    return "\n".join(lines)
