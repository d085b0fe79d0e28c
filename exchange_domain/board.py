"""What an operator chooses from: campaigns with their pay, and why one cannot be called now."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import certificates, contact_counts, daily_caps, scripts, spend_caps, standstill, tariffs
from .practice import aptitude
from .tables import Campaign, CertificateKind
from .timetables import hours_of

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class BoardCard:
    """A campaign as the board shows it. Money is the operator's own part, in minor units."""

    campaign_id: int
    name: str
    customer_name: str
    currency: str
    per_call: int
    per_answered: int
    per_minute: int
    per_success: int
    pay_per_hour: int | None
    """Paid in the last seven days by hour of work there; None when nobody has worked there yet."""
    paid_calls: int
    """Over how many calls that is."""
    answered_bp: int
    """Share of those calls that were answered, in basis points."""
    success_bp: int
    mean_talk_s: int
    opening_words: str
    waiting: int
    closed_code: str | None
    """no_aptitude, no_certificate, outside_hours, nothing_due, daily_cap, out_of_funds, spend_cap, list_done; None: it
    can be called now."""
    opens_at: datetime | None
    closes_at: datetime | None
    """The last moment of today's calling; None while shut, and for hours around the clock."""
    certificate: str = ""
    """Name of the certificate that is asked for and not held."""
    certificate_goal: str = ""


FIGURES = text("""
select count(*) as calls, count(k.answered_at) as answered, count(*) filter (where k.outcome = 'success') as successes,
       coalesce(sum(x.operator_pay), 0) as pay, coalesce(sum(x.billed_s), 0) as talk_s,
       coalesce(sum(extract(epoch from k.closed_at - k.claimed_at)), 0) as work_s
from call k join settlement x on x.call_id = k.id
where k.campaign_id = :campaign and k.claimed_at > :since
""")

RUNNING = text("""
select c.id, c.name, c.status, c.customer_id, c.certificate_kind_id, u.name as customer, u.currency, x.markdown
from campaign c join customer u on u.id = c.customer_id join script x on x.id = c.script_id
where c.status in ('active', 'out_of_funds') and not c.practice order by c.id
""")
ADDED_TO = text("select distinct campaign_id from contact where added_by = :operator and status = 'waiting'")

# Hers are few; the others are not counted one by one.
OWN = text("""
select time_zone, count(*) as own from contact
where added_by = :operator and campaign_id = :campaign and status = 'waiting' group by time_zone
""")
OTHERS = "(added_by is null or added_by <> :operator)"
# As standstill.ZONES, by hops along the claim index.
ZONES = text(f"""
with recursive zone as (
  (select time_zone, due_at from contact where campaign_id = :campaign and status = 'waiting' and {OTHERS}
   order by time_zone, due_at limit 1)
  union all
  select next.time_zone, next.due_at from zone cross join lateral (
    select time_zone, due_at from contact
    where campaign_id = :campaign and status = 'waiting' and time_zone > zone.time_zone and {OTHERS}
    order by time_zone, due_at limit 1) next
)
select time_zone, due_at as due from zone
""")


@dataclass(frozen=True)
class Shared:
    """A card as everybody sees it, and the certificate that its campaign asks for."""

    card: BoardCard
    certificate_kind_id: int | None


async def shared(s: AsyncSession, now: datetime) -> list[Shared]:
    """What of the board is the same for all operators. Several statements a campaign: may be kept for some seconds."""
    return [
        Shared(await _card(s, row, 0, now), row.certificate_kind_id) for row in (await s.execute(RUNNING)).all()
    ]  # fmt: skip


async def fitted(s: AsyncSession, everybody: list[Shared], operator_id: int, now: datetime) -> list[BoardCard]:
    """The board of one operator: campaigns that run, those that pay best by the hour first, closed ones last.

    A few statements, however many campaigns there are; more only for those that the operator added contacts to.
    """
    lacking = await aptitude.lacking(s, operator_id)
    held = await certificates.held(s, operator_id)
    added = set((await s.execute(ADDED_TO, {"operator": operator_id})).scalars())
    rows = {row.id: row for row in (await s.execute(RUNNING)).all()} if added else {}
    found: list[BoardCard] = []
    for one in everybody:
        card = one.card
        if card.campaign_id in added and card.campaign_id in rows:
            card = await _card(s, rows[card.campaign_id], operator_id, now)
        asked = one.certificate_kind_id
        if lacking:
            card = replace(card, closed_code="no_aptitude", opens_at=None)
        elif asked is not None and asked not in held:
            kind = await s.get_one(CertificateKind, asked)
            card = replace(
                card, closed_code="no_certificate", opens_at=None, certificate=kind.name, certificate_goal=kind.goal
            )
        found.append(card)
    return sorted(found, key=lambda c: (c.closed_code is not None, -(c.pay_per_hour or 0), c.campaign_id))


async def cards(s: AsyncSession, operator_id: int, now: datetime) -> list[BoardCard]:
    """The board of one operator, all of it read now."""
    return await fitted(s, await shared(s, now), operator_id, now)


async def _card(s: AsyncSession, row: Row, operator_id: int, now: datetime) -> BoardCard:
    """Apart from what the operator lacks. Nobody (0) has added no contact."""
    tariff = await tariffs.current(s, row.customer_id, row.currency, now)
    figures = (await s.execute(FIGURES, {"campaign": row.id, "since": now - WEEK})).one()
    zones = (await s.execute(ZONES, {"campaign": row.id, "operator": operator_id})).all()
    hours = await hours_of(s, row.id)
    open_zones = [z.time_zone for z in zones if hours.is_open(z.time_zone, now)]
    closings = [hours.closes_at(zone, now) for zone in open_zones]
    own = {zone: n for zone, n in await s.execute(OWN, {"campaign": row.id, "operator": operator_id})}
    waiting = sum((await contact_counts.waiting_by_zone(s, row.id)).values()) - sum(own.values())
    callable_now = any(z.due <= now and hours.is_open(z.time_zone, now) for z in zones)
    closed, opens_at = None, None
    campaign = await s.get_one(Campaign, row.id)
    if row.status == "out_of_funds":
        closed = "out_of_funds"
    elif not waiting:
        closed = "list_done"
    elif not callable_now or await daily_caps.reached(s, campaign, now):
        closed, opens_at = await standstill.reason(s, campaign, now)
    elif (capped := await spend_caps.stands_until(s, row.id, now)) is not None:
        closed, opens_at = "spend_cap", capped
    share = tariff.operator_share_bp if tariff else 0

    def part(amount: int) -> int:
        return amount * share // 10_000

    return BoardCard(
        campaign_id=row.id,
        name=row.name,
        customer_name=row.customer,
        currency=row.currency,
        per_call=tariff.operator_per_call if tariff else 0,
        per_answered=part(tariff.per_answered_call) if tariff else 0,
        per_minute=part(tariff.per_minute) if tariff else 0,
        per_success=part(tariff.per_success) if tariff else 0,
        pay_per_hour=int(figures.pay * 3600 / figures.work_s) if figures.work_s else None,
        paid_calls=figures.calls,
        answered_bp=figures.answered * 10_000 // figures.calls if figures.calls else 0,
        success_bp=figures.successes * 10_000 // figures.calls if figures.calls else 0,
        mean_talk_s=int(figures.talk_s / figures.answered) if figures.answered else 0,
        opening_words=scripts.opening(row.markdown),
        waiting=waiting,
        closed_code=closed,
        opens_at=opens_at,
        closes_at=None if None in closings else max((c for c in closings if c), default=None),
    )
