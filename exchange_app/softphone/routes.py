"""`/softphone/credentials`: what a page needs to be a telephone. Plain HTTP: no password passes through a State.

GET tells how things are and makes nothing; POST makes a new password, tells it once, and ends the one before.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from starlette.requests import Request
from starlette.routing import Route

from exchange_domain import database, endpoints, sip_credentials
from exchange_domain.accounts import Principal
from exchange_domain.clock import ms_of, now_ms
from exchange_domain.settings import settings
from exchange_domain.sip_users import username
from exchange_domain.words import Role, SipUserKind

from . import quality, telephone
from .lines import TELEPHONES, of_the_account
from .relays import ice_servers

log = structlog.get_logger(__name__)


async def credentials(request: Request, account: Principal, role: Role) -> dict[str, Any]:
    return await (_tell(account, role) if request.method == "GET" else _issue(account, role))


async def _tell(account: Principal, role: Role) -> dict[str, Any]:
    name = username(role, account.account_id, SipUserKind.BROWSER)
    async with database.session() as s:
        kept = await sip_credentials.of_account(s, role, account.account_id, SipUserKind.BROWSER)
        kind = await endpoints.kind_of(s, role, account.account_id)
        served = await sip_credentials.served(s, name, settings().sip_domain, datetime.now(UTC))
    until = kept.valid_until if kept is not None and served is not None else None
    return _where(name) | {"valid_until_ms": None if until is None else ms_of(until), "rung_at": kind.value}


async def _issue(account: Principal, role: Role) -> dict[str, Any]:
    now = settings()
    async with database.session() as s:
        made = await sip_credentials.issue(
            s, role, account.account_id, SipUserKind.BROWSER, realm=now.sip_domain, at=datetime.now(UTC),
            longest=timedelta(hours=now.sip_password_hours),
        )  # fmt: skip
    log.info("sip_password_made", account_id=account.account_id, role=role.value, kind=SipUserKind.BROWSER.value)
    assert made.valid_until is not None
    return _where(made.username) | {"password": made.password, "valid_until_ms": ms_of(made.valid_until)}


def _where(name: str) -> dict[str, Any]:
    now = settings()
    return {
        "username": name,
        "domain": now.sip_domain,
        "realm": now.sip_domain,
        "url": now.softphone_url,
        "ice_servers": ice_servers(name, now_ms() // 1_000),
    }


def routes() -> list[Route]:
    return [
        Route("/softphone/credentials", of_the_account(credentials), methods=["GET", "POST"]),
        Route("/softphone/check", of_the_account(quality.check), methods=["POST"]),
        Route("/softphone/quality", of_the_account(quality.line), methods=["POST"]),
        Route(
            "/softphone/telephone", of_the_account(telephone.password, TELEPHONES), methods=["GET", "POST", "DELETE"]
        ),
    ]
