"""Passwords of SIP users: made at random, told once, kept as a digest, and soon over.

A page's password is for one shift. A telephone must be able to register before its shift begins and has nobody to type
a new password each day, so its password holds until it is revoked; both open nothing but the person's own line, which
can ring nobody (freeswitch/conf/dialplan/operators.xml).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from .sip_users import username
from .tables import SipCredential
from .words import Role, SipUserKind

BEFORE_THE_SHIFT = timedelta(minutes=15)
"""A page's password is good this long without a shift: it has to be registered before the shift can begin."""
USED_AGAIN = timedelta(minutes=1)
"""`last_used_at` is written no more often; a busy switch asks at every call."""


@dataclass(frozen=True)
class Issued:
    """The one time that a password is known."""

    username: str
    password: str
    realm: str
    valid_until: datetime | None


@dataclass(frozen=True)
class SipUser:
    """What the switch has to know of a user."""

    username: str
    account_id: int
    realm: str
    a1_hash: str


def a1_hash(name: str, realm: str, password: str) -> str:
    """The digest that a switch checks passwords against (RFC 3261, 22.4).

    >>> a1_hash("bob", "biloxi.com", "zanzibar")
    '12af60467a33e8518da5c68bbff12b11'
    """
    return hashlib.md5(f"{name}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()


async def issue(
    s: AsyncSession, role: Role, account_id: int, kind: SipUserKind, *, realm: str, at: datetime, longest: timedelta
) -> Issued:
    """A fresh password for a person's page or telephone; an older one of the same is over. Rights are the caller's."""
    name = username(role, account_id, kind)
    password = secrets.token_urlsafe(24)
    until = at + longest if kind is SipUserKind.BROWSER else None
    values = {
        "account_id": account_id, "role": role.value, "kind": kind, "realm": realm,
        "a1_hash": a1_hash(name, realm, password), "issued_at": at, "valid_until": until,
        "revoked_at": None, "last_used_at": None,
    }  # fmt: skip
    await s.execute(
        insert(SipCredential)
        .values(username=name, **values)
        .on_conflict_do_update(index_elements=["username"], set_=values)
    )
    return Issued(name, password, realm, until)


async def revoke(s: AsyncSession, account_id: int, kind: SipUserKind, at: datetime, role: Role | None = None) -> None:
    """From now on the passwords of the account's pages, or telephones, open nothing. Again, it changes nothing."""
    change = (
        update(SipCredential)
        .where(
            col(SipCredential.account_id) == account_id,
            col(SipCredential.kind) == kind,
            col(SipCredential.revoked_at).is_(None),
        )
        .values(revoked_at=at)
    )
    await s.execute(change if role is None else change.where(col(SipCredential.role) == role.value))


async def revoke_all(s: AsyncSession, account_id: int, at: datetime) -> None:
    """Pages and telephones alike: the account is signed out everywhere."""
    for kind in SipUserKind:
        await revoke(s, account_id, kind, at)


async def of_account(s: AsyncSession, role: Role, account_id: int, kind: SipUserKind) -> SipCredential | None:
    """The last password made, revoked or not."""
    return await s.get(SipCredential, username(role, account_id, kind))


# Revoked, late, of a suspended account, of somebody who lost the role: not there. A page's password of an operator
# besides needs her shift, but for the first minutes.
SERVED = text("""
select c.username, c.account_id, c.realm, c.a1_hash
from sip_credential c join account a on a.id = c.account_id
where c.username = :username and c.realm = :realm and c.revoked_at is null and a.suspended_at is null
  and (c.valid_until is null or c.valid_until > :now)
  and case c.role
      when 'operator' then
        exists (select from account_role r where r.account_id = c.account_id and r.role = 'operator')
        and (c.kind = 'phone' or c.issued_at > :fresh
             or exists (select from shift h where h.operator_id = c.account_id and h.ended_at is null))
      when 'moderator' then
        exists (select from account_role r where r.account_id = c.account_id and r.role = 'moderator')
      else exists (select from customer_member m where m.account_id = c.account_id and m.role = 'manager')
      end
""")


async def served(s: AsyncSession, name: str, realm: str, at: datetime) -> SipUser | None:
    """The user as the switch may have it now; None for everybody it must not let in."""
    asked = {"username": name, "realm": realm, "now": at, "fresh": at - BEFORE_THE_SHIFT}
    row = (await s.execute(SERVED, asked)).one_or_none()
    return None if row is None else SipUser(*row)


async def note_use(s: AsyncSession, name: str, at: datetime) -> None:
    """The switch checked this user's password."""
    last = col(SipCredential.last_used_at)
    await s.execute(
        update(SipCredential)
        .where(col(SipCredential.username) == name, last.is_(None) | (last < at - USED_AGAIN))
        .values(last_used_at=at)
    )
