"""Sign-in sessions: an opaque id in an HttpOnly cookie, everything else in Redis, revocable at once.

Redis keeps only the SHA-256 of the id, so reading the store gives nobody a session.
"""

import hashlib
import json
import secrets
import time
from dataclasses import asdict, dataclass
from http.cookies import CookieError, SimpleCookie

from starlette.responses import Response

from exchange_app.broker import redis
from exchange_domain.settings import settings

COOKIE = "sid"
LIFETIME_S = 14 * 24 * 3600
"""Counted from the last use."""
LONGEST_S = 60 * 24 * 3600
"""Counted from the sign-in, used or not."""
_RENEW_AFTER_S = 3600
ENDED_CHANNEL = "session:ended"
"""Tells every web process the digest of a session that ended, so that open pages are cut off."""


@dataclass(frozen=True)
class Session:
    account_id: int
    roles: frozenset[str]
    """As at sign-in; rights are decided on the account's present roles."""
    issued_at: int
    used_at: int


def is_secure() -> bool:
    return settings().public_url.startswith("https://")


def cookie_name() -> str:
    """Over TLS no other host, and no page over plain HTTP, can set it (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{COOKIE}" if is_secure() else COOKIE


def digest(sid: str) -> str:
    return hashlib.sha256(sid.encode()).hexdigest()


def _key(hashed: str) -> str:
    return f"session:{hashed}"


def _account_key(account_id: int) -> str:
    return f"sessions:{account_id}"


def sid_of(cookie_header: str | None) -> str:
    """The session id in a Cookie header; empty when there is none."""
    try:
        morsel = SimpleCookie(cookie_header or "").get(cookie_name())
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _stored(session: Session) -> str:
    return json.dumps(asdict(session) | {"roles": sorted(session.roles)})


async def begin(account_id: int, roles: frozenset[str]) -> str:
    """Makes a session and returns its id, which exists nowhere else."""
    sid = secrets.token_urlsafe(32)
    now = int(time.time())
    async with redis().pipeline() as pipe:
        pipe.set(_key(digest(sid)), _stored(Session(account_id, roles, now, now)), ex=LIFETIME_S)
        pipe.sadd(_account_key(account_id), digest(sid))
        pipe.expire(_account_key(account_id), LIFETIME_S)
        await pipe.execute()
    return sid


async def find(sid: str) -> Session | None:
    """The live session of this id. Its lifetime is renewed once an hour of use."""
    if not sid:
        return None
    key = _key(digest(sid))
    raw = await redis().get(key)
    if raw is None:
        return None
    body = json.loads(raw)
    session = Session(body["account_id"], frozenset(body["roles"]), body["issued_at"], body["used_at"])
    now = int(time.time())
    if now - session.issued_at > LONGEST_S:
        await end(sid)
        return None
    if now - session.used_at > _RENEW_AFTER_S:
        session = Session(session.account_id, session.roles, session.issued_at, now)
        async with redis().pipeline() as pipe:
            # xx: a sign-out between the read and this write must stay a sign-out.
            pipe.set(key, _stored(session), ex=LIFETIME_S, xx=True)
            pipe.expire(_account_key(session.account_id), LIFETIME_S)
            await pipe.execute()
    return session


async def end(sid: str) -> None:
    """Signs one session out, everywhere it is open."""
    if not sid:
        return
    hashed = digest(sid)
    raw = await redis().get(_key(hashed))
    async with redis().pipeline() as pipe:
        pipe.delete(_key(hashed))
        if raw is not None:
            pipe.srem(_account_key(json.loads(raw)["account_id"]), hashed)
        pipe.publish(ENDED_CHANNEL, hashed)
        await pipe.execute()


async def end_all(account_id: int, but: str = "") -> int:
    """Signs an account out everywhere, `but` for the session with this id; returns how many sessions that ended."""
    hashes = {str(hashed) for hashed in await redis().smembers(_account_key(account_id))} - {digest(but)}
    if not hashes:
        return 0
    async with redis().pipeline() as pipe:
        for hashed in hashes:
            pipe.delete(_key(hashed))
            pipe.publish(ENDED_CHANNEL, hashed)
        # These and no more: a session begun meanwhile stays known.
        pipe.srem(_account_key(account_id), *hashes)
        await pipe.execute()
    return len(hashes)


def set_cookie(response: Response, sid: str) -> None:
    response.set_cookie(
        cookie_name(), sid, max_age=LIFETIME_S, path="/", httponly=True, samesite="lax", secure=is_secure()
    )


def clear_cookie(response: Response) -> None:
    response.delete_cookie(cookie_name(), path="/", httponly=True, samesite="lax", secure=is_secure())
    # Nothing stays in a browser that others use too; what it caches of pages holds nothing. Only TLS makes it count.
    response.headers["clear-site-data"] = '"storage"'
