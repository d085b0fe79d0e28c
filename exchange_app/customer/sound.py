"""Hearing a recording: the route, with the customer's right to it, and the player."""

from typing import Any

import reflex as rx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from exchange_app.recordings import SoundAway, answer_with
from exchange_app.security import require_session
from exchange_domain import database, listenings
from exchange_domain.tables import Call, Recording


async def recording(request: Request) -> Response:
    """The recording of a call of this person's customers; 404 whether it is another's or not there."""
    account = await require_session(request, "customer")
    call_id = request.path_params["call"]
    async with database.session() as s:
        call = await s.get(Call, call_id)
        row = await s.get(Recording, call_id)
    if call is None or row is None or call.customer_id not in account.customers:
        return Response(status_code=404)
    try:
        answer = await answer_with(request, row)
    except SoundAway:
        raise HTTPException(503, "away", headers={"retry-after": "5"}) from None
    if answer is not None and answer.status_code in (200, 206):
        async with database.session() as s:
            await listenings.note(s, call_id, account_id=account.account_id)
    return answer or Response(status_code=404)


def routes() -> list[Route]:
    return [Route("/customer/calls/{call:uuid}/recording", recording, methods=["GET", "HEAD"])]


def player(call_id: Any, label: Any) -> rx.Component:
    """The browser's own: its keys are known, and it asks for parts."""
    return rx.el.audio(
        src="/customer/calls/" + call_id.to(str) + "/recording",
        controls=True,
        preload="none",
        aria_label=label,
        key=call_id,
        style={"width": "100%", "height": "40px"},
    )
