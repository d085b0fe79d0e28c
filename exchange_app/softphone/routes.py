"""`/softphone/credentials`: plain HTTP, so that no password passes through a State.

GET tells how things are and makes nothing; POST makes a new password, tells it once, and ends the one before. Both are
for the signed-in account alone: there is no way to name another.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exchange_app.security.http import require_session
from exchange_domain import database, sip_credentials
from exchange_domain.accounts import Principal
from exchange_domain.clock import ms_of
from exchange_domain.settings import settings
from exchange_domain.sip_users import username
from exchange_domain.words import Role, SipUserKind

log = structlog.get_logger(__name__)

LINES = (Role.OPERATOR, Role.MANAGER)


async def credentials(request: Request) -> Response:
    """JSON. 401 signed out, 403 without the role or from another site, 400 for a role that has no line."""
    try:
        account = await require_session(request, *LINES)
        role = _role(request, account)
    except HTTPException as refused:
        return _answer({"error": refused.detail}, refused.status_code)
    return await (_tell(account, role) if request.method == "GET" else _issue(account, role))


def _role(request: Request, account: Principal) -> Role:
    """`?role=operator|manager`; who has one of the two need not say which. Raises HTTPException."""
    held = [role for role in LINES if role in account.roles]
    said = request.query_params.get("role")
    if said is None:
        return held[0]
    if said not in LINES:
        raise HTTPException(400, "no_line")
    if said not in held:
        raise HTTPException(403, "role_missing")
    return Role(said)


async def _tell(account: Principal, role: Role) -> Response:
    now = settings()
    async with database.session() as s:
        kept = await sip_credentials.of_account(s, role, account.account_id, SipUserKind.BROWSER)
        name = username(role, account.account_id, SipUserKind.BROWSER)
        served = await sip_credentials.served(s, name, now.sip_domain, datetime.now(UTC))
    until = kept.valid_until if kept is not None and served is not None else None
    return _answer(_where(name) | {"valid_until_ms": None if until is None else ms_of(until)})


async def _issue(account: Principal, role: Role) -> Response:
    now = settings()
    async with database.session() as s:
        made = await sip_credentials.issue(
            s, role, account.account_id, SipUserKind.BROWSER, realm=now.sip_domain, at=datetime.now(UTC),
            longest=timedelta(hours=now.sip_password_hours),
        )  # fmt: skip
    log.info("sip_password_made", account_id=account.account_id, role=role.value, kind=SipUserKind.BROWSER.value)
    assert made.valid_until is not None
    return _answer(_where(made.username) | {"password": made.password, "valid_until_ms": ms_of(made.valid_until)})


def _where(name: str) -> dict[str, Any]:
    now = settings()
    return {"username": name, "domain": now.sip_domain, "realm": now.sip_domain, "url": now.softphone_url}


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(body, status, headers={"Cache-Control": "no-store"})


def routes() -> list[Route]:
    return [Route("/softphone/credentials", credentials, methods=["GET", "POST"])]
