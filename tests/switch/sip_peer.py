"""Telephones of the tests: one UDP socket that many numbers or users answer at, each as its behaviour says.

They are the other end of a real switch: the part of RFC 3261 that a called telephone needs, registration with digest,
and sound. Behaviours are the simulator's words (`rings 1 s, answers`), so that a test says the same to both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from switch_simulator.behaviour import Behaviour, Span

from .sip_media import Sound, tone
from .sip_message import Message, NoMessage, branch, digest, media_address, parse, response, sdp, uri_in

HOST = "127.0.0.1"
RESEND_S = 0.5
REGISTERED_S = 600


class Telephone:
    """One call at a telephone, from its INVITE to its end."""

    def __init__(
        self, peer: SipPeer, invite: Message, source: tuple[str, int], does: Behaviour, frequency: int
    ) -> None:
        self.peer, self.invite, self.source, self.does = peer, invite, source, does
        self.call_id = invite.get("Call-ID")
        self.user = invite.user
        self.sound = Sound(tone(frequency))
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self.requests: list[str] = []
        self._tag = uuid4().hex[:8]
        self._port = 0
        self._last: Message | None = None
        self._acknowledged = asyncio.Event()
        self._number = 1
        self._life = asyncio.get_running_loop().create_task(self._live())

    # -- what it does ----------------------------------------------------------------------------

    async def _live(self) -> None:
        does = self.does
        if does.silent:
            return
        self._port = await self.sound.open()
        if does.redirect:
            contact = [("Contact", f"<sip:{does.redirect}@{HOST}:{self.peer.port}>")]
            return self._respond(302, extra=contact)
        if does.early_media:
            self._respond(183, with_sound=True)
        elif does.rings:
            self._respond(180)
        if does.refuse:
            await _wait(does.refuse_after)
            return self.refuse(does.refuse)
        if does.answer:
            await _wait(does.answer)
            self.answer()
        await self.answered.wait()
        if does.hang_up:
            await _wait(does.hang_up)
            self.hang_up()

    def answer(self) -> None:
        if not self.answered.is_set() and not self.ended.is_set():
            self.answered.set()
            self._respond(200, with_sound=True)
            asyncio.get_running_loop().create_task(self._insist())

    async def _insist(self) -> None:
        """A 200 is sent until it is acknowledged."""
        for _ in range(10):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._acknowledged.wait(), RESEND_S)
                return
            if self._last is not None:
                self.peer.send(self._last, self.source)

    def refuse(self, status: int) -> None:
        if not self.answered.is_set() and not self.ended.is_set():
            self._respond(status)
            self._over()

    def hang_up(self) -> None:
        """BYE; before an answer a refusal."""
        if self.ended.is_set():
            return
        if not self.answered.is_set():
            return self.refuse(480)
        target = uri_in(self.invite.get("Contact"))
        self._number += 1
        headers = [
            ("Via", f"SIP/2.0/UDP {HOST}:{self.peer.port};branch={branch()};rport"), ("Max-Forwards", "70"),
            ("From", f"{self.invite.get('To').split(';tag=')[0]};tag={self._tag}"), ("To", self.invite.get("From")),
            ("Call-ID", self.call_id), ("CSeq", f"{self._number} BYE"),
        ]  # fmt: skip
        self.peer.send(Message(f"BYE {target} SIP/2.0", headers), self.source)
        self._over()

    # -- what comes ------------------------------------------------------------------------------

    def take(self, request: Message, source: tuple[str, int]) -> None:
        """A request within the call."""
        self.requests.append(request.method)
        match request.method:
            case "ACK":
                self._acknowledged.set()
            case "INVITE" if request.get("CSeq") == self.invite.get("CSeq"):
                if self._last is not None:
                    self.peer.send(self._last, source)
            case "INVITE":
                extra = [self._contact(), ("Content-Type", "application/sdp")]
                self.peer.send(response(request, 200, tag=self._tag, extra=extra, body=sdp(HOST, self._port)), source)
            case "CANCEL":
                self.peer.send(response(request, 200, tag=self._tag), source)
                if not self.answered.is_set():
                    self._respond(487)
                self._over()
            case "BYE":
                self.peer.send(response(request, 200, tag=self._tag), source)
                self._over()
            case _:
                self.peer.send(response(request, 200, tag=self._tag), source)

    def _respond(self, status: int, with_sound: bool = False, extra: list[tuple[str, str]] | None = None) -> None:
        headers = [*(extra or []), *([] if extra else [self._contact()])]
        body = ""
        if with_sound:
            headers.append(("Content-Type", "application/sdp"))
            body = sdp(HOST, self._port)
            if target := media_address(self.invite.body):
                self.sound.start(target)
        self._last = response(self.invite, status, tag=self._tag, extra=headers, body=body)
        self.peer.send(self._last, self.source)

    def _contact(self) -> tuple[str, str]:
        return "Contact", f"<sip:{self.user}@{HOST}:{self.peer.port}>"

    def _over(self) -> None:
        self.ended.set()
        self.sound.stop()
        self._life.cancel()

    close = _over


async def _wait(span: Span | None) -> None:
    if span is not None:
        await asyncio.sleep((span.low + span.high) / 2)


class SipPeer(asyncio.DatagramProtocol):
    """The socket: finds the call of a message, makes new ones, answers pings, sends requests of its own."""

    def __init__(self, behaviour_of: Callable[[str], Behaviour], frequency_of: Callable[[str], int]) -> None:
        self._behaviour_of, self._frequency_of = behaviour_of, frequency_of
        self.port = 0
        self.pings_answered = True
        """Whether OPTIONS get 200, else 503."""
        self.calls: dict[str, Telephone] = {}
        """By Call-ID; ended ones too, until `forget`."""
        self._waiting: dict[str, asyncio.Queue[Message]] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, (HOST, 0))
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def close(self) -> None:
        self.forget()
        if self._transport is not None:
            self._transport.close()

    def forget(self) -> None:
        for call in self.calls.values():
            call.close()
        self.calls.clear()

    def send(self, message: Message, target: tuple[str, int]) -> None:
        if self._transport is not None:
            self._transport.sendto(message.encode(), target)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            message = parse(data)
        except NoMessage:
            return
        if message.status:
            if (waiting := self._waiting.get(message.get("Call-ID"))) is not None:
                waiting.put_nowait(message)
            return
        call = self.calls.get(message.get("Call-ID"))
        if call is not None:
            call.take(message, addr)
        elif message.method == "INVITE":
            self.send(response(message, 100), addr)
            does = self._behaviour_of(message.user)
            made = Telephone(self, message, addr, does, self._frequency_of(message.user))
            self.calls[made.call_id] = made
        elif message.method == "OPTIONS":
            self.send(response(message, 200 if self.pings_answered else 503, tag="peer"), addr)
        elif message.method != "ACK":
            # Of a call that was forgotten, or made by a request of its own: without an answer it would come again.
            self.send(response(message, 200, tag="peer"), addr)

    # -- requests of its own ---------------------------------------------------------------------

    async def request(
        self,
        method: str,
        target: tuple[str, int],
        user: str,
        domain: str,
        *,
        to: str = "",
        password: str | None = None,
        extra: list[tuple[str, str]] | None = None,
        body: str = "",
        call_id: str = "",
        patience: float = 5.0,
    ) -> Message:
        """Sends a request out of a call and waits for its last answer; a challenge is met with `password`."""
        call_id = call_id or f"{uuid4().hex}@{HOST}"
        uri = f"sip:{domain}" if method == "REGISTER" else f"sip:{to or user}@{domain}"
        tag, authorization = uuid4().hex[:8], []
        self._waiting[call_id] = asyncio.Queue()
        try:
            for number in (1, 2):
                headers = [
                    ("Via", f"SIP/2.0/UDP {HOST}:{self.port};branch={branch()};rport"), ("Max-Forwards", "70"),
                    ("From", f"<sip:{user}@{domain}>;tag={tag}"), ("To", f"<sip:{to or user}@{domain}>"),
                    ("Call-ID", call_id), ("CSeq", f"{number} {method}"),
                    ("Contact", f"<sip:{user}@{HOST}:{self.port}>"), *(extra or []), *authorization,
                ]  # fmt: skip
                self.send(Message(f"{method} {uri} SIP/2.0", headers, body), target)
                answer = await asyncio.wait_for(self._final(call_id), patience)
                if method == "INVITE":
                    self._acknowledge(answer, uri, headers, target)
                challenge = answer.get("WWW-Authenticate") or answer.get("Proxy-Authenticate")
                if not challenge or password is None or number == 2:
                    return answer
                name = "Authorization" if answer.status == 401 else "Proxy-Authorization"
                authorization = [(name, digest(challenge, method, uri, user, password))]
            raise AssertionError("unreachable")
        finally:
            del self._waiting[call_id]

    async def _final(self, call_id: str) -> Message:
        while (answer := await self._waiting[call_id].get()).status < 200:
            continue
        return answer

    def _acknowledge(self, answer: Message, uri: str, headers: list[tuple[str, str]], target: tuple[str, int]) -> None:
        kept = [pair for pair in headers if pair[0] in ("Via", "Max-Forwards", "From", "Call-ID")]
        number = answer.get("CSeq").split()[0]
        self.send(Message(f"ACK {uri} SIP/2.0", [*kept, ("To", answer.get("To")), ("CSeq", f"{number} ACK")]), target)

    async def register(
        self,
        user: str,
        domain: str,
        password: str,
        target: tuple[str, int],
        *,
        call_id: str = "",
        expires: int = REGISTERED_S,
    ) -> Message:
        """Registers a telephone of this socket; `expires=0` takes it off. The last answer."""
        extra = [("Expires", str(expires)), ("User-Agent", "test telephone")]
        return await self.request("REGISTER", target, user, domain, password=password, extra=extra, call_id=call_id)
