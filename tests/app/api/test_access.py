"""Who is let in, how often, and that another customer's things do not exist."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from exchange_app.api import access
from exchange_app.api.application import PARTS
from exchange_app.security.rate_limit import Limit
from exchange_domain import api_tokens, database
from exchange_domain.words import ApiScope
from tests.app.customer.conftest import Shop

from .conftest import Api

NOT_FOUND = {"error": "not_found", "detail": "There is no such thing.", "faults": []}


def operations() -> list[tuple[str, str, ApiScope]]:
    """Method, path and scope of every operation, from the application itself."""
    found = []
    for route in (route for part in PARTS for route in part.router.routes):
        if isinstance(route, APIRoute):
            scopes = [d.call.scope for d in route.dependant.dependencies if hasattr(d.call, "scope")]
            assert len(scopes) == 1, f"{route.path} asks for no scope"
            found += [(method, route.path, scopes[0]) for method in sorted(route.methods)]
    assert len(found) > 20
    return found


BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/campaigns"): {"name": "Spring"},
    ("PATCH", "/campaigns/{campaign_id}"): {"name": "Other"},
    ("PUT", "/campaigns/{campaign_id}/script"): {"markdown": "Hello"},
    ("PUT", "/campaigns/{campaign_id}/hours"): {"stretches": [{"weekday": 0, "opens": "09:00", "closes": "18:00"}]},
    ("PUT", "/campaigns/{campaign_id}/status"): {"status": "paused"},
    ("POST", "/campaigns/{campaign_id}/contacts"): {
        "legal_basis": "consent", "contacts": [{"name": "A", "numbers": [{"number": "+78125550177"}]}],
    },
    ("POST", "/do-not-call"): {"numbers": [{"number": "+78125550166"}]},
    ("POST", "/webhooks"): {"url": "https://crm.example/hook", "kinds": ["call_closed"]},
    ("PUT", "/webhooks/{webhook_id}/state"): {"state": "stopped"},
}  # fmt: skip


async def ask(client: httpx.AsyncClient, method: str, path: str, **ids: Any) -> httpx.Response:
    return await client.request(method, "/api/v1" + path.format(**ids), json=BODIES.get((method, path)))


async def test_nobody_is_let_in_without_a_token(api: Api, shop: Shop) -> None:
    async with api.client() as nobody, api.client("xchg_unknown") as unknown:
        for method, path, _ in operations():
            ids = {"campaign_id": shop.campaign, "contact_id": 1, "call_id": uuid4(), "webhook_id": 1}
            for client in (nobody, unknown):
                answer = await ask(client, method, path, **ids)
                assert answer.status_code in (401, 429), (method, path)
                assert answer.json()["error"] in ("not_let_in", "too_many_requests")


async def test_each_operation_needs_its_own_scope(api: Api, shop: Shop) -> None:
    for scope in ApiScope:
        others = [one for one in ApiScope if one is not scope]
        async with api.client(await api.token(shop.customer, *others)) as client:
            for method, path, needed in operations():
                if needed is scope:
                    ids = {"campaign_id": shop.campaign, "contact_id": 1, "call_id": uuid4(), "webhook_id": 1}
                    answer = await ask(client, method, path, **ids)
                    assert (answer.status_code, answer.json()["error"]) == (403, "scope_missing"), (method, path)


async def test_every_id_of_another_customer_is_like_none(api: Api, shop: Shop, crm: httpx.AsyncClient) -> None:
    """The same 404, to the letter, as for an id that nobody has; and nothing is changed."""
    await shop.ready()
    async with database.session() as s:
        from exchange_domain import campaigns

        await campaigns.start(s, shop.campaign)
    call = await shop.call()
    contact = await shop.contact("Another", "+78125550188")
    made = await crm.post("/api/v1/webhooks", json=BODIES["POST", "/webhooks"])
    mine = {"campaign_id": shop.campaign, "contact_id": contact, "call_id": call, "webhook_id": made.json()["id"]}
    nobodys = {"campaign_id": 10**15, "contact_id": 10**15, "call_id": uuid4(), "webhook_id": 10**15}
    tried = 0
    async with api.client(await api.token(shop.other_customer)) as stranger:
        for method, path, _ in operations():
            if "{" not in path:
                continue
            theirs, none = await ask(stranger, method, path, **mine), await ask(stranger, method, path, **nobodys)
            assert (theirs.status_code, theirs.json()) == (404, NOT_FOUND), (method, path)
            assert (none.status_code, none.json()) == (404, NOT_FOUND), (method, path)
            same = ("content-type", "content-length", "ratelimit-limit")
            assert [theirs.headers.get(h) for h in same] == [none.headers.get(h) for h in same]
            tried += 1
        filtered = await stranger.get("/api/v1/results", params={"campaign_id": shop.campaign})
        assert (filtered.status_code, filtered.json()) == (404, NOT_FOUND)
        assert (await stranger.get("/api/v1/results")).json()["results"] == []
        assert shop.campaign not in [c["id"] for c in (await stranger.get("/api/v1/campaigns")).json()["campaigns"]]
    assert tried > 14
    for path, ids in (("/campaigns/{campaign_id}", mine), ("/contacts/{contact_id}", mine), ("/calls/{call_id}", mine)):
        assert (await ask(crm, "GET", path, **ids)).status_code == 200
    assert (await crm.get(f"/api/v1/campaigns/{shop.campaign}")).json()["name"] == "Замер"
    assert (await crm.get(f"/api/v1/webhooks/{mine['webhook_id']}")).json()["state"] == "working"


async def test_a_revoked_token_is_no_token(api: Api, shop: Shop) -> None:
    async with database.session() as s:
        row, token = await api_tokens.issue(s, shop.customer, "CRM", [ApiScope.MONEY_READ], shop.owner)
    assert row.id is not None
    async with api.client(token) as client:
        assert (await client.get("/api/v1/balance")).status_code == 200
        async with database.session() as s:
            assert not await api_tokens.revoke(s, row.id, shop.other_customer, datetime.now(UTC))
        assert (await client.get("/api/v1/balance")).status_code == 200
        async with database.session() as s:
            assert await api_tokens.revoke(s, row.id, shop.customer, datetime.now(UTC))
        assert (await client.get("/api/v1/balance")).status_code == 401


async def test_too_many_requests_wait(api: Api, crm: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "PER_TOKEN", Limit("api", 3, 60))
    answers = [await crm.get("/api/v1/balance") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert [a.headers.get("ratelimit-remaining") for a in answers[:3]] == ["2", "1", "0"]
    assert 0 < int(answers[3].headers["retry-after"]) <= 60


async def test_whoever_guesses_is_slowed_down(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "UNKNOWN_PER_ADDRESS", Limit("api-unknown", 2, 60))
    async with api.client("xchg_guess") as client:
        assert [(await client.get("/api/v1/balance")).status_code for _ in range(3)] == [401, 401, 429]


async def test_a_token_is_kept_as_its_digest_only(shop: Shop) -> None:
    from sqlalchemy import text

    async with database.session() as s:
        _, token = await api_tokens.issue(s, shop.customer, "CRM", [ApiScope.MONEY_READ], shop.owner)
        kept = (await s.execute(text("select to_jsonb(t)::text from api_token t"))).scalar_one()
    assert token not in kept and token[5:30] not in kept
