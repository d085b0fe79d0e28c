"""What a manager says of a transfer: the result and a note, written while they talk and after."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import Transfer
from .words import ManagerResult

LONGEST_NOTE = 10_000


class NotTheirs(Exception):
    """The transfer is another manager's, or never reached this one."""


async def _own(s: AsyncSession, transfer_id: UUID, manager_id: int) -> Transfer:
    transfer = await s.get(Transfer, transfer_id, with_for_update=True)
    if transfer is None or transfer.manager_id != manager_id or transfer.answered_at is None:
        raise NotTheirs
    return transfer


async def save_result(
    s: AsyncSession, transfer_id: UUID, manager_id: int, result: ManagerResult | None, at: datetime
) -> None:
    """None takes it back. Raises NotTheirs."""
    transfer = await _own(s, transfer_id, manager_id)
    transfer.manager_result, transfer.manager_said_at = result, at
    s.add(transfer)
    await s.flush()


async def save_note(s: AsyncSession, transfer_id: UUID, manager_id: int, note: str, at: datetime) -> None:
    """Raises NotTheirs."""
    transfer = await _own(s, transfer_id, manager_id)
    transfer.manager_note, transfer.manager_said_at = note[:LONGEST_NOTE], at
    s.add(transfer)
    await s.flush()
