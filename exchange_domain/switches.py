"""Switches: which engine drives each, by lease and fencing token, and where an operator is seated.

All times are the database's own (`clock_timestamp()`): engines' clocks may say what they like.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import Switch

LEASE_S = 6.0
PROMISE_S = 20
"""A seat promised and not taken after this long is free again."""


class SwitchLeaseLost(Exception):
    """The switch has another fencing token by now: another engine drives it, and this one must do nothing more."""

    def __init__(self, name: str):
        super().__init__(f"switch {name}: its lease was lost")
        self.name = name


@dataclass(frozen=True)
class Health:
    """What the owner says of its switch with each renewal. `silent_ms`: since its last word, none if never heard."""

    up: bool
    silent_ms: int | None = None
    core_uuid: str | None = None
    sessions: int = 0


TAKE = text("""
with free as (
  select name from switch
  where name = :name and enabled and (lease_until is null or lease_until <= clock_timestamp())
  for update skip locked
)
update switch w set engine_id = :engine, fencing_token = nextval('switch_token'), up = false,
  lease_until = clock_timestamp() + make_interval(secs => :lease)
from free where w.name = free.name returning w.fencing_token
""")


async def take(s: AsyncSession, name: str, engine_id: UUID, lease_s: float = LEASE_S) -> int | None:
    """The fencing token of the new owner; None while another engine's lease runs, or the switch is not enabled.

    The row is locked for it in a way that waits for every transaction that `fence` let in: none of the owner before
    can still be under way when the new token is there.
    """
    await s.execute(text("insert into switch (name) values (:name) on conflict do nothing"), {"name": name})
    taken = await s.execute(TAKE, {"name": name, "engine": engine_id, "lease": lease_s})
    return taken.scalar_one_or_none()


async def renew(s: AsyncSession, name: str, token: int, health: Health, lease_s: float = LEASE_S) -> bool:
    """Prolongs a lease, also one that ran out if nobody took the switch. False: it is another engine's by now."""
    kept = await s.execute(
        text(
            "update switch set lease_until = clock_timestamp() + make_interval(secs => :lease), up = :up, "
            "heard_at = greatest(heard_at, clock_timestamp() - make_interval(secs => :silent)), "
            "core_uuid = coalesce(:core, core_uuid), sessions = :sessions, "
            "lost_at = case when :up then null else lost_at end "
            "where name = :name and fencing_token = :token returning name"
        ),
        {
            "name": name, "token": token, "lease": lease_s, "up": health.up, "core": health.core_uuid,
            "sessions": health.sessions, "silent": None if health.silent_ms is None else health.silent_ms / 1_000,
        },
    )  # fmt: skip
    return kept.scalar_one_or_none() is not None


async def release(s: AsyncSession, name: str, token: int) -> None:
    """The owner leaves in order: the switch is free at once."""
    await s.execute(
        text(
            "update switch set lease_until = clock_timestamp(), up = false "
            "where name = :name and fencing_token = :token"
        ),
        {"name": name, "token": token},
    )


# Stopped between two messages of one statement, a client is not idle for the database: only the second limit, known
# since PostgreSQL 17, ends that.
BOUNDED = """
set_config('idle_in_transaction_session_timeout', :idle, true),
case when current_setting('server_version_num')::int >= 170000
     then set_config('transaction_timeout', :longest, true) end
"""


_BOUND = text(f"select {BOUNDED}")
_FENCE = text(f"select {BOUNDED} from switch where name = :name and fencing_token = :token for key share")


def _limits(idle_s: float) -> dict[str, str]:
    return {"idle": str(round(idle_s * 1_000)), "longest": str(round(idle_s * 2_000))}


async def bound(s: AsyncSession, idle_s: float = LEASE_S) -> None:
    """The database ends this transaction when it is idle for `idle_s`, or lasts twice that.

    An engine that is stopped in the middle of one would otherwise keep its locks.
    """
    await s.execute(_BOUND, _limits(idle_s))


async def fence(s: AsyncSession, name: str, token: int, idle_s: float = LEASE_S) -> None:
    """Lets a transaction go on only while the token is the switch's, and keeps it so until the transaction ends.

    It is bounded as by `bound`. Raises SwitchLeaseLost.
    """
    kept = await s.execute(_FENCE, {"name": name, "token": token, **_limits(idle_s)})
    if kept.one_or_none() is None:
        raise SwitchLeaseLost(name)


