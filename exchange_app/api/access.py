"""Who asks: the token, its scopes, and how often it may."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from exchange_app.security.http import address_of
from exchange_app.security.rate_limit import Limit, take
from exchange_domain import api_tokens, database
from exchange_domain.api_tokens import Client
from exchange_domain.tables import Campaign
from exchange_domain.words import ApiScope

from .problems import ApiProblem, not_found

PER_TOKEN = Limit("api", 600, 60)
"""Ten requests a second, in the middle of a minute."""
UNKNOWN_PER_ADDRESS = Limit("api-unknown", 60, 15 * 60)
_bearer = HTTPBearer(auto_error=False, description="A token of the customer's page Programs.")


async def _client(request: Request, response: Response, found: HTTPAuthorizationCredentials | None) -> Client:
    if found is not None:
        async with database.session() as s:
            client = await api_tokens.find(s, found.credentials, datetime.now(UTC))
        if client is not None:
            return await _counted(client, response)
    count = await take(UNKNOWN_PER_ADDRESS, address_of(request))
    if count.retry_after_s:
        raise _too_many(count.retry_after_s)
    raise ApiProblem(
        401, "not_let_in", "A token is needed: Authorization: Bearer xchg_…", headers={"www-authenticate": "Bearer"}
    )


async def _counted(client: Client, response: Response) -> Client:
    count = await take(PER_TOKEN, str(client.token_id))
    if count.retry_after_s:
        raise _too_many(count.retry_after_s)
    response.headers["ratelimit-limit"] = str(PER_TOKEN.tries)
    response.headers["ratelimit-remaining"] = str(count.left)
    return client


def _too_many(after_s: int) -> ApiProblem:
    return ApiProblem(429, "too_many_requests", f"Try again in {after_s} s.", headers={"retry-after": str(after_s)})


def needs(scope: ApiScope) -> Any:
    """A dependency: the program, let in with this scope. The handler's mark for the list of rights is on it."""

    async def let_in(
        request: Request, response: Response,
        found: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None,
    ) -> Client:  # fmt: skip
        client = await _client(request, response, found)
        if scope.value not in client.scopes:
            raise ApiProblem(403, "scope_missing", f"This token has no scope {scope.value}.")
        return client

    let_in.scope = scope  # pyright: ignore[reportFunctionMemberAccess]
    return Depends(let_in)


async def campaign_of(s: Any, client: Client, campaign_id: int, *, lock: bool = False) -> Campaign:
    """The client's campaign. Raises ApiProblem 404 for a missing one and for another customer's alike."""
    campaign = await s.get(Campaign, campaign_id, with_for_update=lock or None)
    if campaign is None or campaign.customer_id != client.customer_id:
        raise not_found()
    return campaign
