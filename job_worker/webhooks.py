"""Tells customers' programs of events, one endpoint at a time in its own order.

Where an address leads is decided by whoever wrote it, so it is never asked inside this network: the connection is made
to the public address that was looked at, not to what the name says a moment later.
"""

import asyncio
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import httpcore
import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import call_results, customer_events, database, webhooks
from exchange_domain.customer_events import Event
from exchange_domain.settings import settings
from exchange_domain.tables import Campaign, WebhookEndpoint

log = structlog.get_logger(__name__)
TIMEOUT_S = 10.0
PART_S = 15.0
"""How long one job goes on telling; then others have their turn."""


class NotPublic(OSError):
    """The name leads into a private network, to this machine, or to something that is no host."""


class NoSuchHost(OSError):
    pass


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Connects to global addresses only (IANA special-purpose registries); to any when `everywhere`."""

    def __init__(self, everywhere: bool = False):
        self._everywhere = everywhere
        self._inner: Any = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        address = await self._address_of(host, port)
        return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)

    async def _address_of(self, host: str, port: int) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise NoSuchHost(host) from error
        addresses = [str(entry[4][0]) for entry in found]
        if not self._everywhere and not all(_is_public(address) for address in addresses):
            raise NotPublic(host)
        return addresses[0]

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (inner is None or inner.is_global)


def pool(everywhere: bool) -> httpcore.AsyncConnectionPool:
    """Follows no redirects: they would be another address than the customer's."""
    return httpcore.AsyncConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=PublicNetwork(everywhere), max_connections=8,
        keepalive_expiry=30,
    )  # fmt: skip


class WebhookTeller:
    """Does what `webhooks.pending` says is due."""

    def __init__(self) -> None:
        self._http = pool(settings().webhooks_inside)

    async def close(self) -> None:
        await self._http.aclose()

    async def run(self, endpoint_id: int) -> int:
        """Tells what is to be told until a try fails; returns how many were taken."""
        async with database.session() as s:
            row = await s.get(WebhookEndpoint, endpoint_id)
            if row is None:
                return 0
            await customer_events.number(s, row.customer_id)
        taken, until = 0, time.monotonic() + PART_S
        while time.monotonic() < until and await self._tell_next(endpoint_id):
            taken += 1
        return taken

    async def _tell_next(self, endpoint_id: int) -> bool:
        now = datetime.now(UTC)
        async with database.session() as s:
            found = await webhooks.next_event(s, endpoint_id, now)
            if found is None:
                return False
            endpoint, event = found
            url, secret = endpoint.url, endpoint.secret
            body = await _body(s, event)
        message_id = webhooks.message_id(endpoint_id, event)
        began = time.monotonic()
        status, error = await self._post(url, webhooks.sign(secret, message_id, now, body), body)
        took_ms = round((time.monotonic() - began) * 1000)
        async with database.session() as s:
            taken = await webhooks.tried(
                s, endpoint_id, event, datetime.now(UTC), status=status, error=error, took_ms=took_ms
            )
        if not taken:
            log.warning("webhook_not_taken", endpoint_id=endpoint_id, seq=event.seq, status=status, error=error)
        return taken

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int | None, str]:
        """The answer's status, or none and why there was none. Of the answer's body nothing is read."""
        sent = {**headers, "content-type": "application/json", "user-agent": "exchange-webhooks/1"}
        waits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_S)}
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                self._http.stream("POST", url, headers=list(sent.items()), content=body, extensions=waits) as answer,
            ):
                return answer.status, ""
        except (TimeoutError, httpcore.TimeoutException):
            return None, "timeout"
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            return None, _code(error)
        except (UnicodeError, ValueError):
            return None, "bad_url"


def _code(error: BaseException | None) -> str:
    """Why there was no answer, by what is at the bottom of it."""
    seen: BaseException | None = error
    while seen is not None:
        for kind, code in ((NotPublic, "not_public"), (NoSuchHost, "no_such_host"), (ssl.SSLError, "tls")):
            if isinstance(seen, kind):
                return code
        seen = seen.__cause__ or seen.__context__
    return "not_http" if isinstance(error, httpcore.ProtocolError) else "refused"


async def _body(s: AsyncSession, event: Event) -> bytes:
    """What is sent: the event, and the thing itself as it is now."""
    data: dict[str, Any] = {"campaign_id": event.campaign_id}
    if event.call_id is not None:
        found = await call_results.of_calls(s, [event.call_id])
        data = found[event.call_id].model_dump(mode="json") if event.call_id in found else {"call_id": None}
    else:
        campaign = await s.get(Campaign, event.campaign_id)
        if campaign is not None:
            data |= {"name": campaign.name, "status": campaign.status.value, "pilot": campaign.pilot.value}
    told = {"type": event.kind.value, "timestamp": event.at.isoformat(), "sequence": event.seq, "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
