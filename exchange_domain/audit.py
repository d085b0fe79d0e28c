"""The log of privileged acts: who did what, about what, how it was before and after. The database keeps it as it is.

Written in the transaction of the act itself, so that neither is there without the other. Never a password, a token, a
number or a name of a contact.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import AuditEntry


@dataclass(frozen=True)
class Entry:
    id: int
    at: datetime
    who: str
    """Empty: by the command line."""
    act: str
    subject: str
    before: Any
    after: Any


async def write(
    s: AsyncSession, account_id: int | None, act: str, subject: str, *, before: Any = None, after: Any = None
) -> None:
    """`account_id`: who did it; none: the command line."""
    s.add(AuditEntry(account_id=account_id, act=act, subject=subject, before=before, after=after))
    await s.flush()


_READ = """
select e.id, e.at, coalesce(a.display_name, '') as who, e.act, e.subject, e.before, e.after
from audit_entry e left join account a on a.id = e.account_id
where (cast(:before_id as bigint) is null or e.id < :before_id)
"""


async def entries(
    s: AsyncSession, *, act: str = "", who: int | None = None, before_id: int | None = None, limit: int = 50
) -> list[Entry]:
    """The latest first. `before_id`: the last entry of the page above."""
    where = (" and e.act = :act" if act else "") + (" and e.account_id = :who" if who else "")
    values = {"before_id": before_id, "limit": limit} | ({"act": act} if act else {}) | ({"who": who} if who else {})
    rows = await s.execute(text(f"{_READ}{where} order by e.id desc limit :limit"), values)
    return [Entry(r.id, r.at, r.who, r.act, r.subject, r.before, r.after) for r in rows]


async def acts(s: AsyncSession) -> list[str]:
    """Which acts there are in the log."""
    return list((await s.execute(text("select distinct act from audit_entry order by act"))).scalars())
