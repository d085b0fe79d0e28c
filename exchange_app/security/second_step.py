"""Between the password and the session: who has a second factor shows it first.

The first step leaves a ticket in Redis and its key in an HttpOnly cookie; the second step turns it into a session.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from exchange_app.broker import redis

from . import sessions

COOKIE = "step"
GOOD_FOR_S = 300
TRIES = 5


@dataclass(frozen=True)
class Ticket:
    account_id: int
    key: str


def _key(raw: str) -> str:
    return f"second-step:{hashlib.sha256(raw.encode()).hexdigest()}"


async def begin(response: Response, account_id: int) -> None:
    """The first step is done: five minutes and five tries for the second."""
    raw = secrets.token_urlsafe(32)
    await redis().set(_key(raw), json.dumps({"account": account_id}), ex=GOOD_FOR_S)
    secure = sessions.is_secure()
    response.set_cookie(COOKIE, raw, max_age=GOOD_FOR_S, path="/", httponly=True, samesite="lax", secure=secure)


async def ticket_of(raw: str) -> Ticket | None:
    """The ticket of a cookie that is still good."""
    if not raw:
        return None
    kept = await redis().get(_key(raw))
    return None if kept is None else Ticket(json.loads(kept)["account"], _key(raw))


async def take_try(request: Request) -> Ticket | None:
    """Counts a try before it is made; after the last one the ticket is gone."""
    ticket = await ticket_of(request.cookies.get(COOKIE, ""))
    if ticket is None:
        return None
    async with redis().pipeline() as pipe:
        pipe.incr(f"{ticket.key}:tries")
        pipe.expire(f"{ticket.key}:tries", GOOD_FOR_S)
        used, _ = await pipe.execute()
    if used > TRIES:
        await redis().delete(ticket.key)
        return None
    return ticket


async def end(response: Response, ticket: Ticket) -> bool:
    """The second step is done, once: of two at the same moment one gets it."""
    gone = await redis().delete(ticket.key)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return bool(gone)


async def challenge(ticket_key: str, value: bytes) -> None:
    """Keeps what a passkey has to sign."""
    await redis().set(f"{ticket_key}:challenge", value.hex(), ex=GOOD_FOR_S)


async def challenged(ticket_key: str) -> bytes | None:
    """What was to be signed, once."""
    kept = await redis().getdel(f"{ticket_key}:challenge")
    return None if kept is None else bytes.fromhex(str(kept))
