"""Who must not be called: a customer's list, and the platform's, which holds for every customer.

A row stands for itself: it points at no contact, so neither deleting contacts nor erasing a person takes the promise
back, and a number that comes with another list is not called either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, bindparam, cast, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import DoNotCall
from .words import DoNotCallSource

LONGEST_REASON = 200

# Whether the number `n` is forbidden for the customer whose campaign wants to call it.
FORBIDS = (
    "select from do_not_call d where d.e164 = n.e164 and (d.customer_id is null or d.customer_id = "
    "cast(:customer as bigint))"
)
FORBIDS_OF_CAMPAIGN = FORBIDS.replace("cast(:customer as bigint)", "p.customer_id")
_NUMBERS = bindparam("numbers", type_=ARRAY(Text))

ADD = text("""
insert into do_not_call (e164, customer_id, call_id, source, reason, added_by)
select given.e164, :customer, :call, :source, given.reason, :added_by
from unnest(:numbers, :reasons) as given (e164, reason) order by given.e164
on conflict do nothing returning e164
""").bindparams(
    _NUMBERS, bindparam("reasons", type_=ARRAY(Text)), bindparam("customer", type_=BigInteger),
    bindparam("added_by", type_=BigInteger),
)  # fmt: skip

FORBIDDEN = text(f"select n.e164 from unnest(:numbers) as n (e164) where exists ({FORBIDS})").bindparams(_NUMBERS)

# Contacts with one of these numbers who have no other that may be called: no claim will ever take them. One that a
# claim holds just now is left: its call's end, or the next claim, finds the same.
RETIRE = text(f"""
update contact c set status = 'done', last_outcome = 'do_not_call' where c.id in (
  select c.id from contact c join campaign p on p.id = c.campaign_id
  where c.status = 'waiting' and (cast(:customer as bigint) is null or p.customer_id = :customer)
    and (cast(:campaign as bigint) is null or p.id = :campaign)
    and c.id in (select contact_id from contact_number where e164 = any(:numbers) and state = 'good')
    and not exists (select from contact_number n where n.contact_id = c.id and n.state = 'good'
                    and not exists ({FORBIDS_OF_CAMPAIGN}))
  for update of c skip locked)
""").bindparams(_NUMBERS)

# What only the list had ended goes on; whoever said it in a call has the last word.
REVIVE = text(f"""
update contact c set status = 'waiting', last_outcome = null, due_at = greatest(c.due_at, cast(:at as timestamptz))
where c.id in (
  select c.id from contact c join campaign p on p.id = c.campaign_id
  where c.status = 'done' and c.last_outcome = 'do_not_call'
    and (cast(:customer as bigint) is null or p.customer_id = :customer)
    and c.id in (select contact_id from contact_number where e164 = any(:numbers) and state = 'good')
    and exists (select from contact_number n where n.contact_id = c.id and n.state = 'good'
                and not exists ({FORBIDS_OF_CAMPAIGN}))
    and not exists (select from call k where k.contact_id = c.id and k.outcome = 'do_not_call')
  for update of c skip locked)
""").bindparams(_NUMBERS)


@dataclass(frozen=True)
class Added:
    added: int
    already_there: int
    contacts_ended: int
    """Waiting contacts who had no other number and are done by it."""


async def add(
    s: AsyncSession,
    numbers: Iterable[tuple[str, str]],
    *,
    customer_id: int | None,
    source: DoNotCallSource,
    by: int | None = None,
    call_id: UUID | None = None,
) -> Added:
    """Puts (E.164, reason) pairs on a customer's list, or (no customer) on the platform's. Again: nothing changes."""
    wanted = {e164: reason.strip()[:LONGEST_REASON] for e164, reason in numbers}
    if not wanted:
        return Added(0, 0, 0)
    made = await s.execute(
        ADD,
        {"numbers": list(wanted), "reasons": list(wanted.values()), "customer": customer_id, "call": call_id,
         "source": source.value, "added_by": by},
    )  # fmt: skip
    added = len(made.all())
    ended = await retire(s, list(wanted), customer_id=customer_id)
    return Added(added, len(wanted) - added, ended)


async def retire(
    s: AsyncSession, numbers: Sequence[str], *, customer_id: int | None = None, campaign_id: int | None = None
) -> int:
    """Ends waiting contacts all of whose numbers are forbidden, among those who have one of these. Returns how many."""
    values = {"numbers": list(numbers), "customer": customer_id, "campaign": campaign_id}
    return (await (await s.connection()).execute(RETIRE, values)).rowcount


async def forbidden(s: AsyncSession, customer_id: int, numbers: Sequence[str]) -> set[str]:
    """Which of the numbers this customer must not call."""
    found = await s.execute(FORBIDDEN, {"numbers": list(numbers), "customer": customer_id})
    return set(found.scalars())


async def remove(s: AsyncSession, numbers: Sequence[str], *, customer_id: int | None, at: datetime) -> int:
    """Takes numbers off a list, for an administrator, whatever put them there. Returns how many were on it."""
    entries = await s.exec(
        select(DoNotCall).where(
            col(DoNotCall.e164) == any_(cast(list(numbers), ARRAY(Text))),
            col(DoNotCall.customer_id).is_not_distinct_from(customer_id),
        )
    )
    return await _remove(s, list(entries), customer_id, at)


async def remove_own(s: AsyncSession, entry_id: int, *, customer_id: int, at: datetime) -> bool:
    """Takes back what the customer's own people entered. What a contact asked for in a call is not theirs to take."""
    entry = await s.get(DoNotCall, entry_id, with_for_update=True)
    if entry is None or entry.customer_id != customer_id or entry.source != DoNotCallSource.CUSTOMER:
        return False
    return await _remove(s, [entry], customer_id, at) > 0


async def _remove(s: AsyncSession, entries: list[DoNotCall], customer_id: int | None, at: datetime) -> int:
    for entry in entries:
        await s.delete(entry)
    await s.flush()
    if entries:
        await s.execute(REVIVE, {"numbers": [e.e164 for e in entries], "customer": customer_id, "at": at})
    return len(entries)


async def count(s: AsyncSession, customer_id: int | None) -> int:
    of_list = col(DoNotCall.customer_id).is_not_distinct_from(customer_id)
    return (await s.exec(select(func.count()).select_from(DoNotCall).where(of_list))).one()


async def page(
    s: AsyncSession, customer_id: int | None, *, digits: str = "", before: int | None = None, limit: int = 50
) -> list[DoNotCall]:
    """A list's entries, the latest first; `digits` stand somewhere in the number, `before` is the last id above."""
    query = select(DoNotCall).where(col(DoNotCall.customer_id).is_not_distinct_from(customer_id))
    if digits:
        query = query.where(col(DoNotCall.e164).contains(digits, autoescape=True))
    if before is not None:
        query = query.where(col(DoNotCall.id) < before)
    return list(await s.exec(query.order_by(col(DoNotCall.id).desc()).limit(limit)))
