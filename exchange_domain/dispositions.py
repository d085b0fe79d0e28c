"""A campaign's dispositions as its customer orders them. Rows keep their identity: past calls keep their words."""

from sqlmodel.ext.asyncio.session import AsyncSession

from . import campaigns
from .tables import Disposition
from .words import Outcome

MOST = 9
"""Each has a digit key."""


class DispositionError(Exception):
    """Why a change was not made, as a code: last_success, full."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


async def move(s: AsyncSession, campaign_id: int, disposition_id: int, by: int) -> None:
    """One key earlier (-1) or later (1); at the end of the row it stays."""
    rows = await campaigns.dispositions(s, campaign_id)
    at = next((n for n, row in enumerate(rows) if row.id == disposition_id), None)
    if at is not None and 0 <= at + by < len(rows):
        rows.insert(at + by, rows.pop(at))
        await _number(s, rows)


async def add(s: AsyncSession, campaign_id: int, outcome: Outcome) -> int:
    """A further one at the end; returns its id."""
    rows = await campaigns.dispositions(s, campaign_id)
    if len(rows) >= MOST:
        raise DispositionError("full")
    row = Disposition(campaign_id=campaign_id, position=len(rows) + 1, outcome=outcome)
    s.add(row)
    await s.flush()
    return row.id or 0


async def remove(s: AsyncSession, campaign_id: int, disposition_id: int) -> None:
    """Calls that ended so keep their outcome, without the customer's words."""
    rows = await campaigns.dispositions(s, campaign_id)
    kept = [row for row in rows if row.id != disposition_id]
    _check(kept)
    for row in rows:
        if row.id == disposition_id:
            await s.delete(row)
    await _number(s, kept)


async def change(
    s: AsyncSession, campaign_id: int, disposition_id: int, *, outcome: Outcome | None = None, label: str | None = None
) -> None:
    """Another outcome, or other words; empty words mean the outcome's own."""
    rows = await campaigns.dispositions(s, campaign_id)
    for row in rows:
        if row.id == disposition_id:
            if outcome is not None:
                row.outcome = outcome
            if label is not None:
                row.label = label.strip() or None
            s.add(row)
    _check(rows)
    await s.flush()


def _check(rows: list[Disposition]) -> None:
    if not any(row.outcome == Outcome.SUCCESS for row in rows):
        raise DispositionError("last_success")


async def _number(s: AsyncSession, rows: list[Disposition]) -> None:
    # Two places may hold one number until the transaction ends: the constraint is deferred.
    for position, row in enumerate(rows, 1):
        row.position = position
        s.add(row)
    await s.flush()
