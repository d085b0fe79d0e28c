"""People as admins see them: found, given roles, suspended. Each act is written down in its own transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import audit
from .tables import Account
from .words import Role

PLATFORM = (Role.OPERATOR.value, Role.MODERATOR.value, Role.ADMIN.value)
"""Roles that admins give; customers' people get theirs from their customer."""


class PeopleError(Exception):
    """Why nothing changed, as a code: unknown, own_admin, last_admin, own_account, bad_role."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    email: str
    roles: tuple[str, ...]
    owns: tuple[str, ...]
    """Customers whose owner they are."""
    manages: tuple[str, ...]
    suspended: bool
    second_factor: bool
    """They have an authenticator app or a passkey."""
    joined_at: datetime


_PEOPLE = """
select a.id, a.display_name, a.email, a.suspended_at is not null as suspended, a.created_at,
  coalesce((select array_agg(r.role order by r.role) from account_role r where r.account_id = a.id), '{}') as roles,
  coalesce((select array_agg(c.name order by c.name) from customer_member m join customer c on c.id = m.customer_id
            where m.account_id = a.id and m.role = 'owner'), '{}') as owns,
  coalesce((select array_agg(c.name order by c.name) from customer_member m join customer c on c.id = m.customer_id
            where m.account_id = a.id and m.role = 'manager'), '{}') as manages,
  exists (select from second_factor f where f.account_id = a.id and f.confirmed_at is not null)
    or exists (select from passkey p where p.account_id = a.id) as second_factor
from account a
"""
_ROLE = {
    "operator": "exists (select from account_role r where r.account_id = a.id and r.role = 'operator')",
    "moderator": "exists (select from account_role r where r.account_id = a.id and r.role = 'moderator')",
    "admin": "exists (select from account_role r where r.account_id = a.id and r.role = 'admin')",
    "customer": "exists (select from customer_member m where m.account_id = a.id and m.role = 'owner')",
    "manager": "exists (select from customer_member m where m.account_id = a.id and m.role = 'manager')",
    "suspended": "a.suspended_at is not null",
}
"""What a list of people may be narrowed to."""


async def people(
    s: AsyncSession, *, search: str = "", only: str = "", before_id: int | None = None, limit: int = 50
) -> list[Person]:
    """Who joined last stands first. `search` looks into names and addresses; `only`: a role, or suspended."""
    where, values = ["true"], {"limit": limit, "like": "", "before": before_id}
    if search.strip():
        escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where.append("(a.display_name ilike :like or a.email ilike :like)")
        values["like"] = f"%{escaped}%"
    if only in _ROLE:
        where.append(_ROLE[only])
    if before_id is not None:
        where.append("a.id < :before")
    query = text(f"{_PEOPLE} where {' and '.join(where)} order by a.id desc limit :limit")
    used = {name: value for name, value in values.items() if f":{name}" in str(query)}
    return [_person(r) for r in (await s.execute(query, used)).all()]


async def one(s: AsyncSession, account_id: int) -> Person | None:
    row = (await s.execute(text(f"{_PEOPLE} where a.id = :id"), {"id": account_id})).one_or_none()
    return None if row is None else _person(row)


def _person(r) -> Person:
    return Person(
        r.id, r.display_name, r.email, tuple(r.roles), tuple(r.owns), tuple(r.manages), r.suspended, r.second_factor,
        r.created_at,
    )  # fmt: skip


async def set_roles(s: AsyncSession, by: int | None, account_id: int, wanted: Iterable[str]) -> Person:
    """The platform roles of a person from now on. Raises PeopleError."""
    roles = set(wanted)
    if not roles <= set(PLATFORM):
        raise PeopleError("bad_role")
    before = await _locked(s, account_id)
    if before.roles and "admin" in before.roles and "admin" not in roles:
        if by == account_id:
            raise PeopleError("own_admin")
        await _another_admin(s, account_id)
    if set(before.roles) == roles:
        return before
    await s.execute(
        text("delete from account_role where account_id = :id and not role = any(:roles)"),
        {"id": account_id, "roles": sorted(roles)},
    )
    await s.execute(
        text("insert into account_role (account_id, role) select :id, unnest(cast(:roles as text[])) "
             "on conflict do nothing"),
        {"id": account_id, "roles": sorted(roles)},
    )  # fmt: skip
    await audit.write(s, by, "roles_changed", f"account:{account_id}", before=sorted(before.roles), after=sorted(roles))
    after = await one(s, account_id)
    assert after is not None
    return after


async def suspend(s: AsyncSession, by: int | None, account_id: int) -> Person:
    """They cannot sign in any more; open sessions are the caller's to end. Raises PeopleError."""
    before = await _locked(s, account_id)
    if by == account_id:
        raise PeopleError("own_account")
    if "admin" in before.roles and not before.suspended:
        await _another_admin(s, account_id)
    return await _set_suspended(s, by, before, suspended=True)


async def restore(s: AsyncSession, by: int | None, account_id: int) -> Person:
    """They may sign in again. Raises PeopleError."""
    return await _set_suspended(s, by, await _locked(s, account_id), suspended=False)


async def _set_suspended(s: AsyncSession, by: int | None, person: Person, *, suspended: bool) -> Person:
    if person.suspended != suspended:
        account = await s.get_one(Account, person.id, populate_existing=True)
        account.suspended_at = datetime.now(UTC) if suspended else None
        s.add(account)
        await s.flush()
        act = "suspended" if suspended else "restored"
        await audit.write(s, by, act, f"account:{person.id}", before=person.suspended, after=suspended)
    after = await one(s, person.id)
    assert after is not None
    return after


async def signed_out(s: AsyncSession, by: int | None, account_id: int, sessions: int) -> None:
    """Writes down that a person was signed out everywhere."""
    await audit.write(s, by, "signed_out", f"account:{account_id}", after={"sessions": sessions})


async def _locked(s: AsyncSession, account_id: int) -> Person:
    await s.get(Account, account_id, with_for_update=True)
    found = await one(s, account_id)
    if found is None:
        raise PeopleError("unknown")
    return found


async def _another_admin(s: AsyncSession, account_id: int) -> None:
    """The last one can neither be suspended nor lose the role: nobody could give it back. Raises PeopleError."""
    # One after the other: two admins who remove each other at the same moment leave one.
    await s.execute(text("select pg_advisory_xact_lock(hashtextextended('admins', 0))"))
    others = await s.execute(
        text(
            "select count(*) from account_role r join account a on a.id = r.account_id "
            "where r.role = 'admin' and a.id <> :id and a.suspended_at is null"
        ),
        {"id": account_id},
    )
    if not others.scalar_one():
        raise PeopleError("last_admin")
