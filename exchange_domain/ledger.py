"""Double-entry books in whole minor units. Every movement has a key and is made once; entries are only added.

A customer's money is in `funds` (free) and `hold` (set aside for calls on the line). The database refuses a balance
below zero and a transaction that does not sum to zero (alembic/versions/0001); this module never checks alone.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import LedgerAccount
from .words import LedgerKind

Kind = LedgerKind


class InsufficientFunds(Exception):
    """The customer's free balance is less than what has to be held. Nothing was written."""

    def __init__(self, customer_id: int, available: int, needed: int):
        super().__init__(f"customer {customer_id}: {available} available, {needed} needed")
        self.customer_id, self.available, self.needed = customer_id, available, needed


# The locks make check and movement one: no second hold passes the same money. By number, as `move` takes them.
_OF_CUSTOMER = text("""
select id, kind, balance from ledger_account
where customer_id = :customer and currency = :currency and kind in ('customer_funds', 'customer_hold')
order by id for update
""")
_MOVE = text("""
with made as (
  insert into ledger_transaction (kind, idempotency_key, call_id, details)
  values (:kind, :key, :call_id, cast(:details as jsonb))
  on conflict (idempotency_key) do nothing returning id),
entries as (
  insert into ledger_entry (transaction_id, account_id, amount)
  select made.id, x.account_id, x.amount
  from made cross join unnest(cast(:accounts as bigint[]), cast(:amounts as bigint[])) as x (account_id, amount)
  order by x.account_id)
select id from made
""")


@dataclass(frozen=True)
class Balance:
    available: int
    held: int
    currency: str


@dataclass(frozen=True)
class StatementLine:
    """One movement of a customer's money as its statement shows it; holds and releases inside one call are folded."""

    transaction_id: int
    at: datetime
    kind: str
    amount: int
    """Change of free and held money together: what was really spent or received."""
    call_id: UUID | None
    details: dict[str, Any]


# Of all that one settlement moves between: the customer's two, the operator's, the platform's.
_OF_CALL = text("""
select kind, id from ledger_account where currency = :currency and (
  (customer_id = :customer and kind in ('customer_funds', 'customer_hold'))
  or (operator_id = :operator and kind = 'operator_pending')
  or (customer_id is null and operator_id is null and kind = 'platform_revenue'))
""")


async def account(
    s: AsyncSession, kind: Kind, currency: str, *, customer_id: int | None = None, operator_id: int | None = None
) -> int:
    """Id of a ledger account, made on first use."""
    where = (
        LedgerAccount.kind == kind,
        LedgerAccount.currency == currency,
        col(LedgerAccount.customer_id).is_not_distinct_from(customer_id),
        col(LedgerAccount.operator_id).is_not_distinct_from(operator_id),
    )
    if (found := (await s.exec(select(LedgerAccount.id).where(*where))).one_or_none()) is not None:
        return found
    kept = 0 if customer_id is not None or operator_id is not None else None
    row = {"kind": kind, "currency": currency, "customer_id": customer_id, "operator_id": operator_id, "balance": kept}
    await s.execute(insert(LedgerAccount).values(**row).on_conflict_do_nothing())
    found = (await s.exec(select(LedgerAccount.id).where(*where))).one()
    assert found is not None
    return found


async def move(
    s: AsyncSession, kind: str, key: str, lines: dict[int, int], *, call_id: UUID | None = None, **details: Any
) -> int | None:
    """Writes a transaction of `{account: amount}` under its key. None when the key was used before: nothing is written.

    Raises IntegrityError when a balance would fall below zero or the lines do not sum to zero (the latter at commit).
    """
    # By account number, so that two transactions never wait for each other crosswise.
    entries = [(account_id, amount) for account_id, amount in sorted(lines.items()) if amount]
    values = {
        "kind": kind, "key": key, "call_id": call_id, "details": json.dumps(details, default=str),
        "accounts": [account_id for account_id, _ in entries], "amounts": [amount for _, amount in entries],
    }  # fmt: skip
    return (await s.execute(_MOVE, values)).scalar_one_or_none()


