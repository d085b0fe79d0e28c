"""Who has listened to which recording, and when: written down at the request that opens it, kept for good."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

AGAIN = timedelta(minutes=10)
"""A player asks for parts of what it has opened: within this it is one listening."""

_NOTE = text("""
insert into listening (call_id, account_id, token_id) select :call, :account, :token
where not exists (select from listening where call_id = :call and account_id is not distinct from :account
  and token_id is not distinct from :token and at > now() - cast(:again as interval))
""")


async def note(s: AsyncSession, call_id: UUID, *, account_id: int | None = None, token_id: int | None = None) -> None:
    """Notes it once in ten minutes a person."""
    await s.execute(_NOTE, {"call": call_id, "account": account_id, "token": token_id, "again": AGAIN})
