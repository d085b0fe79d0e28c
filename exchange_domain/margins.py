"""What campaigns have earned the platform: charges, less operators' pay, carriers and telephone seats. For admins.

Summed with polars over whole minor units; a campaign's sums are those of the ledger entries that its calls have made.
"""

from datetime import datetime

import polars as pl
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

# Legs that are no contact's call are found by their own key: the leg's uuid.
_ENTRIES = text("""
select coalesce(k.campaign_id, h.campaign_id, m.campaign_id) as campaign_id, a.currency, a.kind, t.kind as what,
       sum(e.amount) as amount
from ledger_transaction t join ledger_entry e on e.transaction_id = t.id join ledger_account a on a.id = e.account_id
left join call k on k.id = t.call_id
left join seat_leg l on t.kind = 'cost' and t.call_id is null and t.idempotency_key = 'cost:' || l.leg
left join shift h on h.id = l.shift_id
left join transfer f on t.kind = 'cost' and t.call_id is null and t.idempotency_key = 'cost:' || f.id
left join call m on m.id = f.call_id
where t.created_at >= :since and t.created_at < :until
  and t.kind in ('settle', 'correct', 'dispute', 'refund', 'uphold', 'cost')
group by 1, 2, 3, 4
""")
_CALLS = text("""
select k.campaign_id, count(*) as calls from settlement x join call k on k.id = x.call_id
where x.settled_at >= :since and x.settled_at < :until group by 1
""")
_NAMES = text(
    "select p.id as campaign_id, p.name as campaign, c.name as customer from campaign p "
    "join customer c on c.id = p.customer_id where p.id = any(:ids)"
)
COLUMNS = ("customer", "campaign", "currency", "calls", "charged", "operators", "telephony", "contested", "margin")
_SIDE = {
    "customer_funds": "charged", "customer_hold": "charged", "operator_pending": "operators",
    "operator_available": "operators", "telephony_cost": "telephony", "disputed": "contested",
}  # fmt: skip


async def by_campaign(s: AsyncSession, since: datetime, until: datetime) -> pl.DataFrame:
    """A row a campaign and currency, the best first. `margin` = charged - operators - telephony - contested.

    All sums are minor units. Costs of legs that belong to no campaign stand in a row without one.
    """
    window = {"since": since, "until": until}
    entries = pl.DataFrame(
        [tuple(row) for row in await s.execute(_ENTRIES, window)],
        schema={"campaign_id": pl.Int64, "currency": pl.String, "kind": pl.String, "what": pl.String,
                "amount": pl.Int64},
        orient="row",
    )  # fmt: skip
    calls = pl.DataFrame(
        [tuple(row) for row in await s.execute(_CALLS, window)],
        schema={"campaign_id": pl.Int64, "calls": pl.Int64}, orient="row",
    )  # fmt: skip
    ids = [one for one in entries["campaign_id"].unique().to_list() if one is not None]
    names = pl.DataFrame(
        [tuple(row) for row in await s.execute(_NAMES, {"ids": ids})],
        schema={"campaign_id": pl.Int64, "campaign": pl.String, "customer": pl.String}, orient="row",
    )  # fmt: skip
    return summed(entries, calls, names)


def summed(entries: pl.DataFrame, calls: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Entries by campaign and kind of account, turned into columns. Pure."""
    side = pl.col("kind").replace_strict(_SIDE, default=None, return_dtype=pl.String)
    sided = entries.with_columns(side=side).filter(pl.col("side").is_not_null())

    def total(name: str, sign: int) -> pl.Expr:
        return (pl.col("amount").filter(pl.col("side") == name).sum() * sign).alias(name)

    sums = sided.group_by("campaign_id", "currency").agg(
        total("charged", -1), total("operators", 1), total("telephony", -1), total("contested", 1)
    )
    margin = pl.col("charged") - pl.col("operators") - pl.col("telephony") - pl.col("contested")
    return (
        sums.with_columns(margin=margin)
        .join(calls, on="campaign_id", how="left")
        .join(names, on="campaign_id", how="left")
        .with_columns(pl.col("calls").fill_null(0), pl.col("campaign").fill_null(""), pl.col("customer").fill_null(""))
        .sort("margin", "campaign_id", descending=[True, False])
        .select(COLUMNS)
    )
