"""Settlement by record and disposition: repeats exchange_domain/settling.py (DUE, _settle)."""

from exchange_domain import tariffs
from exchange_domain.settling import LIMIT_SLACK_S
from exchange_domain.words import UNSEEN_END, CallState, Outcome, RecordSource

from .books import Books
from .rows import Call, LegLog, Settlement, Tables

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
    never_placed = call.ringing_at is None and call.ended_by == "switch" and call.hangup_cause != UNSEEN_END
    return call.id in t.records or call.ended_at < now - GRACE_MS or never_placed


def settle(t: Tables, books: Books, call: Call) -> None:
    source, answered, length = _length(t, call)
    campaign = t.campaigns[call.campaign_id]
    billed_s = min(length, campaign.longest_call_s + LIMIT_SLACK_S)
    cost = tariffs.price(t.tariff, answered=answered, billed_s=billed_s, success=call.outcome is Outcome.SUCCESS)
    if source is RecordSource.NOT_PLACED:
        cost = tariffs.Price(0, 0)
    charge = min(cost.charge, books.held_for(call.customer_id, call.id))
    if books.capture(call.customer_id, call.operator_id, call.id, charge, cost.operator_pay):
        t.settlements[call.id] = Settlement(call.id, source, billed_s, charge, cost.operator_pay)
    t.unsettled.pop(call.id, None)


def _length(t: Tables, call: Call) -> tuple[RecordSource, bool, int]:
    """Repeats exchange_domain/lengths.py: the record, else the log of the switch's events, else what is certain."""
    record = t.records.get(call.id)
    if record is not None:
        return RecordSource.RECORD, record.answered_at is not None, record.billed_s
    log = t.leg_log.get(call.id) or LegLog()
    unseen = log.ended_at is None and call.hangup_cause == UNSEEN_END
    answered_at = log.answered_at or (None if log.ended_at else call.answered_at)
    if answered_at is None:
        placed = call.ringing_at is not None or log != LegLog()
        return RecordSource.EVENT if placed else RecordSource.NOT_PLACED, False, 0
    until = (log.seen_at or answered_at) if unseen else (log.ended_at or call.ended_at or answered_at)
    return RecordSource.EVENT, True, whole_seconds(answered_at, until)


def whole_seconds(begin: int, end: int) -> int:
    """The switch's way to count."""
    return max(0, end // 1_000 - begin // 1_000)
