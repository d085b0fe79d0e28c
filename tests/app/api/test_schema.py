"""The API against its own documentation: schemathesis asks what the schema allows, and what it does not."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from exchange_domain import campaigns, database
from exchange_domain.settings import settings
from tests.app.customer.conftest import Shop
from tests.thorough import figure

from .conftest import Api

ROOT = Path(__file__).parents[3]
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "ignored_auth",
)  # fmt: skip
# With ids that are put in the place of its own, a wrong id is a right one, and what was deleted is asked for again.
OWN_IDS_ONLY = ("use_after_free", "ensure_resource_availability", "negative_data_rejection")


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture
async def served(shop: Shop) -> AsyncIterator[str]:
    """Address of a server process with the API, on the database of this test."""
    port = _free_port()
    environment = os.environ | {"DATABASE_URL": settings().database_url, "REDIS_URL": settings().redis_url}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--host", "127.0.0.1", "--port", str(port),
        "--log-level", "warning", "tests.app.api.served:application", cwd=ROOT, env=environment,
    )  # fmt: skip
    at = f"http://127.0.0.1:{port}/api/v1"
    try:
        async with httpx.AsyncClient() as client:
            for _ in range(200):
                try:
                    await client.get(f"{at}/openapi.json")
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
        yield at
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("known_ids", [False, True])
async def test_no_server_error_and_no_undocumented_reply(
    served: str, api: Api, shop: Shop, tmp_path: Path, known_ids: bool
) -> None:
    """Once with ids as they come, once with those of things that are there."""
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    for n in range(3):
        await shop.contact(f"Contact {n}", f"+7812555020{n}")
        call_id = await shop.call()
    token = await api.token(shop.customer)
    if known_ids:
        contact = await shop.contact("Known", "+78125550209")
        async with api.client(token) as client:
            hook = {"url": "https://crm.example/hook", "kinds": ["call_closed"]}
            made = (await client.post("/api/v1/webhooks", json=hook)).json()["id"]
        ids = {"campaign_id": shop.campaign, "contact_id": contact, "call_id": str(call_id), "webhook_id": made}
        named = "".join(f'"path.{name}" = "{value}"\n' for name, value in ids.items())
        (tmp_path / "schemathesis.toml").write_text(f"[parameters]\n{named}")
    report = tmp_path / "report"
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{served}/openapi.json",
        "-H", f"Authorization: Bearer {token}",
        "--checks", ",".join(CHECKS if known_ids else CHECKS + OWN_IDS_ONLY),
        "--phases", figure("fuzzing" if known_ids else "coverage,stateful", "examples,coverage,fuzzing,stateful"),
        "--max-examples", str(figure(8, 150)), "--seed", "1", "--workers", "1", "--generation-database", "none",
        "--report", "ndjson", "--report-dir", str(report), "--no-color",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said = (await process.communicate())[0].decode()
    print(said)
    assert process.returncode == 0, said
    assert "Operations" in said and json.loads(next(report.glob("*.ndjson")).read_text().splitlines()[0])
