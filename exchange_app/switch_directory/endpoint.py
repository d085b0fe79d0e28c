"""`POST /switch/directory`: asked by the switch's mod_xml_curl, form encoded. Every answer is as of now."""

import asyncio
from datetime import UTC, datetime
from urllib.parse import parse_qs

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from exchange_app.security.machine import bounded_body, is_known
from exchange_domain import database, sip_credentials
from exchange_domain.settings import settings
from exchange_domain.sip_credentials import SipUser

from .document import NOT_FOUND, user_document

log = structlog.get_logger(__name__)

MOST_BYTES = 32 * 1024
"""Of a question; real ones are 1 to 3 KB."""
MOST_FIELDS = 200
PATIENCE_S = 2.5
"""The switch gives up after 3 s (xml_curl.conf.xml)."""
CHECKS = frozenset({"sip_auth", "reverse-auth-lookup"})
"""Actions in which a password is checked."""


async def look_up(request: Request) -> Response:
    """The user's document, or the one that says there is none; 401, 413, 400; 503 when the database is away.

    Whatever is no question about one user of our domain is answered with "not found": the switch asks at its start
    for domains and networks too, and there are none here.
    """
    now = settings()
    if not is_known(request.headers.get("authorization", ""), now.switch_directory_user, now.switch_directory_password):
        return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="switch"'})
    try:
        asked = _fields(await bounded_body(request, MOST_BYTES))
    except (ClientDisconnect, ValueError):
        return Response(status_code=400)
    if asked.get("section") != "directory" or asked.get("key") != "id" or asked.get("domain") != now.sip_domain:
        return _xml(NOT_FOUND)
    name, action = asked.get("user", ""), asked.get("action", "")
    try:
        async with asyncio.timeout(PATIENCE_S):
            user = await _served(name, now.sip_domain, checked=action in CHECKS)
    except Exception as problem:
        log.error("directory_unreadable", error=type(problem).__name__)
        return Response(status_code=503)
    if user is None:
        # The name is whatever somebody sent: it is not written to the log.
        log.info("sip_user_not_served", action=action if action.isidentifier() else "")
        return _xml(NOT_FOUND)
    return _xml(user_document(user, now.sip_domain))


async def _served(name: str, realm: str, *, checked: bool) -> SipUser | None:
    at = datetime.now(UTC)
    if not name or not name.isascii() or not name.isprintable():
        return None
    async with database.session() as s:
        user = await sip_credentials.served(s, name, realm, at)
        if user is not None and checked:
            await sip_credentials.note_use(s, name, at)
            log.info("sip_user_checked", account_id=user.account_id)
        return user


def _fields(body: bytes) -> dict[str, str]:
    """The first value of each field. Raises ValueError for what is no form."""
    fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    return {name: values[0] for name, values in fields.items()}


def _xml(text: str) -> Response:
    return Response(text, media_type="text/xml", headers={"Cache-Control": "no-store"})


def routes() -> list[Route]:
    return [Route("/switch/directory", look_up, methods=["POST"])]
