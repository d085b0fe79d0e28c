"""Where one typed field goes: into the draft of its call, and to the desk of a manager who is given the contact."""

from datetime import datetime
from typing import Any
from uuid import UUID

from exchange_app import live
from exchange_domain import database, drafts, transfers

NOTE = ".note"
"""The note's name among the saved fields; no key of a form has a dot."""


async def store(call_id: UUID, operator_id: int, key: str, kept: Any) -> datetime:
    """Writes one field of a draft and returns when. Raises NotYours, or what the database raises."""
    async with database.session() as s:
        if key == NOTE:
            saved = await drafts.save_note(s, call_id, operator_id, kept)
        else:
            saved = await drafts.save_field(s, call_id, operator_id, key, kept)
        desks = await transfers.desks_of(s, call_id)
    await live.tell_managers(desks, call_id)
    return saved


async def closed(call_id: UUID) -> None:
    """The call was saved: nothing of it changes any more, which the manager's desk says."""
    async with database.session() as s:
        desks = await transfers.desks_of(s, call_id)
    await live.tell_managers(desks, call_id)
