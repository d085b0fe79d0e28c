"""The second step of signing in: a code of the app, a recovery code, or a passkey."""

from datetime import UTC, datetime
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exchange_app.security import passkeys, rate_limit, second_step
from exchange_app.security.http import same_origin
from exchange_app.security.principals import forget, principal
from exchange_domain import database, second_factors
from exchange_domain.accounts import Principal

from .entering import back, enter, put_session

log = structlog.get_logger(__name__)

HERE = "/sign-in/second"
PER_ACCOUNT = rate_limit.Limit("second", 20, 15 * 60)


async def _principal(account_id: int) -> Principal | None:
    forget(account_id)
    return await principal(account_id)


async def code(request: Request) -> Response:
    """Five tries a ticket, twenty in a quarter of an hour an account."""
    if not same_origin(request):
        return back(HERE, "other_origin")
    ticket = await second_step.take_try(request)
    if ticket is None:
        return back("/sign-in", "step_over")
    count = await rate_limit.take(PER_ACCOUNT, str(ticket.account_id))
    if count.retry_after_s:
        log.warning("second_step_refused", why="too_many", account_id=ticket.account_id)
        return back("/sign-in", "too_many", wait_s=count.retry_after_s)
    written = (await request.form()).get("code")
    async with database.session() as s:
        right = isinstance(written, str) and await second_factors.check(
            s, ticket.account_id, written[:40], datetime.now(UTC)
        )
    if not right:
        log.warning("second_step_refused", why="wrong_code", account_id=ticket.account_id)
        return back(HERE, "wrong_code")
    found = await _principal(ticket.account_id)
    if found is None:
        return back("/sign-in", "unavailable")
    response = await enter(request, found)
    if not await second_step.end(response, ticket):
        return back("/sign-in", "step_over")
    await rate_limit.clear(PER_ACCOUNT, str(ticket.account_id))
    return response


async def options(request: Request) -> Response:
    """What a passkey has to sign: 200 with it, 403, or 404 when there is nobody or nothing to sign in with."""
    if not same_origin(request):
        return Response(status_code=403)
    ticket = await second_step.ticket_of(request.cookies.get(second_step.COOKIE, ""))
    if ticket is None:
        return Response(status_code=404)
    async with database.session() as s:
        keys = await second_factors.passkeys(s, ticket.account_id)
    if not keys:
        return Response(status_code=404)
    wanted, challenge = passkeys.to_show(keys)
    await second_step.challenge(ticket.key, challenge)
    return JSONResponse(wanted)


async def passkey(request: Request) -> Response:
    """Signed by a key of this account: 200 and the session, else 403."""
    if not same_origin(request):
        return Response(status_code=403)
    ticket = await second_step.take_try(request)
    challenge = await second_step.challenged(ticket.key) if ticket else None
    answer = await _json(request)
    if ticket is None or challenge is None or not isinstance(answer, dict):
        return Response(status_code=403)
    async with database.session() as s:
        key = await second_factors.passkey_called(s, str(answer.get("id", "")))
        count = passkeys.shown(answer, challenge, key) if key and key.account_id == ticket.account_id else None
        if key is None or count is None:
            return Response(status_code=403)
        await second_factors.passkey_used(s, key, count, datetime.now(UTC))
    found = await _principal(ticket.account_id)
    response = JSONResponse({"to": "/"})
    if found is None or not await second_step.end(response, ticket):
        return Response(status_code=403)
    await put_session(request, response, found)
    return response


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def routes() -> list[Route]:
    return [
        Route("/auth/second", code, methods=["POST"]),
        Route("/auth/passkey/options", options, methods=["POST"]),
        Route("/auth/passkey", passkey, methods=["POST"]),
    ]
