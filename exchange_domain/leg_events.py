"""The log of what the switch said of contacts' and managers' legs: few rows a leg, the same said twice is one row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import LegEvent
from .words import LegEventKind


@dataclass(frozen=True)
class Said:
    """One event of a leg, with the switch's own times."""

    leg: UUID
    kind: LegEventKind
    at: datetime
    answered_at: datetime | None = None
    cause: str | None = None
    core_uuid: str = ""
    sequence: int = 0


@dataclass(frozen=True)
class History:
    """What the log knows of a leg. `ended_at` is certain; `seen_at` only says that it lived until then."""

    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: str | None = None
    seen_at: datetime | None = None

    @property
    def empty(self) -> bool:
        return self == History()


# A contact's leg has its call's id, a manager's its transfer's. Other legs (seats) belong to no call and are left out.
_OF_CALLS = """
cross join lateral (
  select k.id as call_id from call k where k.id = n.leg
  union all select t.call_id from transfer t where t.id = n.leg
) c
"""
APPEND = text(f"""
insert into leg_event (leg, kind, call_id, at, answered_at, cause, core_uuid, sequence)
select n.leg, n.kind, c.call_id, n.at, n.answered_at, n.cause, n.core_uuid, n.sequence
from unnest(cast(:legs as uuid[]), cast(:kinds as text[]), cast(:at as timestamptz[]),
            cast(:answered as timestamptz[]), cast(:causes as text[]), cast(:cores as text[]),
            cast(:sequences as bigint[])) as n(leg, kind, at, answered_at, cause, core_uuid, sequence)
{_OF_CALLS}
order by n.leg, n.kind
on conflict (leg, kind) do nothing
""")
SEEN = text(f"""
insert into leg_event as e (leg, kind, call_id, at)
select n.leg, 'seen', c.call_id, :at from unnest(cast(:legs as uuid[])) as n(leg)
{_OF_CALLS}
order by n.leg
on conflict (leg, kind) do update set at = excluded.at where e.at < excluded.at
""")


async def append(s: AsyncSession, said: Sequence[Said]) -> None:
    """Keeps events; the first of a kind of each leg stays."""
    if said:
        await s.execute(
            APPEND,
            {
                "legs": [one.leg for one in said],
                "kinds": [one.kind.value for one in said],
                "at": [one.at for one in said],
                "answered": [one.answered_at for one in said],
                "causes": [one.cause for one in said],
                "cores": [one.core_uuid for one in said],
                "sequences": [one.sequence for one in said],
            },
        )


async def seen(s: AsyncSession, legs: Collection[UUID], at: datetime) -> None:
    """The switch had these legs at that moment."""
    if legs:
        await s.execute(SEEN, {"legs": sorted(legs), "at": at})


async def history(s: AsyncSession, leg: UUID) -> History:
    rows = {row.kind: row for row in await s.exec(select(LegEvent).where(LegEvent.leg == leg))}
    end = rows.get(LegEventKind.COMPLETED) or rows.get(LegEventKind.HUNGUP)
    answered, last = rows.get(LegEventKind.ANSWERED), rows.get(LegEventKind.SEEN)
    return History(
        # The event of the end knows the answer too: the one of the answer may have been missed.
        answered_at=end.answered_at if end else answered.at if answered else None,
        ended_at=end.at if end else None,
        cause=end.cause if end else None,
        seen_at=last.at if last else None,
    )
