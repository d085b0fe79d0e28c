"""Where one typed field goes: into the draft of its call."""

from datetime import datetime
from typing import Any
from uuid import UUID

from exchange_domain import database, drafts

NOTE = ".note"
"""The note's name among the saved fields; no key of a form has a dot."""


async def store(call_id: UUID, operator_id: int, key: str, kept: Any) -> datetime:
    """Writes one field of a draft and returns when. Raises NotYours, or what the database raises."""
    async with database.session() as s:
        if key == NOTE:
            return await drafts.save_note(s, call_id, operator_id, kept)
        return await drafts.save_field(s, call_id, operator_id, key, kept)
