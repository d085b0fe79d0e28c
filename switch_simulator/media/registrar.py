"""Who is registered from where: REGISTER with digest sign-in, bindings that end (RFC 3261 §10, RFC 7118).

One binding a user: the newest. Its Contact is the page's, whichever socket it came by last.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sipmessage import Request, Response

from switch_simulator.media import digest, sip_text
from switch_simulator.media_options import Directory

LONGEST_S = 120
"""As `sip-force-expires` of the real configuration."""
LOOK_S = 1.0
NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Socket(Protocol):
    """A page's WebSocket."""

    def put(self, text: str) -> bool:
        """False for a page that does not read."""
        ...


@dataclass
class Binding:
    name: str
    contact: str
    """The whole value of the Contact header, as it came."""
    target: str
    """The address in it: where requests to the page go."""
    call_id: str
    agent: str
    socket: Socket
    until: float


class Registrar:
    def __init__(
        self,
        domain: str,
        directory: Directory,
        signed_on: Callable[[Binding], None],
        signed_off: Callable[[Binding, str], None],
    ) -> None:
        self._domain, self._directory = domain, directory
        self._signed_on, self._signed_off = signed_on, signed_off
        self._nonces = digest.Nonces()
        self._bindings: dict[str, Binding] = {}
        self.known: set[str] = set()
        """Everybody who ever registered: a telephone of their own, and not one of the dial plan's."""

    def binding(self, name: str) -> Binding | None:
        return self._bindings.get(name)

    async def take(self, request: Request, socket: Socket) -> Response:
        """The answer to a REGISTER."""
        name = request.to_address.uri.user or ""
        if request.to_address.uri.host != self._domain or not NAME.fullmatch(name):
            return sip_text.answer(request, 403, to_tag=sip_text.tag())
        said = request.authorization.parameters if request.authorization else None
        stale = said is not None and not self._nonces.holds(said.get("nonce", ""))
        if said is None or stale:
            return self._challenge(request, stale)
        # The name is the one that signs in: nobody registers somebody else.
        a1 = await self._directory.a1_hash(name, self._domain) if said.get("username") == name else None
        if a1 is None or said.get("realm") != self._domain or not digest.fits(a1, "REGISTER", dict(said)):
            return sip_text.answer(request, 403, to_tag=sip_text.tag())
        return self._bind(request, name, socket)

    def _challenge(self, request: Request, stale: bool) -> Response:
        response = sip_text.answer(request, 401, to_tag=sip_text.tag())
        ask = f'Digest realm="{self._domain}", nonce="{self._nonces.new()}", algorithm=MD5, qop="auth"'
        response.headers.set("WWW-Authenticate", ask + (", stale=true" if stale else ""))
        return response

    def _bind(self, request: Request, name: str, socket: Socket) -> Response:
        contact = request.headers.get("Contact") or ""
        address = re.search(r"<([^>]+)>", contact)
        asked = re.search(r"expires=(\d+)", contact)
        expires = min(int(asked.group(1)) if asked else request.expires or LONGEST_S, LONGEST_S)
        response = sip_text.answer(request, 200, to_tag=sip_text.tag())
        before = self._bindings.get(name)
        if contact.strip() == "*" or expires == 0:
            if before is not None and before.call_id == request.call_id:
                self._remove(before, "unregister")
            return response
        if address is None:
            return sip_text.answer(request, 400, to_tag=sip_text.tag())
        until = time.monotonic() + expires
        agent = request.headers.get("User-Agent") or ""
        binding = Binding(name, contact, address.group(1), request.call_id, agent, socket, until)
        self._bindings[name] = binding
        self.known.add(name)
        self._signed_on(binding)
        plain = re.sub(r";\s*expires=\d+", "", contact)
        response.headers.set("Contact", f"{plain};expires={expires}")
        return response

    def socket_closed(self, socket: Socket) -> None:
        for binding in [b for b in self._bindings.values() if b.socket is socket]:
            self._remove(binding, "socket-disconnection")

    def _remove(self, binding: Binding, reason: str) -> None:
        if self._bindings.get(binding.name) is binding:
            del self._bindings[binding.name]
            self._signed_off(binding, reason)

    async def expire(self) -> None:
        """For ever: forgets who did not register again in time."""
        while True:
            await asyncio.sleep(LOOK_S)
            for binding in [b for b in self._bindings.values() if b.until < time.monotonic()]:
                self._remove(binding, "expired")
