"""What a customer said its columns were: proposed again for the next list with the same headings."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain.tables import RememberedMapping


def fingerprint(headings: Sequence[str]) -> str:
    """Of a list's headings in their order, whatever their case; empty when it has none."""
    words = [" ".join(heading.split()).casefold() for heading in headings]
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest() if any(words) else ""


async def remember(
    s: AsyncSession, customer_id: int, headings: Sequence[str], mapping: Sequence[dict[str, Any]]
) -> None:
    """Keeps `{column, role, key}` of each column."""
    if not (known := fingerprint(headings)):
        return
    row = {"customer_id": customer_id, "fingerprint": known, "mapping": list(mapping)}
    await s.execute(
        insert(RememberedMapping)
        .values(**row)
        .on_conflict_do_update(
            index_elements=["customer_id", "fingerprint"], set_={"mapping": row["mapping"], "used_at": func.now()}
        )
    )


async def recalled(s: AsyncSession, customer_id: int, headings: Sequence[str]) -> list[dict[str, Any]]:
    """As it was said last; empty when these headings are new to the customer."""
    known = fingerprint(headings)
    found = await s.get(RememberedMapping, (customer_id, known)) if known else None
    return list(found.mapping) if found else []
