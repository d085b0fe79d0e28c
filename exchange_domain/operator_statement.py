"""An operator's statement as a file: each movement of her money, with the call behind it, nothing left out."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import database
from .export_writers import writer
from .texts import N_, say, speaking
from .words import FileFormat

PART = 2_000
WORDS = {
    "settle": N_("Pay for a call"),
    "correct": N_("Correction by the switch's record"),
    "release": N_("Review over: available"),
    "dispute": N_("Contested by the customer"),
    "refund": N_("Contested: given back to the customer"),
    "uphold": N_("Contested: found right"),
    "withhold": N_("Call rejected by a moderator: lies apart"),
    "withhold_back": N_("Appeal granted: given back"),
    "withhold_kept": N_("Rejection stands"),
    "payout": N_("Payout asked for"),
    "payout_paid": N_("Paid out"),
    "payout_back": N_("Payout taken back or failed: available again"),
}

_MOVEMENTS = text("""
select t.id, t.created_at, t.kind, a.currency, k.id as call_id, p.name as campaign,
  coalesce(sum(e.amount) filter (where a.kind = 'operator_pending'), 0) as pending,
  coalesce(sum(e.amount) filter (where a.kind = 'operator_available'), 0) as available,
  coalesce(sum(e.amount) filter (where a.kind = 'operator_payout'), 0) as payout
from ledger_account a join ledger_entry e on e.account_id = a.id join ledger_transaction t on t.id = e.transaction_id
left join call k on k.id = t.call_id left join campaign p on p.id = k.campaign_id
where a.operator_id = :operator and t.id > :after
group by t.id, a.currency, k.id, p.name order by t.id limit :limit
""")


async def make(operator_id: int, file_format: FileFormat, zone: ZoneInfo, lang: str, path: Path) -> int:
    """Writes the file, the oldest movement first; returns how many there are."""
    with speaking(lang):
        target = writer(file_format, path, zone)
        rows = after = 0
        try:
            while True:
                async with database.session() as s:
                    found = await _part(s, operator_id, after)
                if found or not rows:
                    frame = pl.DataFrame([_row(one) for one in found], schema=_schema(), orient="row")
                    await asyncio.to_thread(target.add, frame)
                rows += len(found)
                if len(found) < PART:
                    return rows
                after = found[-1].id
        finally:
            await asyncio.to_thread(target.close)


async def _part(s: AsyncSession, operator_id: int, after: int) -> list[Any]:
    values = {"operator": operator_id, "after": after, "limit": PART}
    return list((await s.execute(_MOVEMENTS, values)).all())


def _schema() -> dict[str, Any]:
    money = pl.Decimal(scale=2)
    return {
        say("Time"): pl.Datetime("us", "UTC"), say("What"): pl.String, say("Campaign"): pl.String,
        say("Pending"): money, say("Available"): money, say("On its way to you"): money, say("Currency"): pl.String,
        say("Call id"): pl.String,
    }  # fmt: skip


def _row(one: Any) -> list[Any]:
    sums = [Decimal(int(amount)) / 100 for amount in (one.pending, one.available, one.payout)]
    what = say(WORDS[one.kind]) if one.kind in WORDS else one.kind
    return [one.created_at, what, one.campaign or "", *sums, one.currency, str(one.call_id or "")]