async def open_customer(s: AsyncSession, customer_id: int, currency: str) -> None:
    for kind in (Kind.CUSTOMER_FUNDS, Kind.CUSTOMER_HOLD):
        await account(s, kind, currency, customer_id=customer_id)


async def grant_bonus(s: AsyncSession, customer_id: int, amount: int, currency: str) -> int | None:
    """The registration bonus, once per customer."""
    funds = await account(s, Kind.CUSTOMER_FUNDS, currency, customer_id=customer_id)
    expense = await account(s, Kind.BONUS_EXPENSE, currency)
    return await move(s, "bonus", f"bonus:{customer_id}", {funds: amount, expense: -amount})


async def deposit(s: AsyncSession, customer_id: int, amount: int, currency: str, key: str) -> int | None:
    """Money paid in; `key` is the payment's own, so that a repeated notice changes nothing."""
    if amount <= 0:
        raise ValueError("a deposit is more than nothing")
    funds = await account(s, Kind.CUSTOMER_FUNDS, currency, customer_id=customer_id)
    cash = await account(s, Kind.CASH_IN, currency)
    return await move(s, "deposit", f"deposit:{key}", {funds: amount, cash: -amount})


async def hold(s: AsyncSession, customer_id: int, call_id: UUID, amount: int, currency: str) -> None:
    """Sets money aside for a call, once. Raises InsufficientFunds."""
    whose = {"customer": customer_id, "currency": currency}
    found = {row.kind: row for row in (await s.execute(_OF_CUSTOMER, whose)).all()}
    if len(found) < 2:
        await open_customer(s, customer_id, currency)
        found = {row.kind: row for row in (await s.execute(_OF_CUSTOMER, whose)).all()}
    funds, held = found[Kind.CUSTOMER_FUNDS].id, found[Kind.CUSTOMER_HOLD].id
    available = found[Kind.CUSTOMER_FUNDS].balance
    if available < amount:
        raise InsufficientFunds(customer_id, available, amount)
    await move(s, "hold", f"hold:{call_id}", {funds: -amount, held: amount}, call_id=call_id)


_HELD = text("""
select coalesce(sum(e.amount), 0) from ledger_transaction t join ledger_entry e on e.transaction_id = t.id
join ledger_account a on a.id = e.account_id where t.idempotency_key = :key and a.kind = 'customer_hold'
""")


async def held_for(s: AsyncSession, call_id: UUID) -> int:
    """What was set aside for a call (zero when nothing was)."""
    return int((await s.execute(_HELD, {"key": f"hold:{call_id}"})).scalar_one())


async def capture(
    s: AsyncSession,
    call_id: UUID,
    *,
    customer_id: int,
    operator_id: int,
    currency: str,
    charge: int,
    operator_pay: int,
    set_aside: int | None = None,
    **details: Any,
) -> int | None:
    """Ends a call's hold: the charge is taken, the rest goes back, the operator's pay becomes pending. Once per call.

    `set_aside`: what `held_for` has just said. Returns the transaction, or None when it was made before.
    """
    set_aside = await held_for(s, call_id) if set_aside is None else set_aside
    whose = {"currency": currency, "customer": customer_id, "operator": operator_id}
    there = {Kind(kind): number for kind, number in await s.execute(_OF_CALL, whose)}

    async def own(kind: Kind, **owner: int) -> int:
        return there[kind] if kind in there else await account(s, kind, currency, **owner)

    funds = await own(Kind.CUSTOMER_FUNDS, customer_id=customer_id)
    held = await own(Kind.CUSTOMER_HOLD, customer_id=customer_id)
    revenue = await own(Kind.PLATFORM_REVENUE)
    pending = await own(Kind.OPERATOR_PENDING, operator_id=operator_id)
    if charge > set_aside:
        raise ValueError(f"call {call_id}: charge {charge} is more than the {set_aside} held")
    lines = {held: -set_aside, funds: set_aside - charge, revenue: charge - operator_pay, pending: operator_pay}
    return await move(s, "settle", f"settle:{call_id}", lines, call_id=call_id, charge=charge, **details)


