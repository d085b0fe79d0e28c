"""How the exchange does just now, in figures: for the admins' first page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .call_rows import DIALLED, IN_EARNEST

FRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class Figures:
    """Money in minor units of `currency`, by what was settled in the last 24 hours."""

    on_shift: int
    in_calls: int
    calls: int
    answered: int
    transfers: int
    successes: int
    overran: int
    charged: int
    paid: int
    currency: str
    recordings_waiting: int
    recordings_lost: int
    unsettled: int
    """Calls closed longer than ten minutes ago without a settlement."""
    jobs_waiting: int
    jobs_failed: int
    mails_failed: int
    flags: int
    reviews: int
    """Calls that wait for a moderator."""
    appeals: int
    disputes: int


_FIGURES = text(f"""
select (select count(*) from shift where ended_at is null) as on_shift,
  (select count(*) from call where state in ('claimed', 'ringing', 'talking', 'transferring')) as in_calls,
  d.*, m.charged, m.paid,
  (select count(*) from recording where state = 'waiting') as recordings_waiting,
  (select count(*) from flag where kind = 'recording_lost' and resolved_at is null) as recordings_lost,
  (select count(*) from call where state = 'closed' and not settled and closed_at < :late) as unsettled,
  (select count(*) from procrastinate_jobs where status = 'todo'
     and (scheduled_at is null or scheduled_at < now())) as jobs_waiting,
  (select count(*) from procrastinate_jobs where status = 'failed') as jobs_failed,
  (select count(*) from mail where state = 'failed' and created_at > :since) as mails_failed,
  (select count(*) from flag where resolved_at is null) as flags,
  (select count(*) from hearing where verdict is null) as reviews,
  (select count(*) from appeal where state = 'open') as appeals,
  (select count(*) from dispute where state = 'open') as disputes,
  coalesce((select currency from tariff order by valid_from desc limit 1), 'RUB') as currency
from
  (select count(*) as calls, count(k.answered_at) as answered, count(*) filter (where k.transferred) as transfers,
     count(*) filter (where k.outcome = 'success') as successes, count(*) filter (where k.overran) as overran
   from call k where k.claimed_at > :since and {DIALLED} and {IN_EARNEST}) d,
  (select coalesce(sum(charge), 0) as charged, coalesce(sum(operator_pay), 0) as paid from settlement
   where settled_at > :since) m
""")


async def figures(s: AsyncSession, now: datetime) -> Figures:
    """Of the last 24 hours, and as it stands."""
    row = (await s.execute(_FIGURES, {"since": now - timedelta(days=1), "late": now - FRESH})).one()
    return Figures(**{name: row._mapping[name] for name in Figures.__dataclass_fields__})


@dataclass(frozen=True)
class CustomerLine:
    id: int
    name: str
    currency: str
    owners: str
    funds: int
    held: int
    campaigns: int
    running: int
    cap: int | None
    """The most it may spend in a day."""


async def customer_lines(s: AsyncSession, *, search: str = "", limit: int = 100) -> list[CustomerLine]:
    """Customers by name."""
    escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await s.execute(
        text(
            "select c.id, c.name, c.currency, "
            "coalesce((select string_agg(a.display_name, ', ' order by a.id) from customer_member m "
            "  join account a on a.id = m.account_id where m.customer_id = c.id and m.role = 'owner'), '') as owners, "
            "coalesce((select balance from ledger_account l where l.customer_id = c.id and l.kind = 'customer_funds' "
            "  and l.currency = c.currency), 0) as funds, "
            "coalesce((select balance from ledger_account l where l.customer_id = c.id and l.kind = 'customer_hold' "
            "  and l.currency = c.currency), 0) as held, "
            "(select count(*) from campaign p where p.customer_id = c.id) as campaigns, "
            "(select count(*) from campaign p where p.customer_id = c.id and p.status = 'active') as running, "
            "(select per_day from spend_cap x where x.customer_id = c.id and x.campaign_id is null) as cap "
            "from customer c where not c.house and (:like = '' or c.name ilike :like) "
            "order by lower(c.name), c.id limit :limit"
        ),
        {"like": f"%{escaped}%" if escaped else "", "limit": limit},
    )
    return [CustomerLine(**r) for r in rows.mappings()]
