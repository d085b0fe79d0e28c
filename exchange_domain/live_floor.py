"""Operators on shift as a moderator sees them, and who may listen to whom."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .accounts import short_name
from .call_rows import IN_EARNEST
from .tables import LiveListening
from .words import ListeningAct


@dataclass(frozen=True)
class OnShift:
    operator_id: int
    name: str
    """The first name, and the letter of the other: as operators are called everywhere."""
    campaign_id: int
    campaign: str
    customer_id: int
    new: bool
    """In their first talks, by the rule for new operators."""
    flagged: bool
    """A flag about them is open."""


_ON_SHIFT = text(f"""
select a.id as operator_id, a.display_name as name, c.id as campaign_id, c.name as campaign, c.customer_id,
  (select count(*) from (select from call k where k.operator_id = a.id and k.answered_at is not null and {IN_EARNEST}
     limit :talks)
     as recent) < :talks as new,
  exists (select from flag f where f.operator_id = a.id and f.resolved_at is null) as flagged
from shift h join account a on a.id = h.operator_id join campaign c on c.id = h.campaign_id
where h.ended_at is null and (cast(:only as bigint[]) is null or a.id = any(:only))
order by a.display_name, a.id limit :most
""")


async def on_shift(
    s: AsyncSession, talks: int, only: Collection[int] | None = None, most: int = 1_000
) -> list[OnShift]:
    """Everybody with an open shift; `only`: of these. `talks`: so many make an operator an old hand."""
    found = await s.execute(_ON_SHIFT, {"talks": talks, "only": None if only is None else list(only), "most": most})
    return [OnShift(row[0], short_name(row[1]), *row[2:]) for row in found]


async def may_listen(
    s: AsyncSession, moderator_id: int, own_customers: Collection[int], operator_id: int
) -> OnShift | None:
    """The operator, if this moderator may hear the line: on shift, another person, another's customer."""
    found = await on_shift(s, 1, [operator_id])
    barred = not found or operator_id == moderator_id or found[0].customer_id in own_customers
    return None if barred else found[0]


async def note(
    s: AsyncSession, leg: UUID, moderator_id: int, operator_id: int, call_id: UUID | None, act: ListeningAct
) -> None:
    """Writes it down, before it is done: the database keeps it as it is."""
    s.add(LiveListening(leg=leg, moderator_id=moderator_id, operator_id=operator_id, call_id=call_id, act=act))
    await s.flush()
