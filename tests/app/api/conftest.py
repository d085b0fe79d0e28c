"""A customer's program at the API: the shop of the customer's tests, and clients with tokens."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from starlette.applications import Starlette

from exchange_app.api import routes
from exchange_domain import api_tokens, database
from exchange_domain.words import ApiScope
from tests.app.conftest import ORIGIN
from tests.app.customer.conftest import Shop, shop

__all__ = ["shop"]


@dataclass
class Api:
    """The application over ASGI."""

    app: Starlette

    async def token(self, customer_id: int, *scopes: ApiScope) -> str:
        async with database.session() as s:
            _, token = await api_tokens.issue(s, customer_id, "CRM", scopes or tuple(ApiScope), None)
        return token

    def client(self, token: str = "") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, client=("192.0.2.9", 5), raise_app_exceptions=False)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)


@pytest.fixture
async def api(shop: Shop) -> Api:
    return Api(Starlette(routes=routes()))


@pytest.fixture
async def crm(api: Api, shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    """The program of the customer whose campaign `shop.campaign` is, with every scope."""
    async with api.client(await api.token(shop.customer)) as client:
        yield client
