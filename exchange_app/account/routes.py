"""Changing the password, and signing out everywhere: plain forms, so that no password passes through a State."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import structlog
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from exchange_app.security import passwords, rate_limit, sessions
from exchange_app.security.http import address_of, same_origin, session_of
from exchange_domain import accounts, database, sip_credentials

log = structlog.get_logger(__name__)

FAULTS = frozenset({"too_short", "too_long", "common", "like_email"})
"""Of a new password."""
CODES = FAULTS | {"wrong", "too_many", "other_origin"}
"""Everything that may stand in `?error=` of the page."""


def _back(error: str, **more: int) -> Response:
    return RedirectResponse(f"/account?{urlencode({'error': error, **more})}", 303)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


async def change_password(request: Request) -> Response:
    """Whoever knows the old password sets a new one; every other session of the account ends."""
    if not same_origin(request):
        return _back("other_origin")
    account = await session_of(request)
    if account is None:
        return RedirectResponse("/sign-in", 303)
    form = await request.form()
    old, new = _text(form, "old_password"), _text(form, "new_password")
    # The new one first: a slip in it costs no try.
    if fault := passwords.fault(new, account.email):
        return _back(fault)
    # The same counts as at sign-in: an open page is no way around them.
    by_address = await rate_limit.take(rate_limit.PER_ADDRESS, address_of(request))
    by_account = await rate_limit.take(rate_limit.PER_ACCOUNT, account.email)
    if wait := max(by_address.retry_after_s, by_account.retry_after_s):
        stopped = _back("too_many", wait=wait)
        stopped.headers["retry-after"] = str(wait)
        return stopped
    async with database.session() as db:
        found = await accounts.find_by_email(db, account.email)
    right, _ = await passwords.verified(found.password_hash if found else None, old)
    if not right:
        return _back("wrong", left=by_account.left)
    fresh = await passwords.hashed(new)
    async with database.session() as db:
        await accounts.set_password_hash(db, account.account_id, fresh)
    await sessions.end_all(account.account_id, but=request.cookies[sessions.cookie_name()])
    await rate_limit.clear(rate_limit.PER_ACCOUNT, account.email)
    log.info("password_changed", account_id=account.account_id)
    return RedirectResponse("/account?changed=password", 303)


async def sign_out_everywhere(request: Request) -> Response:
    """Ends every session of the account, this one too, and the passwords of its SIP users."""
    if not same_origin(request):
        return _back("other_origin")
    account = await session_of(request)
    if account is not None:
        await sessions.end_all(account.account_id)
        async with database.session() as db:
            await sip_credentials.revoke_all(db, account.account_id, datetime.now(UTC))
        log.info("signed_out_everywhere", account_id=account.account_id)
    response = RedirectResponse("/sign-in", 303)
    sessions.clear_cookie(response)
    return response


def routes() -> list[Route]:
    return [
        Route("/account/password", change_password, methods=["POST"]),
        Route("/account/sign-out-everywhere", sign_out_everywhere, methods=["POST"]),
    ]
