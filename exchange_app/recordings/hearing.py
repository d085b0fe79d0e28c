"""A recording for whoever may hear it: answered, and the listening written down; and the player in a page."""

from typing import Any

import reflex as rx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from exchange_domain import database, listenings
from exchange_domain.tables import Recording

from .sound import SoundAway, answer_with


async def heard(request: Request, recording: Recording, account_id: int) -> Response:
    """The recording for a person whose right to it was checked: 200, 206, 416, or 404 when there is nothing to hear.

    Raises HTTPException 503 while the storage is away.
    """
    try:
        answer = await answer_with(request, recording)
    except SoundAway:
        raise HTTPException(503, "away", headers={"retry-after": "5"}) from None
    if answer is None:
        return Response(status_code=404)
    if answer.status_code in (200, 206):
        async with database.session() as s:
            await listenings.note(s, recording.call_id, account_id=account_id)
    return answer


def player(role: str, call_id: Any, label: Any, *, from_s: Any = None) -> rx.Component:
    """The browser's own: its keys are known, and it asks for parts. `role`: whose route it asks; `from_s`: it begins
    there (Media Fragments URI 1.0, 4.2.1)."""
    begins = "" if from_s is None else "#t=" + from_s.to(str)
    return rx.el.audio(
        src=f"/{role}/calls/" + call_id.to(str) + "/recording" + begins,
        controls=True,
        preload="none",
        aria_label=label,
        key=call_id,
        style={"width": "100%", "height": "40px"},
    )
