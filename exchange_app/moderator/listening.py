"""Hearing a call as a moderator."""

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
    """The recording of any call but one's own, and those of a customer the moderator belongs to."""
    account = await require_session(request, "moderator")
    call_id = request.path_params["call"]
    async with database.session() as s:
        call, row = await s.get(Call, call_id), await s.get(Recording, call_id)
    mine = {*account.customers, *account.manages}
    if call is None or row is None or call.customer_id in mine or call.operator_id == account.account_id:
        return Response(status_code=404)
    return await recordings.heard(request, row, account.account_id)


def routes() -> list[Route]:
    return [Route("/moderator/calls/{call:uuid}/recording", recording, methods=["GET", "HEAD"])]


def player(call_id: Any, label: Any) -> rx.Component:
    return recordings.player("moderator", call_id, label)
