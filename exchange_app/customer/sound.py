"""Hearing the calls of one's own campaigns."""

from typing import Any

import reflex as rx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from exchange_app import recordings
from exchange_app.security import require_session
from exchange_domain import database
from exchange_domain.tables import Call, Recording


async def recording(request: Request) -> Response:
    """The recording of a call of this person's customers; 404 whether it is another's or not there."""
    account = await require_session(request, "customer")
    call_id = request.path_params["call"]
    async with database.session() as s:
        call, row = await s.get(Call, call_id), await s.get(Recording, call_id)
    if call is None or row is None or call.customer_id not in account.customers:
        return Response(status_code=404)
    return await recordings.heard(request, row, account.account_id)


def routes() -> list[Route]:
    return [Route("/customer/calls/{call:uuid}/recording", recording, methods=["GET", "HEAD"])]


def player(call_id: Any, label: Any) -> rx.Component:
    return recordings.player("customer", call_id, label)
