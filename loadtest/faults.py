"""Faults while people work: each part is taken away in turn and brought back, and every call is accounted for."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from exchange_domain import database
from exchange_domain.words import UNSEEN_END

from .parts import Parts

CALM_S = 20.0
"""Between two faults: calls are up again everywhere."""
AWAY_S = 1.0
"""So long a supervisor takes to bring a part back."""
RECOVERED_S = 90.0
ORDER = ("engine", "web", "broker", "database", "switch")

UP = text("select id from call where answered_at is not null and ended_at is null")
# A new call has rung since: everything that a call needs works again.
RUNG = text("select min(ringing_at) from call where claimed_at > :since")
# Of the calls that were up: ended by their switch or unseen; written down by nobody.
LOST = text("""
select count(*) filter (where ended_at < :until
    and (ended_by = 'switch' or hangup_cause in ('SWITCH_LOST', :unseen))) as calls,
  count(*) filter (where state = 'closed' and disposition_id is null) as results
from call where id = any(:ids)
""")
TWICE = text("""
select count(*) from (select call_id from ledger_transaction where kind = 'settle' and call_id = any(:ids)
  group by call_id having count(*) > 1) twice
""")


@dataclass
class Trial:
    part: str
    at: datetime
    calls: list
    """Up at that moment."""
    recovered_s: float | None = None
    lost_calls: int = 0
    lost_results: int = 0
    charged_twice: int = 0


async def _up() -> list:
    async with database.session() as s:
        return list((await s.execute(UP)).scalars())


async def _recovered(since: datetime) -> float | None:
    """Seconds from the fault until a call that was claimed after it rang; none: not within RECOVERED_S."""
    end = time.monotonic() + RECOVERED_S
    while time.monotonic() < end:
        try:
            async with database.session() as s:
                rung = (await s.execute(RUNG, {"since": since})).scalar_one()
            if rung is not None:
                return (rung - since).total_seconds()
        except (SQLAlchemyError, OSError):
            pass
        await asyncio.sleep(0.2)
    return None


async def one(parts: Parts, name: str) -> Trial:
    calls = await _up()
    trial = Trial(name, datetime.now(UTC), calls)
    print(f"[load] {name} is taken away, {len(calls)} talks are up", flush=True)
    part = parts.by_name[name]
    await part.take_away()
    await asyncio.sleep(AWAY_S)
    await part.start()
    trial.recovered_s = await _recovered(trial.at)
    return trial


async def all_in_turn(parts: Parts) -> list[Trial]:
    """Each part once, with calm between."""
    found = []
    for name in ORDER:
        await asyncio.sleep(CALM_S)
        found.append(await one(parts, name))
    await asyncio.sleep(CALM_S)
    return found


async def account(trials: Sequence[Trial]) -> None:
    """When every call is closed and settled: what became of those that were up."""
    async with database.session() as s:
        ends = [trial.at for trial in trials[1:]] + [datetime.now(UTC)]
        for trial, until in zip(trials, ends, strict=True):
            # What ends after the next fault is that one's.
            lost = (await s.execute(LOST, {"ids": trial.calls, "until": until, "unseen": UNSEEN_END})).one()
            trial.lost_calls, trial.lost_results = lost.calls, lost.results
            trial.charged_twice = (await s.execute(TWICE, {"ids": trial.calls})).scalar_one()


def table(trials: Sequence[Trial]) -> str:
    lines = ["taken away   talks up   calls lost   results lost   charged twice   seconds until a new call rang"]
    for t in trials:
        seconds = "not in time" if t.recovered_s is None else f"{t.recovered_s:.1f}"
        lines.append(
            f"{t.part:<10} {len(t.calls):10} {t.lost_calls:12} {t.lost_results:14} {t.charged_twice:15}   {seconds}"
        )
    return "\n".join(lines)