async def locked_balances(s: AsyncSession, accounts: Collection[int]) -> dict[int, int]:
    """Balances of people's accounts, which stay as they are until the transaction ends."""
    # By account number, as `move` takes them.
    statement = text("select id, balance from ledger_account where id = any(:ids) order by id for update")
    return {i: balance for i, balance in await s.execute(statement, {"ids": list(accounts)})}


async def balance(s: AsyncSession, customer_id: int) -> Balance:
    rows = (
        await s.exec(
            select(LedgerAccount.kind, LedgerAccount.balance, LedgerAccount.currency).where(
                LedgerAccount.customer_id == customer_id
            )
        )
    ).all()
    by_kind = {kind: amount or 0 for kind, amount, _ in rows}
    currency = rows[0][2] if rows else "RUB"
    return Balance(by_kind.get(Kind.CUSTOMER_FUNDS, 0), by_kind.get(Kind.CUSTOMER_HOLD, 0), currency)


async def earnings(s: AsyncSession, operator_id: int) -> Balance:
    """An operator's money: `held` is pending review, `available` can be paid out."""
    rows = (
        await s.exec(
            select(LedgerAccount.kind, LedgerAccount.balance, LedgerAccount.currency).where(
                LedgerAccount.operator_id == operator_id
            )
        )
    ).all()
    by_kind = {kind: amount or 0 for kind, amount, _ in rows}
    currency = rows[0][2] if rows else "RUB"
    return Balance(by_kind.get(Kind.OPERATOR_AVAILABLE, 0), by_kind.get(Kind.OPERATOR_PENDING, 0), currency)


async def statement(
    s: AsyncSession, customer_id: int, limit: int = 50, before: int | None = None
) -> list[StatementLine]:
    """A customer's movements, latest first; a hold changes nothing and is left out. `before`: a transaction id."""
    rows = await s.execute(
        text(
            "select t.id, t.created_at, t.kind, sum(e.amount) as amount, t.call_id, t.details "
            "from ledger_account a join ledger_entry e on e.account_id = a.id "
            "join ledger_transaction t on t.id = e.transaction_id "
            "where a.customer_id = :customer and t.kind <> 'hold' "
            "and (cast(:before as bigint) is null or t.id < :before) "
            "group by t.id order by t.id desc limit :limit"
        ),
        {"customer": customer_id, "before": before, "limit": limit},
    )
    return [StatementLine(i, at, kind, int(amount), call_id, details) for i, at, kind, amount, call_id, details in rows]


CHECKS = {
    "transactions that do not sum to zero": (
        "select count(*) from (select e.transaction_id from ledger_entry e "
        "join ledger_account a on a.id = e.account_id "
        "group by e.transaction_id, a.currency having sum(e.amount) <> 0) x"
    ),
    "balances that differ from their entries": (
        "select count(*) from ledger_account a where a.balance is not null and a.balance <> "
        "(select coalesce(sum(amount), 0) from ledger_entry where account_id = a.id)"
    ),
    "balances below zero": "select count(*) from ledger_account where balance < 0",
    "settling transactions without their settlement": (
        "select count(*) from ledger_transaction t where t.kind = 'settle' and not exists "
        "(select from settlement x where x.transaction_id = t.id)"
    ),
    "holds left on settled calls": (
        "select count(*) from (select t.call_id from ledger_transaction t "
        "join ledger_entry e on e.transaction_id = t.id join ledger_account a on a.id = e.account_id "
        "where a.kind = 'customer_hold' and t.call_id in (select call_id from settlement) "
        "group by t.call_id having sum(e.amount) <> 0) x"
    ),
    "money held for nothing": (
        "select count(*) from ledger_transaction t where t.kind = 'hold' "
        "and not exists (select from call where id = t.call_id)"
    ),
}
