"""`./run admin margins`: what campaigns have earned, on the screen or as CSV."""

import argparse
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from .refusal import AdminRefused

if TYPE_CHECKING:
    from exchange_domain.database import Session

SUMS = ("charged", "operators", "telephony", "contested", "margin")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("margins", help="charges, pay, carriers and margin by campaign")
    parser.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="first day, UTC (default: 30 days ago)")
    parser.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="last day, UTC (default: today)")
    parser.add_argument("--to", type=Path, metavar="FILE", help="write CSV instead")
    parser.set_defaults(carry_out=margins)


async def margins(session: "Session", chosen: argparse.Namespace) -> str:
    import polars as pl

    from exchange_domain import margins as domain
    from exchange_domain.export_writers import defused

    last = chosen.until or datetime.now(UTC).date()
    first = chosen.since or last - timedelta(days=30)
    if first > last:
        raise AdminRefused("the first day is after the last")
    since, until = (datetime.combine(day, time(0), UTC) for day in (first, last + timedelta(days=1)))
    found = await domain.by_campaign(session, since, until)
    if found.is_empty():
        return f"no calls were settled from {first} to {last}"
    money = pl.Decimal(scale=2)
    shown = found.with_columns((pl.col(name).cast(money) / 100).cast(money) for name in SUMS)
    if chosen.to:
        shown.with_columns(pl.col("customer", "campaign").map_elements(defused, return_dtype=pl.String)).write_csv(
            chosen.to, include_bom=True
        )
        return f"{found.height} campaigns written to {chosen.to}"
    with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_hide_column_data_types=True, tbl_hide_dataframe_shape=True,
                   fmt_str_lengths=40, tbl_width_chars=200):  # fmt: skip
        return f"{first} to {last}\n{shown}"
