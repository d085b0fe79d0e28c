"""What customers are written about: little money, a campaign that stands for want of it, the week that was.

Whoever looks, and however often: each thing is written about once. Words are in the language of who reads them.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import ledger, mails
from .call_rows import DIALLED
from .hours import zone_of
from .settings import settings
from .tables import Account, Customer
from .texts import say, say_date, say_money, say_n, speaking

WEEKLY_AT = 9
"""From this hour of a Monday, by the customer's clock, the week before is told."""

_LOW = text("""
select c.id from customer c join ledger_account a on a.customer_id = c.id and a.kind = 'customer_funds'
where c.low_balance is not null and c.low_told_at is null and a.balance < c.low_balance
""")
_ENOUGH = text("""
update customer c set low_told_at = null from ledger_account a
where a.customer_id = c.id and a.kind = 'customer_funds' and c.low_told_at is not null
  and (c.low_balance is null or a.balance >= c.low_balance)
""")
_STANDING = text("select id, name, customer_id from campaign where status = 'out_of_funds' order by id")
_WEEK = text(f"""
select p.name, count(*) as calls, count(k.answered_at) as answered,
       count(*) filter (where k.outcome = 'success') as successes, coalesce(sum(x.charge), 0) as charge
from call k join campaign p on p.id = k.campaign_id left join settlement x on x.call_id = k.id
where k.customer_id = :customer and k.claimed_at >= :since and k.claimed_at < :until
  and {DIALLED}
group by p.id order by p.id
""")
_CUSTOMERS = text("select distinct customer_id from call where claimed_at > :since")


def _link(path: str) -> str:
    return f"{settings().public_url.rstrip('/')}{path}"


def _letter(account: Account, *parts: str) -> str:
    return "\n\n".join([say("Hello, {name}!", name=account.display_name), *parts]) + "\n"


async def look_at_money(s: AsyncSession, now: datetime) -> int:
    """Writes where money is short; returns how many mails were ordered."""
    await s.execute(_ENOUGH)
    written = 0
    for customer_id in (await s.execute(_LOW)).scalars().all():
        customer = await s.get_one(Customer, customer_id, with_for_update=True)
        if customer.low_told_at is not None or customer.low_balance is None:
            continue
        customer.low_told_at = now
        s.add(customer)
        left = (await ledger.balance(s, customer_id)).available
        for account in await mails.owners(s, customer_id):
            with speaking(account.language):
                shown = say_money(left, customer.currency)
                subject = say("{customer}: {money} left", customer=customer.name, money=shown)
                body = _letter(
                    account,
                    say(
                        "{money} is left on the account of {customer}, less than the {least} you wanted to be told of.",
                        money=shown, customer=customer.name,
                        least=say_money(customer.low_balance, customer.currency),
                    ),
                    say("Pay in here, and calls go on without a break: {link}", link=_link("/customer/money")),
                )  # fmt: skip
            written += await mails.write(s, account, subject, body) is not None
    for campaign in (await s.execute(_STANDING)).all():
        written += await _standing(s, campaign.id, campaign.name, campaign.customer_id, now)
    return written


async def _standing(s: AsyncSession, campaign_id: int, name: str, customer_id: int, now: datetime) -> int:
    customer = await s.get_one(Customer, customer_id)
    day = now.astimezone(zone_of(customer.time_zone) or ZoneInfo("UTC")).date()
    written = 0
    for account in await mails.owners(s, customer_id):
        with speaking(account.language):
            subject = say("“{campaign}” stands: the money has run out", campaign=name)
            body = _letter(
                account,
                say("The money does not reach for the next call of “{campaign}”.", campaign=name),
                say("It goes on by itself as soon as you pay in: {link}", link=_link("/customer/money")),
            )
        once = f"standing:{campaign_id}:{account.id}:{day}"
        written += await mails.write(s, account, subject, body, once=once) is not None
    return written


def week_before(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week before the one that `day` is in. Pure."""
    monday = day - timedelta(days=day.weekday() + 7)
    return monday, monday + timedelta(days=6)


async def tell_week(s: AsyncSession, now: datetime) -> int:
    """Writes the summary of the week before to whoever wants one and has not had it; returns how many mails."""
    written = 0
    for customer_id in (await s.execute(_CUSTOMERS, {"since": now - timedelta(days=15)})).scalars().all():
        customer = await s.get_one(Customer, customer_id)
        zone = zone_of(customer.time_zone) or ZoneInfo("UTC")
        here = now.astimezone(zone)
        if here.weekday() > 0 or here.hour < WEEKLY_AT:
            continue
        monday, sunday = week_before(here.date())
        since = datetime.combine(monday, time(0), zone)
        until = datetime.combine(sunday + timedelta(days=1), time(0), zone)
        rows = (await s.execute(_WEEK, {"customer": customer_id, "since": since, "until": until})).all()
        if not rows:
            continue
        left = (await ledger.balance(s, customer_id)).available
        for account in await mails.owners(s, customer_id):
            if not account.weekly_mail:
                continue
            with speaking(account.language):
                subject = say(
                    "{customer}: the week of {monday} to {sunday}",
                    customer=customer.name, monday=say_date(monday), sunday=say_date(sunday),
                )  # fmt: skip
                body = _letter(
                    account,
                    *(_of_campaign(row, customer.currency) for row in rows),
                    say("On the account: {money}", money=say_money(left, customer.currency)),
                    say("All results: {link}", link=_link("/customer")),
                    say(
                        "You can switch these letters off where your money is: {link}",
                        link=_link("/customer/money"),
                    ),
                )
            once = f"week:{customer_id}:{account.id}:{monday}"
            written += await mails.write(s, account, subject, body, once=once) is not None
    return written


def _of_campaign(row: Row, currency: str) -> str:
    charge = int(row.charge)
    lines = [
        f"“{row.name}”",
        say_n("{n} call", "{n} calls", n=row.calls)
        + ", " + say("{n} answered", n=row.answered)
        + ", " + say_n("{n} success", "{n} successes", n=row.successes),
        say("Spent: {money}", money=say_money(charge, currency)),
    ]  # fmt: skip
    if row.successes:
        lines.append(say("A success cost {money}", money=say_money(-(-charge // row.successes), currency)))
    return "\n".join(lines)