async def lose(s: AsyncSession, name: str) -> bool:
    """Notes that the switch was given up. False when it had been before."""
    lost = await s.execute(
        text("update switch set lost_at = now(), up = false where name = :name and lost_at is null returning name"),
        {"name": name},
    )
    return lost.scalar_one_or_none() is not None


async def heard_at(s: AsyncSession, name: str) -> datetime | None:
    """When the switch last said a word, by whichever engine heard it."""
    found = await s.get(Switch, name, populate_existing=True)
    return None if found is None else found.heard_at


ABANDONED = text("""
select name from switch w
where enabled and lease_until < clock_timestamp() - make_interval(secs => :dead)
  and (exists (select from shift h where h.switch_name = w.name and h.ended_at is null)
       or exists (select from call c where c.switch_name = w.name and c.state <> 'closed'))
order by name
""")


async def abandoned(s: AsyncSession, dead_s: float) -> list[str]:
    """Switches that no engine has driven for that long, with people or calls still on them."""
    return list((await s.execute(ABANDONED, {"dead": dead_s})).scalars())


@dataclass(frozen=True)
class Listed:
    """A switch as an administrator sees it."""

    name: str
    seats: int
    max_seats: int
    sessions: int
    driven: bool
    up: bool
    draining: bool
    enabled: bool
    lost: bool


async def listed(s: AsyncSession) -> list[Listed]:
    found = await s.execute(
        text(
            "select name, (select count(*) from shift h where h.switch_name = w.name and h.ended_at is null) as seats, "
            "max_seats, sessions, coalesce(lease_until > clock_timestamp(), false) as driven, up, draining, enabled, "
            "lost_at is not null as lost from switch w order by name"
        )
    )
    return [Listed(**row) for row in found.mappings()]


async def change(s: AsyncSession, name: str, **values: bool | int) -> bool:
    """Sets `draining`, `enabled` or `max_seats`. False: there is no such switch."""
    switch = await s.get(Switch, name, with_for_update={"key_share": True})
    if switch is None:
        return False
    for column, value in values.items():
        setattr(switch, column, value)
    s.add(switch)
    await s.flush()
    return True


LEAST_LOADED = text("""
select w.name from switch w
cross join lateral (
  select (select count(*) from shift h where h.switch_name = w.name and h.ended_at is null)
    + (select count(*) from seat_promise p where p.switch_name = w.name
       and p.promised_at > clock_timestamp() - make_interval(secs => :promise)
       and not exists (select from shift h where h.operator_id = p.operator_id and h.ended_at is null)) as taken
) seats
where w.enabled and not w.draining and w.up and w.lease_until > clock_timestamp() and seats.taken < w.max_seats
order by seats.taken::float / w.max_seats, w.name
limit 1
""")


async def least_loaded(s: AsyncSession) -> str | None:
    """The switch with the fewest seats taken for its size, among those that an engine drives. None: there is none."""
    return (await s.execute(LEAST_LOADED, {"promise": PROMISE_S})).scalar_one_or_none()


async def of_operator(s: AsyncSession, operator_id: int) -> str | None:
    """The switch on which an operator has her shift or a call that is not closed."""
    found = await s.execute(
        text(
            "select switch_name from shift where operator_id = :operator and ended_at is null "
            "union all select switch_name from call where operator_id = :operator and state <> 'closed' limit 1"
        ),
        {"operator": operator_id},
    )
    return found.scalar_one_or_none()


async def seat(s: AsyncSession, operator_id: int) -> str | None:
    """Where an operator who starts a shift is sent: where she is already, else to the least loaded switch.

    The seat counts as taken from now on, so that many who begin at the same moment are spread as well.
    """
    if (here := await of_operator(s, operator_id)) is not None:
        return here
    # One after the other: who counts must see what was promised before.
    await s.execute(text("select pg_advisory_xact_lock(hashtextextended('switch seats', 0))"))
    name = await least_loaded(s)
    if name is not None:
        await s.execute(
            text(
                "insert into seat_promise as p (operator_id, switch_name) values (:operator, :name) "
                "on conflict (operator_id) do update set switch_name = excluded.switch_name, "
                "promised_at = clock_timestamp()"
            ),
            {"operator": operator_id, "name": name},
        )
    return name
