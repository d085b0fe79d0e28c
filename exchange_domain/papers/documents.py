"""What an invoice or an act says, and its number: from 1 each year, no number left out or given twice."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ..hours import zone_of
from ..settings import settings
from ..tables import Customer, Paper
from ..words import PaperKind

LEAST = 100_00
MOST = 10_000_000_00
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('paper:' || :kind, :year))")

# What calls have cost in a month: charges as they were settled, corrected and given back, by the customer's clock.
_WORK = text("""
select p.name, sum(-x.amount) as amount, count(*) filter (where x.kind = 'settle') as calls from (
  select t.id, t.kind, t.call_id, sum(e.amount) as amount
  from ledger_account a join ledger_entry e on e.account_id = a.id join ledger_transaction t on t.id = e.transaction_id
  where a.customer_id = :customer and t.kind in ('settle', 'correct', 'refund')
    and t.created_at >= :since and t.created_at < :until
  group by t.id) x
join call k on k.id = x.call_id join campaign p on p.id = k.campaign_id
group by p.id, p.name having sum(-x.amount) <> 0 order by p.id
""")
_MONTHS = text("""
select distinct date_trunc('month', t.created_at at time zone :zone)::date as month
from ledger_account a join ledger_entry e on e.account_id = a.id join ledger_transaction t on t.id = e.transaction_id
where a.customer_id = :customer and t.kind = 'settle' order by 1 desc
""")


class PaperError(Exception):
    """Why there is no paper, as a code: no_seller, too_little, too_much, not_over, no_work."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def vat_in(total: int, rate_bp: int) -> int:
    """The VAT that is in a total, rounded half up. Pure.

    >>> vat_in(12000, 2000), vat_in(100, 2000), vat_in(100, 0)
    (2000, 17, 0)
    """
    return (2 * total * rate_bp + 10_000 + rate_bp) // (2 * (10_000 + rate_bp))


def _parties(customer: Customer) -> dict[str, Any]:
    now = settings()
    if not now.seller_name:
        raise PaperError("no_seller")
    return {
        "seller": {"name": now.seller_name, "tax_id": now.seller_tax_id, "address": now.seller_address,
                   "bank": [line.strip() for line in now.seller_bank.split(";") if line.strip()]},
        "buyer": {"name": customer.legal_name or customer.name, "tax_id": customer.tax_id,
                  "address": customer.legal_address},
    }  # fmt: skip


async def _number(s: AsyncSession, kind: PaperKind, year: int) -> int:
    """The next one; whoever else wants one waits until this transaction ends."""
    await s.execute(_LOCK, {"kind": kind.value, "year": year})
    last = (await s.exec(select(func.max(Paper.number)).where(Paper.kind == kind, Paper.year == year))).one()
    return (last or 0) + 1


async def _add(
    s: AsyncSession, customer: Customer, kind: PaperKind, day: date, lines: list[dict[str, Any]], month: date | None
) -> Paper:
    assert customer.id is not None
    total = sum(line["amount"] for line in lines)
    rate = settings().vat_bp
    paper = Paper(
        customer_id=customer.id, kind=kind, year=day.year, number=await _number(s, kind, day.year), day=day,
        month=month, currency=customer.currency, total=total, vat_bp=rate, vat=vat_in(total, rate),
        said={**_parties(customer), "lines": lines},
    )  # fmt: skip
    s.add(paper)
    await s.flush()
    return paper


async def invoice(s: AsyncSession, customer_id: int, amount: int, now: datetime) -> Paper:
    """An invoice over a sum in minor units, to be paid to the seller's bank. Raises PaperError."""
    customer = await s.get_one(Customer, customer_id)
    _parties(customer)
    if amount < LEAST:
        raise PaperError("too_little")
    if amount > MOST:
        raise PaperError("too_much")
    day = now.astimezone(zone_of(customer.time_zone) or ZoneInfo("UTC")).date()
    lines = [{"what": "prepayment", "name": "", "calls": 0, "amount": amount}]
    return await _add(s, customer, PaperKind.INVOICE, day, lines, None)


async def act_of(s: AsyncSession, customer_id: int, month: date, now: datetime) -> Paper:
    """The act of a month that is over; the same month again is the same act. Raises PaperError."""
    first = month.replace(day=1)
    known = select(Paper).where(
        Paper.customer_id == customer_id, Paper.kind == PaperKind.ACT, col(Paper.month) == first
    )  # fmt: skip
    customer = await s.get_one(Customer, customer_id, with_for_update=True)
    if (found := (await s.exec(known)).one_or_none()) is not None:
        return found
    _parties(customer)
    zone = zone_of(customer.time_zone) or ZoneInfo("UTC")
    following = (first + timedelta(days=32)).replace(day=1)
    if now.astimezone(zone).date() < following:
        raise PaperError("not_over")
    since, until = (datetime.combine(day, time(0), zone) for day in (first, following))
    rows = (await s.execute(_WORK, {"customer": customer_id, "since": since, "until": until})).all()
    lines = [{"what": "calls", "name": r.name, "calls": int(r.calls), "amount": int(r.amount)} for r in rows]
    if not lines or sum(line["amount"] for line in lines) < 0:
        raise PaperError("no_work")
    return await _add(s, customer, PaperKind.ACT, following - timedelta(days=1), lines, first)


async def months_with_work(s: AsyncSession, customer_id: int, now: datetime) -> list[date]:
    """Months that are over and had calls, the latest first."""
    customer = await s.get_one(Customer, customer_id)
    zone = zone_of(customer.time_zone) or ZoneInfo("UTC")
    this = now.astimezone(zone).date().replace(day=1)
    found = await s.execute(_MONTHS, {"customer": customer_id, "zone": customer.time_zone})
    return [month for month in found.scalars() if month < this]


async def of_customer(s: AsyncSession, customer_id: int, limit: int = 50) -> list[Paper]:
    """Its papers, the latest first."""
    mine = select(Paper).where(Paper.customer_id == customer_id)
    return list(await s.exec(mine.order_by(col(Paper.id).desc()).limit(limit)))


async def one(s: AsyncSession, paper_id: int, customers: tuple[int, ...]) -> Paper | None:
    """None: it is none of theirs."""
    paper = await s.get(Paper, paper_id)
    return paper if paper is not None and paper.customer_id in customers else None
