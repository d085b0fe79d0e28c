"""The site's routes, and who asks."""

import httpx
import pytest

from exchange_app.security import sessions
from exchange_app.security.principals import forget
from exchange_app.web import routes
from exchange_domain import accounts, customers, database
from exchange_domain.words import EndpointKind, MemberRole

from ..conftest import ORIGIN, make_account


@pytest.fixture
async def site(world: None):
    transport = httpx.ASGITransport(app=routes(), client=("192.0.2.7", 5))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"origin": ORIGIN}) as client:
        yield client


async def signed_in(site: httpx.AsyncClient, account_id: int) -> None:
    async with database.session() as db:
        found = await accounts.principal(db, account_id)
    assert found is not None
    site.cookies.set(sessions.COOKIE, await sessions.begin(account_id, found.roles))


async def make_manager() -> int:
    account_id = await make_account("m@mail.example", "Пётр", *())
    async with database.session() as db:
        customer = await customers.create(db, name="Окна")
        assert customer.id is not None
        await customers.add_member(db, customer.id, account_id, MemberRole.MANAGER, EndpointKind.BROWSER, None)
    forget(account_id)
    return account_id
