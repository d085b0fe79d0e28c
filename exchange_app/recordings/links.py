"""Signed links to recordings: for one person, one role, one call, and a few minutes.

An address such as `/moderator/calls/ID/recording` checks the right and leads to the link; the link checks all of it
again, so that neither a link that was passed on nor one that is old opens anything.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from exchange_app.security import require_session
from exchange_domain import keys
from exchange_domain.accounts import Principal
from exchange_domain.tables import Recording

from .hearing import heard

GOOD_FOR_S = 600
MayHear = Callable[[Principal, UUID], Awaitable[Recording | None]]
"""The recording if this person may hear it by their role, else None: whether it is another's or not there."""
_RULES: dict[str, MayHear] = {}


def _mark(body: bytes) -> bytes:
    return hmac.digest(keys.key("recording links"), body, hashlib.sha256)[:16]


def signed(role: str, account_id: int, call_id: UUID, now: float) -> str:
    """A link's last part. `now` in epoch seconds."""
    body = f"{role}:{account_id}:{call_id.hex}:{int(now) + GOOD_FOR_S}".encode()
    return base64.urlsafe_b64encode(_mark(body) + body).decode().rstrip("=")


def read(link: str, account_id: int, now: float) -> tuple[str, UUID] | None:
    """Role and call of a link that is ours, this person's, and not too old."""
    try:
        raw = base64.urlsafe_b64decode(link + "=" * (-len(link) % 4))
        mark, body = raw[:16], raw[16:]
        role, account, call, until = body.decode().split(":")
        fits = hmac.compare_digest(mark, _mark(body)) and int(account) == account_id and int(until) >= now
        return (role, UUID(call)) if fits else None
    except (binascii.Error, UnicodeError, ValueError):
        return None


def address(role: str, may_hear: MayHear) -> Route:
    """`/ROLE/calls/ID/recording`: leads whoever may hear it to a link of their own."""
    _RULES[role] = may_hear

    async def lead(request: Request) -> Response:
        account = await require_session(request, role)
        call_id = request.path_params["call"]
        if await may_hear(account, call_id) is None:
            return Response(status_code=404)
        link = signed(role, account.account_id, call_id, time.time())
        return RedirectResponse(f"/sound/{link}", 302, {"cache-control": "private, no-store"})

    return Route(f"/{role}/calls/{{call:uuid}}/recording", lead, methods=["GET", "HEAD"], name=f"recording_of_{role}")


async def _sound(request: Request) -> Response:
    account = await require_session(request)
    found = read(request.path_params["link"], account.account_id, time.time())
    if found is None:
        raise HTTPException(404)
    role, call_id = found
    if role not in account.roles or role not in _RULES:
        raise HTTPException(403, "role_missing")
    recording = await _RULES[role](account, call_id)
    if recording is None:
        raise HTTPException(404)
    return await heard(request, recording, account.account_id)


def routes() -> list[Route]:
    return [Route("/sound/{link}", _sound, methods=["GET", "HEAD"])]
