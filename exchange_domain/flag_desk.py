"""Flags as moderators work through them: what is open, who looks into it, and the word that ends it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .accounts import short_name
from .tables import Flag
from .words import FlagKind

LONGEST_WORD = 1000


class FlagError(Exception):
    """Why nothing changed, as a code: gone, somebody_elses, no_words."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class OpenFlag:
    """A flag with what it is about, by names that moderators may see."""

    id: int
    kind: FlagKind
    count: int
    first_at: datetime
    last_at: datetime
    campaign: str
    customer: str
    operator: str
    call_id: UUID | None
    heard: bool
    """There is a recording of its call."""
    details: dict[str, Any]
    words: str
    """What an operator has reported, in her own words."""
    assigned_to: int | None
    assigned_name: str


_OPEN = """
select f.id, f.kind, f.count as times, f.first_at, f.last_at, f.call_id, f.details, f.assigned_to,
  coalesce(p.name, '') as campaign, coalesce(c.name, '') as customer, coalesce(o.display_name, '') as operator,
  coalesce(a.display_name, '') as assigned_name, coalesce(b.words, '') as words,
  coalesce(r.state = 'stored', false) as heard
from flag f left join campaign p on p.id = f.campaign_id left join customer c on c.id = f.customer_id
left join account o on o.id = f.operator_id left join account a on a.id = f.assigned_to
left join problem_report b on f.kind = 'problem_reported' and b.id = cast(f.details ->> 'report' as bigint)
left join recording r on r.call_id = f.call_id
where f.resolved_at is null
"""


async def open_flags(
    s: AsyncSession, *, kind: FlagKind | None = None, assigned_to: int | None = None, limit: int = 100
) -> list[OpenFlag]:
    """Those that nobody has resolved, the latest first."""
    query = _OPEN + (" and f.kind = :kind" if kind else "") + (" and f.assigned_to = :mine" if assigned_to else "")
    rows = await s.execute(
        text(query + " order by f.last_at desc, f.id desc limit :limit"),
        {"kind": kind.value if kind else None, "mine": assigned_to, "limit": limit},
    )
    return [
        OpenFlag(
            r.id, FlagKind(r.kind), r.times, r.first_at, r.last_at, r.campaign, r.customer, short_name(r.operator),
            r.call_id, r.heard, r.details, r.words, r.assigned_to, short_name(r.assigned_name),
        )
        for r in rows
    ]  # fmt: skip


async def counts(s: AsyncSession) -> dict[FlagKind, int]:
    """How many are open of each kind."""
    open_ones = select(Flag.kind, func.count()).where(col(Flag.resolved_at).is_(None)).group_by(Flag.kind)
    return {FlagKind(kind): n for kind, n in (await s.exec(open_ones)).all()}


async def _open(s: AsyncSession, flag_id: int) -> Flag:
    flag = await s.get(Flag, flag_id, with_for_update=True, populate_existing=True)
    if flag is None or flag.resolved_at is not None:
        raise FlagError("gone")
    return flag


async def take(s: AsyncSession, flag_id: int, account_id: int) -> None:
    """It is this moderator's now; one that is somebody else's stays theirs. Raises FlagError."""
    flag = await _open(s, flag_id)
    if flag.assigned_to not in (None, account_id):
        raise FlagError("somebody_elses")
    flag.assigned_to = account_id
    s.add(flag)


async def give_back(s: AsyncSession, flag_id: int, account_id: int) -> None:
    """It is nobody's again. Raises FlagError."""
    flag = await _open(s, flag_id)
    if flag.assigned_to not in (None, account_id):
        raise FlagError("somebody_elses")
    flag.assigned_to = None
    s.add(flag)


async def resolve(s: AsyncSession, flag_id: int, account_id: int, words: str, at: datetime) -> None:
    """Ends it, with a word about what was found. What happens again opens a new one. Raises FlagError."""
    words = " ".join(words.split())[:LONGEST_WORD]
    if not words:
        raise FlagError("no_words")
    flag = await _open(s, flag_id)
    if flag.assigned_to not in (None, account_id):
        raise FlagError("somebody_elses")
    flag.assigned_to = flag.resolved_by = account_id
    flag.resolved_at, flag.resolution = at, words
    s.add(flag)
