"""An operator's own figures: today's work, the days before, the list of calls with their pay."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain.call_rows import DIALLED, IN_EARNEST
from exchange_domain.hours import zone_of
from exchange_domain.words import Outcome

PAGE = 50
DAYS = 14


@dataclass(frozen=True)
class Day:
    """One day of work by the operator's own clock. Pay in minor units, settled calls only."""

    day: str
    """ISO date."""
    calls: int
    answered: int
    successes: int
    pay: int
    unsettled: int
    """Calls whose pay is not reckoned yet."""


@dataclass(frozen=True)
class PaidCall:
    call_id: UUID
    claimed_at: datetime
    campaign: str
    outcome: Outcome | None
    disposition: str | None
    talk_s: int | None
    pay: int | None
    """None until the call is settled."""
    currency: str


def known_zone(name: object) -> str:
    """The zone a browser names, or UTC when there is no such zone."""
    return name if isinstance(name, str) and len(name) <= 64 and zone_of(name) is not None else "UTC"


def midnight(zone_name: str, now: datetime) -> datetime:
    """When the present day began by the clock of a zone."""
    zone = zone_of(zone_name)
    assert zone is not None
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


async def days(s: AsyncSession, operator_id: int, zone_name: str, now: datetime, *, most: int = DAYS) -> list[Day]:
    """The last days, today first; days without work are left out."""
    since = midnight(zone_name, now) - timedelta(days=most - 1)
    rows = await s.execute(
        text(
            "select cast(k.claimed_at at time zone :zone as date) as day, count(*) as calls, "
            "count(k.answered_at) as answered, "
            "count(*) filter (where k.outcome = 'success') as successes, coalesce(sum(x.operator_pay), 0) as pay, "
            "count(*) filter (where x.call_id is null) as unsettled "
            "from call k left join settlement x on x.call_id = k.id "
            f"where k.operator_id = :operator and k.claimed_at >= :since and k.state = 'closed' and {DIALLED} "
            f"and {IN_EARNEST} "
            "group by 1 order by 1 desc"
        ),
        {"operator": operator_id, "since": since, "zone": zone_name},
    )
    return [Day(r.day.isoformat(), r.calls, r.answered, r.successes, int(r.pay), r.unsettled) for r in rows.all()]


async def today(s: AsyncSession, operator_id: int, zone_name: str, now: datetime) -> Day:
    """Today's figures, zeros before the first call."""
    found = await days(s, operator_id, zone_name, now, most=1)
    zone = zone_of(zone_name)
    return found[0] if found else Day(now.astimezone(zone).date().isoformat(), 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class ShiftFigures:
    """A shift so far: pay in minor units of settled calls, and how many calls that were."""

    pay: int
    calls: int
    successes: int


async def of_shift(s: AsyncSession, shift_id: int) -> ShiftFigures:
    row = (
        await s.execute(
            text(
                "select coalesce(sum(x.operator_pay), 0) as pay, count(*) as calls, "
                "count(*) filter (where k.outcome = 'success') as successes "
                "from call k left join settlement x on x.call_id = k.id "
                f"where k.shift_id = :shift and k.state = 'closed' and {DIALLED} and {IN_EARNEST}"
            ),
            {"shift": shift_id},
        )
    ).one()
    return ShiftFigures(int(row.pay), row.calls, row.successes)


async def on_campaign_since(s: AsyncSession, shift_id: int, campaign_id: int) -> datetime | None:
    """When the shift's run of calls in its present campaign began; none: no call yet."""
    found = await s.execute(
        text(
            "select min(k.claimed_at) from call k where k.shift_id = :shift and k.campaign_id = :campaign "
            "and k.claimed_at > coalesce((select max(o.claimed_at) from call o "
            "where o.shift_id = :shift and o.campaign_id <> :campaign), '-infinity')"
        ),
        {"shift": shift_id, "campaign": campaign_id},
    )
    return found.scalar_one_or_none()


async def calls(
    s: AsyncSession, operator_id: int, *, before: tuple[datetime, UUID] | None = None, limit: int = PAGE
) -> list[PaidCall]:
    """Closed calls, latest first. `before`: the last one of the page above."""
    where = "and (k.claimed_at, k.id) < (:before_at, :before_id) " if before else ""
    params = {"operator": operator_id, "limit": limit}
    if before:
        params |= {"before_at": before[0], "before_id": before[1]}
    rows = await s.execute(
        text(
            "select k.id, k.claimed_at, c.name, k.outcome, d.label, x.billed_s, x.operator_pay, u.currency "
            "from call k join campaign c on c.id = k.campaign_id join customer u on u.id = k.customer_id "
            "left join disposition d on d.id = k.disposition_id left join settlement x on x.call_id = k.id "
            f"where k.operator_id = :operator and k.state = 'closed' and {DIALLED} and {IN_EARNEST} {where}"
            "order by k.claimed_at desc, k.id desc limit :limit"
        ),
        params,
    )
    return [
        PaidCall(i, at, campaign, Outcome(outcome) if outcome else None, label, talk, pay, currency)
        for i, at, campaign, outcome, label, talk, pay, currency in rows.all()
    ]
