"""What the routes of lines share: whose line is meant, and how they answer."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exchange_app.security.http import require_session
from exchange_domain.accounts import Principal
from exchange_domain.sip_users import LINES
from exchange_domain.words import Role

TELEPHONES = (Role.OPERATOR, Role.MANAGER)
"""Roles that may have a telephone beside the page. It is the account's own, there is no way to name another's."""

Handler = Callable[[Request, Principal, Role], Awaitable[dict[str, Any]]]


def of_the_account(handler: Handler, roles: Sequence[Role] = LINES) -> Callable[[Request], Awaitable[Response]]:
    """A route that answers in JSON: 401 signed out, 403 without the role or from another site, 400 for no line."""

    async def route(request: Request) -> Response:
        try:
            account = await require_session(request, *roles)
            body = await handler(request, account, _role(request, account, roles))
        except HTTPException as refused:
            return _answer({"error": refused.detail}, refused.status_code)
        return _answer(body)

    return route


def _role(request: Request, account: Principal, roles: Sequence[Role]) -> Role:
    """`?role=operator|manager|moderator`; who has one of them need not say which. Raises HTTPException."""
    held = [role for role in roles if role in account.roles]
    said = request.query_params.get("role")
    if said is None:
        return held[0]
    if said not in roles:
        raise HTTPException(400, "no_line")
    if said not in held:
        raise HTTPException(403, "role_missing")
    return Role(said)


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(body, status, headers={"Cache-Control": "no-store"})
