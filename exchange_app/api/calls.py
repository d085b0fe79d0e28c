"""Results since a cursor, one call, and its recording."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_app.recordings import SoundAway, answer_with
from exchange_domain import call_results, customer_events, database, listenings
from exchange_domain.api_tokens import Client
from exchange_domain.call_results import CallResult
from exchange_domain.tables import Call, Recording
from exchange_domain.words import ApiScope, EventKind

from .access import campaign_of, needs
from .fields import MOST_ID, Cursor, PageSize
from .problems import ApiProblem, documented, not_found

router = APIRouter(tags=["results"])
Reader = Annotated[Client, needs(ApiScope.RESULTS_READ)]
Listener = Annotated[Client, needs(ApiScope.RECORDINGS_READ)]


class Change(BaseModel):
    cursor: int
    kind: EventKind
    at: datetime
    call: CallResult = Field(description="As it is now, which may be newer than this change.")


class ResultPage(BaseModel):
    results: list[Change]
    cursor: int = Field(description="Give it as `cursor` of the next request.")
    more: bool


@router.get("/results", responses=documented(404))
async def list_results(
    client: Reader,
    cursor: Cursor = 0,
    campaign_id: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None,
    limit: PageSize = 100,
) -> ResultPage:
    """Calls that ended or changed since the cursor, in the order it happened; none is left out, and one that changed
    comes again. Changes are kept for 90 days."""
    async with database.session() as s:
        if campaign_id is not None:
            await campaign_of(s, client, campaign_id)
        await customer_events.number(s, client.customer_id)
    async with database.session() as s:
        found = await customer_events.after(
            s, client.customer_id, cursor, campaign_id=campaign_id, calls_only=True, limit=limit + 1
        )
        page = found[:limit]
        calls = await call_results.of_calls(s, [event.call_id for event in page if event.call_id])
    changes = [
        Change(cursor=event.seq, kind=event.kind, at=event.at, call=calls[event.call_id])
        for event in page
        if event.call_id is not None and event.call_id in calls
    ]
    return ResultPage(results=changes, cursor=page[-1].seq if page else cursor, more=len(found) > limit)


async def _own(s: AsyncSession, client: Client, call_id: UUID) -> Call:
    call = await s.get(Call, call_id)
    if call is None or call.customer_id != client.customer_id:
        raise not_found()
    return call


@router.get("/calls/{call_id}", responses=documented(404))
async def get_call(client: Reader, call_id: UUID) -> CallResult:
    async with database.session() as s:
        await _own(s, client, call_id)
        found = await call_results.of_calls(s, [call_id])
    if call_id not in found:
        raise not_found()
    return found[call_id]


@router.get(
    "/calls/{call_id}/recording",
    response_class=Response,
    responses=documented(404, 416)
    | {
        200: {"content": {"audio/ogg": {"schema": {"type": "string", "format": "binary"}}}},
        206: {
            "description": "The part that Range asked for",
            "content": {"audio/ogg": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
async def get_recording(request: Request, client: Listener, call_id: UUID) -> Response:
    """Opus in Ogg, two channels: the contact left, the operator right. Ranges are answered (RFC 9110 section 14)."""
    async with database.session() as s:
        await _own(s, client, call_id)
        recording = await s.get(Recording, call_id)
    if recording is None:
        raise not_found()
    try:
        answer = await answer_with(request, recording)
    except SoundAway:
        raise ApiProblem(503, "away", "The storage is away for a moment.", headers={"retry-after": "5"}) from None
    if answer is None:
        raise not_found()
    if answer.status_code in (200, 206):
        async with database.session() as s:
            await listenings.note(s, call_id, token_id=client.token_id)
    if answer.status_code == 416:
        raise ApiProblem(416, "no_such_range", "The recording is shorter.", headers=answer.headers)
    return answer
