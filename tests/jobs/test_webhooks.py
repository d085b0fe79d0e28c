"""Webhooks: signed, in order, again until they are taken, never into a private network; and what is kept of it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from exchange_domain import campaigns, database, webhooks
from exchange_domain.settings import settings
from exchange_domain.tables import WebhookEndpoint
from exchange_domain.webhooks import WebhookError
from exchange_domain.words import EventKind, Outcome
from job_worker.webhooks import WebhookTeller, _is_public
from tests.app.conftest import world
from tests.app.customer.conftest import Shop, shop

from .conftest import ROOT, WAIT_S

__all__ = ["shop", "world"]
ALL = tuple(EventKind)


@dataclass
class Crm:
    """A customer's server: keeps what it is told, and answers as it is told to."""

    port: int = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """Statuses of the next answers; then 200. 0: it hangs up."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
                self.got.append((headers, await reader.readexactly(int(headers["content-length"]))))
                status = self.answers.pop(0) if self.answers else 200
                if not status:
                    break
                away = "location: http://127.0.0.1:1/\r\ncontent-length: 0"
                writer.write(f"HTTP/1.1 {status} X\r\n{away}\r\n\r\n".encode())
                await writer.drain()
        writer.close()


@pytest.fixture
async def crm() -> AsyncIterator[Crm]:
    made = Crm()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


@pytest.fixture
async def teller(shop: Shop, settings_env: Callable[..., None]) -> AsyncIterator[WebhookTeller]:
    settings_env(webhooks_inside="true")
    made = WebhookTeller()
    yield made
    await made.close()


async def endpoint(shop: Shop, url: str, *kinds: EventKind) -> WebhookEndpoint:
    async with database.session() as s:
        return await webhooks.add(s, shop.customer, url, kinds or ALL, plain_allowed=True)


async def called(shop: Shop) -> None:
    await shop.ready()
    async with database.session() as s:
        await campaigns.start(s, shop.campaign)
    await shop.call(Outcome.SUCCESS, result={"den": "2026-12-01"})


async def kept(endpoint_id: int) -> WebhookEndpoint:
    async with database.session() as s:
        return await s.get_one(WebhookEndpoint, endpoint_id, populate_existing=True)


async def forgive(endpoint_id: int) -> None:
    """The rest after a failure is over."""
    async with database.session() as s:
        await s.execute(text("update webhook_endpoint set next_try_at = now() where id = :id"), {"id": endpoint_id})


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of Standard Webhooks."""
    at = datetime.fromtimestamp(1614265330, UTC)
    body = b'{"test": 2432232314}'
    headers = webhooks.sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


async def test_all_is_told_in_order_and_signed(teller: WebhookTeller, shop: Shop, crm: Crm) -> None:
    row = await endpoint(shop, crm.url)
    assert row.id is not None
    await called(shop)
    assert await teller.run(row.id) == 3
    told = crm.told()
    assert [one["type"] for one in told] == ["campaign_changed", "call_closed", "call_changed"]
    assert told[0]["data"]["status"] == "active"
    assert told[1]["data"]["outcome"] == "success" and told[1]["data"]["answers"] == {"den": "2026-12-01"}
    for headers, body in crm.got:
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        expected = webhooks.sign(row.secret, headers["webhook-id"], at, body)
        assert headers["webhook-signature"] == expected["webhook-signature"]
    assert await teller.run(row.id) == 0
    async with database.session() as s:
        log = await webhooks.deliveries(s, row.id)
        assert [(d.status, d.error, d.attempt) for d in log] == [(200, "", 1)] * 3


async def test_only_what_was_asked_for(teller: WebhookTeller, shop: Shop, crm: Crm) -> None:
    row = await endpoint(shop, crm.url, EventKind.CALL_CLOSED)
    assert row.id is not None
    await called(shop)
    assert await teller.run(row.id) == 1
    assert [one["type"] for one in crm.told()] == ["call_closed"]
    async with database.session() as s:
        assert await webhooks.pending(s, datetime.now(UTC)) == []


async def test_a_new_address_is_not_told_of_the_past(teller: WebhookTeller, shop: Shop, crm: Crm) -> None:
    async with database.session() as s:
        await s.execute(
            text(
                "insert into customer_event (customer_id, campaign_id, kind) "
                "select :customer, :campaign, 'campaign_changed' from generate_series(1, 12000)"
            ),
            {"customer": shop.customer, "campaign": shop.campaign},
        )
    row = await endpoint(shop, crm.url)
    assert row.id is not None
    assert await teller.run(row.id) == 0 and not crm.got
    await called(shop)
    assert await teller.run(row.id) == 3


