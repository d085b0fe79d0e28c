"""Settlement by record and disposition: repeats exchange_domain/settling.py (DUE, _settle)."""

from exchange_domain import tariffs
from exchange_domain.settling import LIMIT_SLACK_S
from exchange_domain.words import CallState, Outcome, RecordSource

from .books import Books
from .rows import Call, Record, Settlement, Tables

GRACE_MS = 60_000
"""How long settlement waits for the switch's record."""


def settle_due(t: Tables, books: Books, now: int) -> int:
    """Settles what can be settled; how many calls that were."""
    due = [
        c for c in t.unsettled.values() if c.state is CallState.CLOSED and c.ended_at is not None and _is_due(t, c, now)
    ]
    for call in due:
        settle(t, books, call)
    return len(due)


def _is_due(t: Tables, call: Call, now: int) -> bool:
    assert call.ended_at is not None
    never_placed = call.ringing_at is None and call.ended_by == "switch"
    return call.id in t.records or call.ended_at < now - GRACE_MS or never_placed


def settle(t: Tables, books: Books, call: Call) -> None:
    record = t.records.get(call.id)
    placed = record is not None or call.ringing_at is not None or call.answered_at is not None
    source, answered, length = _length(call, record, placed)
    campaign = t.campaigns[call.campaign_id]
    billed_s = min(length, campaign.longest_call_s + LIMIT_SLACK_S)
    cost = tariffs.price(t.tariff, answered=answered, billed_s=billed_s, success=call.outcome is Outcome.SUCCESS)
    charge = min(cost.charge, books.held_for(call.customer_id, call.id))
    pay = cost.operator_pay if placed else 0
    if books.capture(call.customer_id, call.operator_id, call.id, charge, pay):
        t.settlements[call.id] = Settlement(call.id, source, billed_s, charge, pay)
    t.unsettled.pop(call.id, None)


def _length(call: Call, record: Record | None, placed: bool) -> tuple[RecordSource, bool, int]:
    if record is not None:
        return RecordSource.RECORD, record.answered_at is not None, record.billed_s
    if not placed:
        return RecordSource.NOT_PLACED, False, 0
    seen = 0
    if call.answered_at is not None and call.ended_at is not None:
        seen = max(0, round((call.ended_at - call.answered_at) / 1_000))
    return RecordSource.EVENT, call.answered_at is not None, seen
