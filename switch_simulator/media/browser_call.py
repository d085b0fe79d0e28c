"""A call to a registered page: the dialog of SIP (RFC 3261) and the page's sound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from sipmessage import Request, Response

from switch_simulator.media import sip_text
from switch_simulator.media.peer import Peer
from switch_simulator.media.ports import Port, Tap


class State(Enum):
    NEW = auto()
    CALLING = auto()
    UP = auto()
    OVER = auto()


class Told(Protocol):
    """Who placed the call."""

    def rings(self) -> None: ...
    def answers(self) -> None: ...
    def refuses(self, code: int) -> None: ...
    def hangs_up(self) -> None: ...
    def vanishes(self) -> None: ...


Send = Callable[[str], bool]
"""To the page, by the socket it is registered from now; False without one."""


class BrowserCall:
    def __init__(self, call_id: str, to: str, target: str, send: Send, told: Told, port: Port) -> None:
        self.call_id = call_id
        self._to, self._target, self._send, self._told = f"<{to}>", target, send, told
        self._from = f'"Exchange" <sip:exchange@{sip_text.HOST}>;tag={sip_text.tag()}'
        self._branch, self._number = sip_text.branch(), 1
        self._answer: Response | None = None
        self._cancelled = False
        self.state = State.NEW
        self._peer = Peer(port, told.vanishes)

    async def invite(self, headers: dict[str, str]) -> None:
        """Rings the page. Whoever is not there any more is refused at once."""
        sdp = await self._peer.offer()
        if self._cancelled:
            await self._over()
            return
        self.state = State.CALLING
        if not self._send_request("INVITE", self._number, self._branch, body=sdp, headers=headers):
            await self._over()
            self._told.refuses(480)

    async def take_response(self, response: Response) -> None:
        if response.cseq.method != "INVITE" or (self.state is State.OVER and response.code < 200):
            return
        if response.code < 200:
            if response.code > 100:
                self._told.rings()
        elif response.code < 300:
            await self._answered(response)
        elif response.cseq.sequence == self._number:
            # The ACK to a refusal belongs to the INVITE's own transaction.
            self._send_request("ACK", self._number, self._branch, to=response.headers["To"])
            if self.state is State.CALLING:
                await self._over()
                if not self._cancelled:
                    self._told.refuses(response.code)

    async def _answered(self, response: Response) -> None:
        """200, which is repeated until the ACK has come."""
        if response.contact:
            self._target = str(response.contact[0].uri)
        self._answer = response
        self._send_request("ACK", response.cseq.sequence, sip_text.branch(), to=response.headers["To"])
        if self._cancelled or self.state is State.OVER:
            # Answered and given up at the same moment.
            self._bye()
            await self._over()
            return
        if self.state is State.UP:
            return
        self.state = State.UP
        try:
            await self._peer.answered(response.body.decode())
        except Exception:
            # What a browser answered and the library does not understand: no sound, no call.
            self._bye()
            await self._over()
            self._told.refuses(488)
            return
        self._told.answers()

    async def take_request(self, request: Request) -> Response:
        match request.method:
            case "BYE":
                was_up = self.state is State.UP
                await self._over()
                if was_up:
                    self._told.hangs_up()
                return sip_text.answer(request, 200)
            case "UPDATE":
                response = sip_text.answer(request, 200, contact=sip_text.CONTACT)
                if expires := request.headers.get("Session-Expires"):
                    response.headers.set("Session-Expires", expires)
                return response
            case "INFO" | "OPTIONS":
                return sip_text.answer(request, 200)
            case "INVITE":
                # Holding is the switch's matter here, not the page's.
                return sip_text.answer(request, 488)
        return sip_text.answer(request, 405)

    async def end(self) -> None:
        """The switch hangs up: CANCEL before the answer, BYE after it. Again, nothing happens."""
        if self.state is State.CALLING and not self._cancelled:
            self._cancelled = True
            self._send_request("CANCEL", self._number, self._branch)
        elif self.state is State.UP:
            self._bye()
            await self._over()
        elif self.state is State.NEW:
            self._cancelled = True
        await self._peer.close()

    async def _over(self) -> None:
        self.state = State.OVER
        await self._peer.close()

    def _bye(self) -> None:
        assert self._answer is not None
        self._number += 1
        self._send_request("BYE", self._number, sip_text.branch(), to=self._answer.headers["To"])

    def _send_request(
        self, method: str, number: int, branch: str, *, to: str = "", body: str = "",
        headers: dict[str, str] | None = None,
    ) -> bool:  # fmt: skip
        made = sip_text.request(
            method, self._target, via=branch, sender=self._from, to=to or self._to, call_id=self.call_id,
            number=number, body=body, headers=headers,
        )  # fmt: skip
        return self._send(sip_text.text_of(made))


class EchoCall:
    """The page rings `echo` and hears itself, a minute at most: the check before a shift."""

    LONGEST_S = 60.0

    def __init__(self, request: Request, send: Send, ended: Callable[[], object]) -> None:
        self.call_id = request.call_id
        self._request, self._send, self._tag = request, send, sip_text.tag()
        self.port = Port()
        self.port.hear(Tap(self.port))
        self._peer = Peer(self.port, lambda: None)
        self._ended = ended
        self._end = asyncio.get_running_loop().call_later(self.LONGEST_S, self._too_long)
        self._ending: asyncio.Task[None] | None = None

    async def answer(self) -> Response:
        try:
            sdp = await self._peer.answer(self._request.body.decode())
        except Exception:
            await self.end()
            return sip_text.answer(self._request, 488, to_tag=self._tag)
        return sip_text.answer(self._request, 200, to_tag=self._tag, body=sdp, contact=sip_text.CONTACT)

    async def take_request(self, request: Request) -> Response:
        if request.method in ("BYE", "CANCEL"):
            await self.end()
        return sip_text.answer(request, 200)

    async def end(self) -> None:
        self._end.cancel()
        self._ended()
        await self._peer.close()

    def _too_long(self) -> None:
        asked = self._request
        contact = asked.contact[0].uri if asked.contact else asked.from_address.uri
        bye = sip_text.request(
            "BYE", str(contact), via=sip_text.branch(), sender=f"{asked.headers['To']};tag={self._tag}",
            to=asked.headers["From"], call_id=self.call_id, number=1,
        )  # fmt: skip
        self._send(sip_text.text_of(bye))
        self._ending = asyncio.get_running_loop().create_task(self.end())
