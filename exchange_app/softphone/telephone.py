"""`/softphone/telephone`: the password of a person's SIP telephone, asked for on the account page.

GET tells whether there is one; POST makes one, tells it once, and ends the one before; DELETE ends it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from starlette.requests import Request

from exchange_domain import database, sip_credentials
from exchange_domain.accounts import Principal
from exchange_domain.clock import ms_of
from exchange_domain.settings import settings
from exchange_domain.sip_users import username
from exchange_domain.words import Role, SipUserKind

log = structlog.get_logger(__name__)

PHONE = SipUserKind.PHONE


async def password(request: Request, account: Principal, role: Role) -> dict[str, Any]:
    told: dict[str, Any] = {}
    async with database.session() as s:
        match request.method:
            case "POST":
                made = await sip_credentials.issue(
                    s, role, account.account_id, PHONE, realm=settings().sip_domain, at=datetime.now(UTC),
                    longest=timedelta(0),
                )  # fmt: skip
                told["password"] = made.password
                log.info("sip_password_made", account_id=account.account_id, role=role.value, kind=PHONE.value)
            case "DELETE":
                await sip_credentials.revoke(s, account.account_id, PHONE, datetime.now(UTC), role)
                log.info("sip_password_revoked", account_id=account.account_id, role=role.value, kind=PHONE.value)
    async with database.session() as s:
        kept = await sip_credentials.of_account(s, role, account.account_id, PHONE)
    there = kept is not None and kept.revoked_at is None
    return told | {
        "username": username(role, account.account_id, PHONE),
        "domain": settings().sip_domain,
        "server": settings().telephones_server,
        "made_ms": _ms(kept.issued_at) if kept is not None and there else None,
        "used_ms": _ms(kept.last_used_at) if kept is not None and there else None,
    }


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else ms_of(moment)
