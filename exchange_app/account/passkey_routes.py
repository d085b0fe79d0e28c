"""Adding a passkey to one's own account: what the browser signs, and what it has signed."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exchange_app.security import passkeys, require_session, second_step, sessions
from exchange_app.security.principals import forget
from exchange_domain import database, second_factors
from exchange_domain.second_factors import FactorError


def _place(request: Request) -> str:
    """Where the challenge of this session lies."""
    return f"passkey:{sessions.digest(request.cookies.get(sessions.cookie_name(), ''))}"


async def options(request: Request) -> Response:
    """200 with what `navigator.credentials.create` takes. Raises HTTPException 401, 403."""
    account = await require_session(request)
    async with database.session() as s:
        keys = await second_factors.passkeys(s, account.account_id)
    wanted, challenge = passkeys.to_make(account, keys)
    await second_step.challenge(_place(request), challenge)
    return JSONResponse(wanted)


async def add(request: Request) -> Response:
    """200 with recovery codes if this is the first factor, 400 for an answer that is none of ours, 409 when it is
    known or there are too many. Raises HTTPException 401, 403."""
    account = await require_session(request)
    challenge = await second_step.challenged(_place(request))
    given = await _json(request)
    if challenge is None or not isinstance(given, dict):
        return Response(status_code=400)
    made = passkeys.made(given.get("credential"), challenge)
    if made is None:
        return Response(status_code=400)
    try:
        async with database.session() as s:
            codes = await second_factors.add_passkey(
                s, account.account_id, name=str(given.get("name", ""))[:200], **made
            )
    except FactorError:
        return Response(status_code=409)
    forget(account.account_id)
    return JSONResponse({"codes": codes})


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def routes() -> list[Route]:
    return [
        Route("/account/passkey/options", options, methods=["POST"]),
        Route("/account/passkey", add, methods=["POST"]),
    ]
