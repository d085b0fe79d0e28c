"""Transfers, shifts and seats: repeats exchange_domain/transfers.py, shifts.py and seats.py."""

from uuid import UUID

from exchange_domain.words import TransferState

from .rows import Shift, Tables, Transfer

LIVE = (TransferState.RINGING, TransferState.CONSULTING)


def start(t: Tables, transfer_id: UUID, call_id: UUID, manager_id: int, at: int) -> None:
    if transfer_id not in t.transfers:
        t.transfers[transfer_id] = Transfer(transfer_id, call_id, manager_id, at)


def _live(t: Tables, transfer_id: UUID, *wanted: TransferState) -> Transfer | None:
    row = t.transfers.get(transfer_id)
    return row if row is not None and row.state in wanted else None


def answered(t: Tables, transfer_id: UUID, at: int) -> None:
    if (row := _live(t, transfer_id, TransferState.RINGING)) is not None:
        row.state, row.answered_at = TransferState.CONSULTING, at


def completed(t: Tables, transfer_id: UUID, at: int) -> None:
    if (row := _live(t, transfer_id, *LIVE)) is not None:
        row.state, row.completed_at = TransferState.COMPLETED, at
        t.calls[row.call_id].transferred = True


def over(t: Tables, transfer_id: UUID, at: int, state: TransferState, cause: str | None = None) -> None:
    """Failed, or returned to the contact."""
    if (row := _live(t, transfer_id, *LIVE)) is not None:
        row.state, row.ended_at, row.cause = state, at, cause


def ended(t: Tables, transfer_id: UUID, at: int) -> None:
    if (row := _live(t, transfer_id, TransferState.COMPLETED)) is not None:
        row.ended_at = at


def latest(t: Tables, call_id: UUID) -> Transfer | None:
    """The live transfer, or the completed one whose manager still talks (as calls.open_calls picks it)."""
    rows = [
        r for r in t.transfers.values()
        if r.call_id == call_id and r.state in (*LIVE, TransferState.COMPLETED)
    ]  # fmt: skip
    return max(rows, key=lambda r: r.started_at) if rows else None


def open_shift(
    t: Tables,
    operator_id: int,
    campaign_id: int,
    endpoint: str,
    now: int,
    *,
    idle_s: int,
    fallback_number: str | None,
    preview_s: int = 0,
) -> Shift:
    """The operator's open shift, now with this campaign; one is begun when there is none."""
    shift = current_shift(t, operator_id)
    if shift is None:
        shift = Shift(len(t.shifts) + 1, operator_id, campaign_id, endpoint, now, idle_s, fallback_number, preview_s)
        t.shifts[shift.id] = shift
    shift.campaign_id = campaign_id
    return shift


def current_shift(t: Tables, operator_id: int) -> Shift | None:
    return next((s for s in t.shifts.values() if s.operator_id == operator_id and s.ended_at is None), None)


def set_seat(t: Tables, shift_id: int, leg: UUID | None, by_number: bool) -> None:
    t.shifts[shift_id].seat_leg = leg
    if leg is not None and by_number:
        t.seat_legs.setdefault(leg)


def end_shift(t: Tables, shift_id: int, at: int) -> None:
    shift = t.shifts[shift_id]
    if shift.ended_at is None:
        shift.ended_at, shift.seat_leg = at, None