@pytest.mark.parametrize("answer", [500, 404, 302, 0])
async def test_what_is_not_taken_is_told_again_and_nothing_overtakes_it(
    teller: WebhookTeller, shop: Shop, crm: Crm, answer: int
) -> None:
    row = await endpoint(shop, crm.url)
    assert row.id is not None
    await called(shop)
    crm.answers = [200, answer, answer]
    assert await teller.run(row.id) == 1
    failing = await kept(row.id)
    assert failing.failures == 1 and failing.next_try_at is not None and failing.failing_since is not None
    assert await teller.run(row.id) == 0, "it rests"
    assert len(crm.got) == 2
    await forgive(row.id)
    assert await teller.run(row.id) == 0
    await forgive(row.id)
    assert await teller.run(row.id) == 2
    ids = [headers["webhook-id"] for headers, _ in crm.got]
    assert ids[1] == ids[2] == ids[3] and len(dict.fromkeys(ids)) == 3, "the same message has the same id"
    well = await kept(row.id)
    assert (well.failures, well.failing_since, well.next_try_at) == (0, None, None)
    async with database.session() as s:
        log = await webhooks.deliveries(s, row.id)
    assert [d.attempt for d in reversed(log)] == [1, 1, 2, 3, 1]


async def test_after_three_days_it_is_given_up_and_can_be_gone_on_with(
    teller: WebhookTeller, shop: Shop, crm: Crm
) -> None:
    row = await endpoint(shop, crm.url)
    assert row.id is not None
    await called(shop)
    crm.answers = [500, 500]
    await teller.run(row.id)
    async with database.session() as s:
        await s.execute(text("update webhook_endpoint set failing_since = now() - interval '3 days 1 second'"))
    await forgive(row.id)
    await teller.run(row.id)
    assert (await kept(row.id)).stopped_at is not None
    async with database.session() as s:
        assert await webhooks.pending(s, datetime.now(UTC) + timedelta(days=1)) == []
        assert await webhooks.go_on(s, row.id, shop.other_customer) is None
        assert await webhooks.go_on(s, row.id, shop.customer) is not None
    assert await teller.run(row.id) == 3, "nothing of what happened meanwhile is lost"


async def test_it_never_goes_into_a_private_network(shop: Shop, crm: Crm, settings_env: Callable[..., None]) -> None:
    settings_env(webhooks_inside="false")
    teller = WebhookTeller()
    row = await endpoint(shop, crm.url.replace("127.0.0.1", "localhost"))
    assert row.id is not None
    await called(shop)
    assert await teller.run(row.id) == 0
    await teller.close()
    assert not crm.got
    async with database.session() as s:
        (tried,) = await webhooks.deliveries(s, row.id)
    assert (tried.status, tried.error) == (None, "not_public")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("::1", False), ("fd00::1", False), ("fe80::1%eth0", False),
        ("::ffff:127.0.0.1", False), ("2002:7f00:1::", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("192.0.2.1", False), ("::", False),
    ],
)  # fmt: skip
def test_what_is_public(address: str, public: bool) -> None:
    assert _is_public(address) is public


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://crm.example/", "not_https"), ("ftp://crm.example/", "bad_url"), ("https://", "bad_url"),
        ("https://u:p@crm.example/", "bad_url"), ("https://crm.example/#x", "bad_url"), ("https://c rm/", "bad_url"),
        ("https://crm.example:99999/", "bad_url"), ("https://[::1/", "bad_url"), ("https://crm.example/\n", ""),
    ],
)  # fmt: skip
def test_addresses(url: str, code: str) -> None:
    if not code:
        assert webhooks.checked(url) == url.strip()
        return
    with pytest.raises(WebhookError) as refused:
        webhooks.checked(url)
    assert refused.value.code == code


async def test_a_name_that_is_nowhere_and_a_port_that_is_shut(teller: WebhookTeller, shop: Shop) -> None:
    await called(shop)
    for url, error in (("http://nowhere.invalid/", "no_such_host"), ("http://127.0.0.1:9/", "refused")):
        row = await endpoint(shop, url)
        assert row.id is not None
        async with database.session() as s:
            await s.execute(text("update webhook_endpoint set told_upto = 0 where id = :id"), {"id": row.id})
        assert await teller.run(row.id) == 0
        async with database.session() as s:
            (tried,) = await webhooks.deliveries(s, row.id)
        assert tried.error == error


async def test_the_worker_tells_by_itself_and_goes_on_after_it_was_killed(
    shop: Shop, crm: Crm, settings_env: Callable[..., None]
) -> None:
    """Each event at least once, in order; killed between the answer and the note of it, it is told again."""
    row = await endpoint(shop, crm.url)
    await called(shop)
    environment = os.environ | {
        "DATABASE_URL": settings().database_url, "REDIS_URL": settings().redis_url, "JOB_STALLED_S": "1",
        "WEBHOOKS_INSIDE": "true", "DATA_DIR": str(settings().data_dir),
    }  # fmt: skip

    async def worker() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "job_worker", cwd=ROOT, env=environment, stdout=asyncio.subprocess.DEVNULL
        )

    async def until(count: int) -> None:
        async with asyncio.timeout(WAIT_S):
            while len({h["webhook-id"] for h, _ in crm.got}) < count:  # noqa: ASYNC110 - another process works
                await asyncio.sleep(0.03)

    first = await worker()
    await until(1)
    first.send_signal(signal.SIGKILL)
    await first.wait()
    await shop.contact("Второй", "+78125550102")
    await shop.call(Outcome.REFUSED)
    second = await worker()
    await until(5)
    second.terminate()
    await second.wait()
    ids = list(dict.fromkeys(h["webhook-id"] for h, _ in crm.got))
    assert ids == [f"evt_{row.id}_{n}" for n in range(1, 6)]
