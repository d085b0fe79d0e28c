"""The media side of a simulated switch: ports of its legs, pages' telephones, robots, and what each hears."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from sipmessage import Request, Response

from switch_simulator import registrations
from switch_simulator.behaviour import Behaviour
from switch_simulator.channel import Channel
from switch_simulator.leg import Callee
from switch_simulator.media import sip_text
from switch_simulator.media.browser_call import BrowserCall, EchoCall
from switch_simulator.media.hearing import Heard, heard_by, source_of
from switch_simulator.media.ports import Pace, Port
from switch_simulator.media.recorder import StereoRecorder
from switch_simulator.media.registrar import LONGEST_S, Binding, Registrar
from switch_simulator.media.robots import Robot
from switch_simulator.media.sockets import InCall, PageSocket, Sockets
from switch_simulator.media.sounds import Sounds
from switch_simulator.media_options import MediaOptions
from switch_simulator.sip_variables import Route
from switch_simulator.switch import Switch

RINGS = Behaviour(rings=True)
NOT_REGISTERED = Behaviour(registered=False)


class BrowserCallee(Callee):
    """The page at the other end of a leg: what happens there is what its SIP messages say."""

    call: BrowserCall | None = None

    def invite(self) -> None:
        assert self.call is not None
        headers = {
            name.removeprefix("sip_h_"): value
            for name, value in self.channel.variables.items()
            if name.startswith("sip_h_")
        }
        self.channel.switch.start_task(self.call.invite(headers))

    def rings(self) -> None:
        if self.channel.is_up and self.channel.call_state != "RINGING":
            self._first_sign()

    def answers(self) -> None:
        self.answer()

    def refuses(self, code: int) -> None:
        if self.channel.is_up and not self.channel.is_answered:
            self._refuse(code)

    def hangs_up(self) -> None:
        self.hang_up()

    def vanishes(self) -> None:
        if self.channel.is_up:
            self.stop_media()

    def released(self) -> None:
        if self.call is not None:
            self.channel.switch.start_task(self.call.end())


class MediaSide:
    """`port`: of the pages' WebSocket, the real one after `start`."""

    def __init__(self, switch: Switch, options: MediaOptions) -> None:
        self._switch, self._sounds = switch, Sounds(options.sounds)
        self._host, self.port, self._directory = options.host, options.port, options.directory
        self._registrar = Registrar(switch.dialplan.domain, options.directory, self._signed_on, self._signed_off)
        self._calls: dict[str, InCall] = {}
        self._ports: dict[str, Port] = {}
        self._robots: dict[str, Robot] = {}
        self._heard: dict[str, Heard] = {}
        self._sockets = Sockets(
            self._calls, self._registrar.take, self._ring, self._respond, self._registrar.socket_closed
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._sockets.start(self._host, self.port)
        self.port = self._sockets.port
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._registrar.expire())]

    async def close(self) -> None:
        for call in list(self._calls.values()):
            if isinstance(call, BrowserCall | EchoCall):
                await call.end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._sockets.close()
        await self._directory.close()

    # -- what the switch asks --------------------------------------------------------------------

    def user(self, name: str) -> Behaviour | None:
        """A person with a page of her own; none for those the dial plan plays."""
        if self._registrar.binding(name) is not None:
            return RINGS
        return NOT_REGISTERED if name in self._registrar.known else None

    def callee(self, channel: Channel, route: Route) -> Callee:
        binding = self._registrar.binding(route.destination) if route.domain else None
        if binding is None:
            if route.gateway:
                does = channel.behaviour
                says = does.says or ("voicemail" if does.voicemail else "")
                self._robots[channel.uuid] = robot = Robot(route.destination, says)
                self._ports[channel.uuid] = robot.port
            return Callee(channel, route)
        callee = BrowserCallee(channel, route)
        port = self._ports[channel.uuid] = Port()
        to = f"sip:{binding.name}@{route.domain}"
        call_id = f"{channel.uuid}@{sip_text.HOST}"
        callee.call = BrowserCall(call_id, to, binding.target, self._sender(binding.name), callee, port)
        self._calls[call_id] = callee.call
        return callee

    def recorder(self, channel: Channel, path: str, file: Path, *, stereo: bool) -> StereoRecorder | None:
        """None for a leg without sound: its recording is made up."""
        port = self._ports.get(channel.uuid)
        if port is None:
            return None

        def masked() -> bool:
            recording = channel.recordings.get(path)
            return recording is not None and recording.masked

        return StereoRecorder(port, file, stereo=stereo, masked=masked)

    # -- what pages do ---------------------------------------------------------------------------

    def _sender(self, name: str) -> Callable[[str], bool]:
        """A call finds its page where it is registered now: the socket may be another one by then."""

        def send(text: str) -> bool:
            binding = self._registrar.binding(name)
            return binding is not None and binding.socket.put(text)

        return send

    def _signed_on(self, binding: Binding) -> None:
        registrations.signed_on(
            self._switch, binding.name, binding.call_id, contact=f"<{binding.target}>",
            agent=binding.agent or "softphone", status="Registered(WS)", expires_s=LONGEST_S,
        )  # fmt: skip

    def _signed_off(self, binding: Binding, reason: str) -> None:
        registrations.signed_off(self._switch, binding.name, binding.call_id, reason)

    async def _respond(self, response: Response) -> None:
        call = self._calls.get(response.call_id)
        if isinstance(call, BrowserCall):
            await call.take_response(response)

    async def _ring(self, request: Request, page: PageSocket) -> Response:
        """What pages may ring: an echo test, as in the real dial plan."""
        user = request.from_address.uri.user or ""
        binding = self._registrar.binding(user)
        if request.uri.user != "echo" or binding is None or binding.socket is not page:
            return sip_text.answer(request, 603, to_tag=sip_text.tag())
        call = EchoCall(request, page.put, lambda: self._calls.pop(request.call_id, None))
        self._calls[call.call_id] = call
        return await call.answer()

    # -- the clock -------------------------------------------------------------------------------

    async def _run(self) -> None:
        """Every 20 ms: who hears whom now, and the robots' turn."""
        pace = Pace()
        while True:
            await pace.step()
            self._step()

    def _step(self) -> None:
        channels = self._switch.channels
        for uuid in [uuid for uuid in self._ports if uuid not in channels]:
            self._forget(uuid)
        for uuid, port in self._ports.items():
            heard = heard_by(channels[uuid])
            if self._heard.get(uuid, Heard()) != heard:
                self._heard[uuid] = heard
                port.hear(source_of(heard, port, self._ports.get, self._sounds))
        for uuid, robot in list(self._robots.items()):
            if not robot.step(channels[uuid].is_answered):
                self._robots.pop(uuid)
                if (callee := channels[uuid].callee) is not None:
                    callee.hang_up()

    def _forget(self, uuid: str) -> None:
        self._ports.pop(uuid).close()
        self._robots.pop(uuid, None)
        self._heard.pop(uuid, None)
        self._calls.pop(f"{uuid}@{sip_text.HOST}", None)
