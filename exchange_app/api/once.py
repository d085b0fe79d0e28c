"""Does what a request asks for in one transaction, once for an Idempotency-Key, and answers."""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import api_replies, database
from exchange_domain.api_replies import OtherRequest, Reply
from exchange_domain.api_tokens import Client

from .problems import ApiProblem


async def once(
    request: Request,
    client: Client,
    idempotency_key: str | None,
    body: BaseModel | None,
    act: Callable[[AsyncSession], Awaitable[BaseModel]],
    *,
    status: int = 200,
    response: Response | None = None,
) -> JSONResponse:
    """A refusal undoes the transaction and the key with it: it may be tried again. Raises ApiProblem."""
    headers = dict(response.headers) if response is not None else {}
    sent = body.model_dump(mode="json") if body is not None else None
    async with database.session() as s:
        if idempotency_key is not None:
            print_of = api_replies.fingerprint(request.method, request.url.path, sent)
            try:
                known = await api_replies.begin(s, client.customer_id, idempotency_key, print_of)
            except OtherRequest:
                raise ApiProblem(
                    409, "key_used_otherwise", "This Idempotency-Key came with another request.",
                    where="header.Idempotency-Key",
                ) from None  # fmt: skip
            if known is not None:
                return JSONResponse(known.body, known.status, headers=headers | {"idempotency-replayed": "true"})
        reply = Reply(status, (await act(s)).model_dump(mode="json"))
        if idempotency_key is not None:
            await api_replies.end(s, client.customer_id, idempotency_key, reply)
    return JSONResponse(reply.body, reply.status, headers=headers)
