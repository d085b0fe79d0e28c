"""Whether a manager takes transfers now: available or away, and in which hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .hours import Hours, Stretch, zone_of
from .tables import ManagerHours, ManagerPresence


@dataclass(frozen=True)
class Presence:
    """A manager's own word, and hours by the clock of `time_zone`; without any hours they are there round the clock."""

    away: bool = False
    time_zone: str = "Europe/Moscow"
    stretches: tuple[Stretch, ...] = ()

    def is_there(self, now: datetime) -> bool:
        if self.away:
            return False
        return not self.stretches or Hours(self.stretches).is_open(self.time_zone, now)

    def back_at(self, now: datetime) -> datetime | None:
        """When the hours begin again; none: they are there now, or nobody knows."""
        if self.away or self.is_there(now):
            return None
        return Hours(self.stretches).next_opening(self.time_zone, now)


class BadPresence(Exception):
    """The zone or the hours make no sense; `code` says which: bad_zone, bad_hours."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


async def of(s: AsyncSession, account_ids: Iterable[int]) -> dict[int, Presence]:
    """Each of these people's presence."""
    ids = list(account_ids)
    rows = {
        row.account_id: row
        for row in await s.exec(select(ManagerPresence).where(col(ManagerPresence.account_id).in_(ids)))
    }
    hours: dict[int, list[Stretch]] = {}
    for row in await s.exec(select(ManagerHours).where(col(ManagerHours.account_id).in_(ids))):
        hours.setdefault(row.account_id, []).append(Stretch(row.weekday, row.opens, row.closes))
    return {
        id_: Presence(
            rows[id_].away if id_ in rows else False,
            rows[id_].time_zone if id_ in rows else "Europe/Moscow",
            tuple(sorted(hours.get(id_, ()))),
        )
        for id_ in ids
    }


async def set_away(s: AsyncSession, account_id: int, away: bool, now: datetime) -> None:
    new = insert(ManagerPresence).values(account_id=account_id, away=away, changed_at=now)
    await s.execute(new.on_conflict_do_update(index_elements=["account_id"], set_={"away": away, "changed_at": now}))


async def set_hours(
    s: AsyncSession, account_id: int, time_zone: str, stretches: Iterable[Stretch], now: datetime
) -> None:
    """The whole week anew; none: round the clock. Raises BadPresence."""
    if zone_of(time_zone) is None:
        raise BadPresence("bad_zone")
    wanted = sorted(set(stretches))
    if any(not 0 <= one.weekday <= 6 or (one.closes <= one.opens and one.closes.isoformat() != "00:00:00")
           for one in wanted):  # fmt: skip
        raise BadPresence("bad_hours")
    new = insert(ManagerPresence).values(account_id=account_id, time_zone=time_zone, changed_at=now)
    await s.execute(
        new.on_conflict_do_update(index_elements=["account_id"], set_={"time_zone": time_zone, "changed_at": now})
    )
    await s.execute(delete(ManagerHours).where(col(ManagerHours.account_id) == account_id))
    s.add_all(
        ManagerHours(account_id=account_id, weekday=one.weekday, opens=one.opens, closes=one.closes) for one in wanted
    )
    await s.flush()
