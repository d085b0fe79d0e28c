"""What of a leg's events is kept in the log, with the switch's own times."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from exchange_domain.leg_events import Said
from exchange_domain.words import LegEventKind

from .reading import first

KINDS = {
    "CHANNEL_ANSWER": LegEventKind.ANSWERED,
    "CHANNEL_HANGUP": LegEventKind.HUNGUP,
    "CHANNEL_HANGUP_COMPLETE": LegEventKind.COMPLETED,
    # The end once more, for an engine that was not connected when it was said first.
    "CHANNEL_DESTROY": LegEventKind.COMPLETED,
}


def said_of(leg: UUID, headers: Mapping[str, Any]) -> Said | None:
    """The event as the log keeps it; None for events that are not kept, and for one without a time."""
    kind = KINDS.get(first(headers, "Event-Name") or "")
    if kind is None:
        return None
    answered = _moment(headers, "Caller-Channel-Answered-Time")
    own = {
        LegEventKind.ANSWERED: answered,
        LegEventKind.COMPLETED: _moment(headers, "Caller-Channel-Hangup-Time"),
    }.get(kind)
    # CHANNEL_HANGUP does not have the time of the end yet: its own date is the same, or one step of 20 ms off.
    at = own or _moment(headers, "Event-Date-Timestamp")
    if at is None or (kind is LegEventKind.COMPLETED and own is None):
        return None
    return Said(
        leg, kind, at, answered, first(headers, "Hangup-Cause"), first(headers, "Core-UUID") or "",
        int(first(headers, "Event-Sequence") or 0),
    )  # fmt: skip


def _moment(headers: Mapping[str, Any], name: str) -> datetime | None:
    microseconds = int(first(headers, name) or 0)
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC) if microseconds > 0 else None
