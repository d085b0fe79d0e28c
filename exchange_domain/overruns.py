"""Calls that run into the longest call again and again: by campaign and by operator, for moderators.

One overrun is nothing: a talk was long. Many of the latest answered calls say that somebody keeps lines busy (an
answering machine that nobody hangs up on, a script too long for its limit, calls made for their minutes).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import flags
from .tables import Flag
from .words import FlagKind

LEAST_CALLS = 20
"""Fewer answered calls say nothing about a habit."""
LOOK_BACK = timedelta(hours=1)
"""Who had an overrun so recently is looked at; the check runs far more often."""


@dataclass(frozen=True)
class Rule:
    """Regular is: of the last `calls` answered ones, more than `share_percent` overran."""

    calls: int = LEAST_CALLS
    share_percent: int = 25

    def __post_init__(self) -> None:
        if self.calls < LEAST_CALLS or not 0 <= self.share_percent < 100:
            raise ValueError(f"an overrun rule takes {LEAST_CALLS} calls or more and a share from 0 to 99 percent")

    def broken_by(self, answered: int, overran: int) -> bool:
        """Pure. `answered`: how many of the last `calls` there are."""
        return answered >= self.calls and overran * 100 > self.share_percent * answered


@dataclass(frozen=True)
class Habit:
    """The last answered calls of a campaign or an operator."""

    id: int
    answered: int
    overran: int
    latest: UUID
    """The latest overrun among them."""


def _habits(column: str) -> TextClause:
    """By campaign_id or operator_id, of those who had an overrun recently."""
    return text(f"""
select x.{column} as id, count(*) as answered, count(*) filter (where last.overran) as overran,
       (array_agg(last.id order by last.ended_at desc) filter (where last.overran))[1] as latest
from (select distinct {column} from call where overran and ended_at > :since) x
cross join lateral (
  select k.id, k.overran, k.ended_at from call k
  where k.{column} = x.{column} and k.answered_at is not null and k.ended_at is not null
  order by k.claimed_at desc limit :calls) last
group by x.{column}
""")


SUBJECTS = (
    (FlagKind.OVERRUNS_OF_CAMPAIGN, "campaign", _habits("campaign_id")),
    (FlagKind.OVERRUNS_OF_OPERATOR, "operator", _habits("operator_id")),
)


async def flag_regular(s: AsyncSession, rule: Rule, now: datetime) -> int:
    """Raises the flags that are due; how many. The same overrun never counts twice, however often this is called."""
    raised = 0
    for kind, what, habits in SUBJECTS:
        for row in (await s.execute(habits, {"since": now - LOOK_BACK, "calls": rule.calls})).all():
            habit = Habit(row.id, row.answered, row.overran, row.latest)
            if rule.broken_by(habit.answered, habit.overran) and not await _told(s, kind, f"{what}:{habit.id}", habit):
                raised += 1
                await flags.raise_flag(
                    s, kind, f"{what}:{habit.id}", now, **{f"{what}_id": habit.id}, call_id=habit.latest,
                    answered=habit.answered, overran=habit.overran, latest=str(habit.latest),
                )  # fmt: skip
    return raised


async def _told(s: AsyncSession, kind: FlagKind, subject: str, habit: Habit) -> bool:
    """Whether a flag, open or dealt with, has counted the latest overrun already."""
    found = await s.exec(
        select(Flag.details).where(Flag.kind == kind, Flag.subject == subject).order_by(col(Flag.id).desc()).limit(1)
    )
    details = found.first()
    return details is not None and details.get("latest") == str(habit.latest)
