"""The forms' other end. Each answer is a redirect, so that the page loads anew with its cookie."""

import re
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import IntegrityError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from exchange_app.security import passwords, rate_limit, sessions
from exchange_app.security.http import address_of, same_origin, session_of
from exchange_app.security.principals import forget, principal
from exchange_domain import accounts, database, invitations, sip_credentials
from exchange_domain.invitations import InvitationError
from exchange_domain.settings import settings
from exchange_domain.texts import choose
from exchange_domain.words import Role, SipUserKind

from .demo import DEMO_ACCOUNTS
from .entering import after_first_step, back, enter
from .oidc import routes as oidc_routes
from .second_routes import routes as second_routes

log = structlog.get_logger(__name__)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


async def sign_in(request: Request) -> Response:
    if not same_origin(request):
        return back("/sign-in", "other_origin")
    form = await request.form()
    email, password = _text(form, "email").strip()[:255], _text(form, "password")
    by_address = await rate_limit.take(rate_limit.PER_ADDRESS, address_of(request))
    if by_address.retry_after_s:
        log.warning("sign_in_refused", why="too_many_of_address")
        return back("/sign-in", "too_many", wait_s=by_address.retry_after_s)
    by_account = await rate_limit.take(rate_limit.PER_ACCOUNT, email)
    if by_account.retry_after_s:
        log.warning("sign_in_refused", why="too_many_of_account")
        return back("/sign-in", "too_many", wait_s=by_account.retry_after_s)
    async with database.session() as db:
        account = await accounts.find_by_email(db, email)
    right, outdated = await passwords.verified(account.password_hash if account else None, password)
    if not right or account is None or account.id is None:
        # Whoever mistypes may have typed the password where the address goes: neither is written down.
        log.warning("sign_in_refused", why="wrong", account_id=account.id if account else None)
        return back("/sign-in", "wrong", left=by_account.left)
    if account.suspended_at is not None:
        log.warning("sign_in_refused", why="suspended", account_id=account.id)
        return back("/sign-in", "suspended")
    if outdated:
        fresh = await passwords.hashed(password)
        async with database.session() as db:
            await accounts.set_password_hash(db, account.id, fresh)
    await rate_limit.clear(rate_limit.PER_ACCOUNT, email)
    forget(account.id)
    found = await principal(account.id)
    return await after_first_step(request, found) if found else back("/sign-in", "unavailable")


async def sign_out(request: Request) -> Response:
    if not same_origin(request):
        return back("/sign-in", "other_origin")
    account = await session_of(request)
    await sessions.end(request.cookies.get(sessions.cookie_name(), ""))
    if account is not None:
        # A manager has no shift whose end would end the page's line; an operator's ends with her shift.
        async with database.session() as db:
            await sip_credentials.revoke(db, account.account_id, SipUserKind.BROWSER, datetime.now(UTC), Role.MANAGER)
    response = RedirectResponse("/sign-in", 303)
    sessions.clear_cookie(response)
    return response


async def demo(request: Request) -> Response:
    """One-click sign-in; there only in the demo."""
    name = request.path_params["name"]
    if not settings().exchange_demo or name not in DEMO_ACCOUNTS:
        return Response(status_code=404)
    if not same_origin(request):
        return back("/sign-in", "other_origin")
    async with database.session() as db:
        account = await accounts.find_by_email(db, DEMO_ACCOUNTS[name])
    found = await principal(account.id) if account and account.id else None
    return await enter(request, found) if found else back("/sign-in", "unavailable")


async def join(request: Request) -> Response:
    """Makes the account of an invitation and signs it in."""
    token = request.path_params["token"]
    here = f"/join/{token}"
    if not same_origin(request):
        return back(here, "other_origin")
    limit = await rate_limit.take(rate_limit.JOIN_PER_ADDRESS, address_of(request))
    if limit.retry_after_s:
        return back(here, "too_many", wait_s=limit.retry_after_s)
    form = await request.form()
    email, display_name = _text(form, "email").strip(), " ".join(_text(form, "display_name").split())
    if not 1 <= len(display_name) <= 200:
        return back(here, "bad_name")
    if not _EMAIL.fullmatch(email):
        return back(here, "bad_email")
    if _text(form, "rules") != "yes":
        return back(here, "rules")
    password = _text(form, "password")
    if fault := passwords.fault(password, email):
        return back(here, fault)
    language = choose(request.cookies.get("lang"), request.headers.get("accept-language"))
    async with database.session() as db:
        open_still = await invitations.find(db, token)
    if open_still is None:
        return back(here, "invalid")
    password_hash = await passwords.hashed(password)
    try:
        async with database.session() as db:
            account = await invitations.accept(
                db, token, email=email, display_name=display_name, password_hash=password_hash, language=language
            )
    except InvitationError as refused:
        return back(here, refused.code)
    except IntegrityError:
        # Two invitations accepted with one e-mail at the same moment: the database lets one through.
        return back(here, "email_taken")
    assert account.id is not None
    found = await principal(account.id)
    return await enter(request, found) if found else back("/sign-in", "unavailable")


def routes() -> list[Route]:
    return [
        Route("/auth/sign-in", sign_in, methods=["POST"]),
        Route("/auth/sign-out", sign_out, methods=["POST"]),
        Route("/auth/demo/{name}", demo, methods=["POST"]),
        Route("/join/{token}", join, methods=["POST"]),
        *second_routes(),
        *oidc_routes(),
    ]
