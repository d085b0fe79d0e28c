"""Tokens of a customer's programs: shown once, kept as a digest, with scopes, revoked at once."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .tables import ApiToken
from .words import ApiScope

PREFIX = "xchg_"
"""Lets scanners of published code find a token that was left there."""
MOST = 20
"""Tokens in use of one customer."""
USE_NOTED = timedelta(minutes=1)


class TokenError(Exception):
    """Why no token was made, as a code: no_name, name_too_long, no_scope, too_many."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Client:
    """A program that was let in."""

    token_id: int
    customer_id: int
    scopes: frozenset[str]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def issue(
    s: AsyncSession, customer_id: int, name: str, scopes: Iterable[ApiScope], by: int | None
) -> tuple[ApiToken, str]:
    """A new token, and its text: it cannot be shown again. Raises TokenError."""
    name, wanted = " ".join(name.split()), sorted({scope.value for scope in scopes})
    if not name:
        raise TokenError("no_name")
    if len(name) > 100:
        raise TokenError("name_too_long")
    if not wanted:
        raise TokenError("no_scope")
    live = select(func.count()).select_from(ApiToken)
    in_use = await s.exec(live.where(ApiToken.customer_id == customer_id, col(ApiToken.revoked_at).is_(None)))
    if in_use.one() >= MOST:
        raise TokenError("too_many")
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        customer_id=customer_id, name=name, token_hash=_digest(token), ending=token[-4:], scopes=wanted, created_by=by
    )
    s.add(row)
    await s.flush()
    return row, token


async def find(s: AsyncSession, token: str, now: datetime) -> Client | None:
    """Whose token it is; None for an unknown or a revoked one."""
    if not token.startswith(PREFIX) or len(token) > 200:
        return None
    row = (await s.exec(select(ApiToken).where(ApiToken.token_hash == _digest(token)))).one_or_none()
    if row is None or row.id is None or row.revoked_at is not None:
        return None
    if row.last_used_at is None or now - row.last_used_at > USE_NOTED:
        row.last_used_at = now
        s.add(row)
    return Client(row.id, row.customer_id, frozenset(row.scopes))


async def of_customer(s: AsyncSession, customer_id: int) -> list[ApiToken]:
    """Those in use, the latest first."""
    in_use = select(ApiToken).where(ApiToken.customer_id == customer_id, col(ApiToken.revoked_at).is_(None))
    return list(await s.exec(in_use.order_by(col(ApiToken.id).desc())))


async def revoke(s: AsyncSession, token_id: int, customer_id: int, now: datetime) -> bool:
    """From now on nobody is let in with it. False: the customer has no such token."""
    row = await s.get(ApiToken, token_id, with_for_update=True)
    if row is None or row.customer_id != customer_id:
        return False
    row.revoked_at = row.revoked_at or now
    s.add(row)
    return True
