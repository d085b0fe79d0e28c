"""What reaches a sheet from elsewhere: a line that the exchange prepared, a late word for a form shown before."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from exchange_domain import database

from . import answers, sheets

LONGEST_NOTE = 10_000


def with_line(note: str, line: str) -> str:
    """A note from a page that may not have shown the exchange's line yet gets it once more; after that it can go."""
    if not line or line in note:
        return note
    return (f"{note}\n{line}" if note else line)[:LONGEST_NOTE]


async def of_other_form(call_id: UUID, operator_id: int, key: str, value: str) -> Any:
    """One answer as it is kept, for a call whose form is not shown any more; None: nobody's, or not readable."""
    try:
        async with database.session() as s:
            found = await sheets.call_to_write(s, call_id, operator_id)
    except (SQLAlchemyError, OSError, TimeoutError):
        return None
    field = next((f for f in found.fields if f.key == key), None) if found else None
    return answers.from_page(field, value) if field else None
