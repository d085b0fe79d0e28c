"""Hearing a call as a moderator: every opening is written down."""

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
    """The recording of any call but those of a customer the moderator belongs to."""
    account = await require_session(request, "moderator")
    call_id = request.path_params["call"]
    async with database.session() as s:
        call, row = await s.get(Call, call_id), await s.get(Recording, call_id)
    mine = {*account.customers, *account.manages}
    if call is None or row is None or call.customer_id in mine or call.operator_id == account.account_id:
        return Response(status_code=404)
    try:
        answer = await answer_with(request, row)
    except SoundAway:
        raise HTTPException(503, "away", headers={"retry-after": "5"}) from None
    if answer is None:
        return Response(status_code=404)
    if answer.status_code in (200, 206):
        async with database.session() as s:
            await listenings.note(s, call_id, account_id=account.account_id)
    return answer


def routes() -> list[Route]:
    return [Route("/moderator/calls/{call:uuid}/recording", recording, methods=["GET", "HEAD"])]


def player(call_id: Any, label: Any) -> rx.Component:
    return rx.el.audio(
        src="/moderator/calls/" + call_id.to(str) + "/recording",
        controls=True,
        preload="none",
        aria_label=label,
        key=call_id,
        style={"width": "100%", "height": "40px"},
    )
