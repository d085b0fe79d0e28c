"""How a session begins: at once, or after the second factor."""

from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from exchange_app.security import second_step, sessions
from exchange_domain.accounts import Principal

log = structlog.get_logger(__name__)


def back(path: str, error: str, *, wait_s: int = 0, **more: int | str) -> Response:
    """To the page again, with what was wrong."""
    query: dict[str, int | str] = {"error": error, **more}
    if wait_s:
        query["wait"] = wait_s
    headers = {"retry-after": str(wait_s)} if wait_s else {}
    return RedirectResponse(f"{path}?{urlencode(query)}", 303, headers=headers)


async def enter(request: Request, account: Principal) -> Response:
    """A new session with a new id; the one of before, if any, ends."""
    response = RedirectResponse("/", 303)
    await put_session(request, response, account)
    return response


async def put_session(request: Request, response: Response, account: Principal) -> None:
    await sessions.end(request.cookies.get(sessions.cookie_name(), ""))
    sid = await sessions.begin(account.account_id, account.roles)
    sessions.set_cookie(response, sid)
    response.set_cookie("lang", account.language, max_age=31536000, path="/", samesite="lax")
    log.info("signed_in", account_id=account.account_id)


async def after_first_step(request: Request, account: Principal) -> Response:
    """Who has a second factor is asked for it; others are in."""
    if not account.second_factor:
        return await enter(request, account)
    response = RedirectResponse("/sign-in/second", 303)
    await second_step.begin(response, account.account_id)
    return response
