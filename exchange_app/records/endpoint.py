"""`POST /cdr`: the switch posts a record of each leg (mod_json_cdr). Answered at once: the leg waits in its thread."""

import asyncio

import structlog
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from exchange_app.security.machine import bounded_body, is_known
from exchange_domain.settings import settings
from exchange_domain.settling import BadRecord

from . import intake

log = structlog.get_logger(__name__)

PATIENCE_S = 4.0
"""The switch itself gives up after 5 s; an answer before that tells it to try again."""


async def receive(request: Request) -> Response:
    """200 when the record is stored (now or before), 401, 413, 400 for what is no record, 503 to try again later.

    The body is bare JSON whatever its Content-Type says; the switch sends it as a form.
    """
    now = settings()
    if not is_known(request.headers.get("authorization", ""), now.cdr_user, now.cdr_password):
        return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="records"'})
    try:
        raw = await bounded_body(request, intake.MOST_BYTES)
    except ClientDisconnect:
        return Response(status_code=400)
    try:
        async with asyncio.timeout(PATIENCE_S):
            leg = await intake.store(raw)
    except BadRecord as problem:
        # The leg comes from the address: the body may hold names and numbers and is never written to the log.
        log.warning("record_refused", leg=_leg_of(request), size=len(raw), reason=str(problem))
        return PlainTextResponse("not a call detail record", 400)
    except Exception as problem:
        # Whatever the store met, the switch keeps the record and posts it again, or leaves it in its spool.
        log.error("record_not_stored", leg=_leg_of(request), error=type(problem).__name__)
        return Response(status_code=503, headers={"Retry-After": "1"})
    return Response(status_code=200, background=BackgroundTask(intake.announce, leg))


def _leg_of(request: Request) -> str:
    return "".join(c for c in request.query_params.get("uuid", "")[:36] if c.isalnum() or c == "-")


def routes() -> list[Route]:
    return [Route("/cdr", receive, methods=["POST"])]
