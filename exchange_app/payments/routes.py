"""`POST /webhooks/payments/{provider}`: what a provider says. It is repeated by them until the answer is 200."""

from datetime import UTC, datetime

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exchange_domain import database, payments
from exchange_domain.words import PaymentProvider

from .providers import NotVerified, ProviderAway, provider

log = structlog.get_logger(__name__)
LONGEST = 256 * 1024


async def webhook(request: Request) -> Response:
    """200 with what became of it, 400 not verified, 404 no such provider here, 413 too long, 503 ask again later."""
    try:
        name = PaymentProvider(request.path_params["provider"])
    except ValueError:
        return Response(status_code=404)
    used = provider(name)
    if used is None:
        return Response(status_code=404)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            return Response(status_code=413)
    try:
        told = await used.notice(request.headers, body)
    except NotVerified as error:
        log.warning("notice_refused", provider=name.value, why=str(error))
        return JSONResponse({"error": "not_verified"}, 400)
    except ProviderAway as error:
        log.warning("notice_not_checked", provider=name.value, why=str(error))
        return JSONResponse({"error": "provider_away"}, 503)
    except (ValueError, KeyError, TypeError) as error:
        log.warning("notice_refused", provider=name.value, why=type(error).__name__)
        return JSONResponse({"error": "not_a_notice"}, 400)
    if told is None:
        return JSONResponse({"result": "ignored"})
    async with database.session() as s:
        result = await payments.notice(s, told, datetime.now(UTC))
    log.info("notice_taken", provider=name.value, provider_id=told.provider_id, result=result.value)
    return JSONResponse({"result": result.value})


def routes() -> list[Route]:
    return [Route("/webhooks/payments/{provider}", webhook, methods=["POST"])]
