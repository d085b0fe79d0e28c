"""The simulator as a program part: listens, holds the switch, lets a test play the people at the other end."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address, ip_network
from pathlib import Path
from types import TracebackType

from switch_simulator import protocol, registrations
from switch_simulator.behaviour import Behaviour, parse_behaviour
from switch_simulator.cdr import CdrPoster
from switch_simulator.channel import Channel
from switch_simulator.clock import Clock
from switch_simulator.connection import Connection
from switch_simulator.dialplan import DialPlan, load_dial_plan
from switch_simulator.hangup import hang_up
from switch_simulator.media_options import MediaOptions
from switch_simulator.switch import VERSION, Switch

HEARTBEAT_SECONDS = 20


class Simulator:
    """An event socket on a port of its own.

    Use as `async with Simulator() as switch:`; then `switch.port`, `switch.password`. `pace` multiplies the
    callees' delays (0.1: ten times faster). `recorded_sound`: recordings have tones, not silence.
    `allow` is a network whose clients are let in, all when empty.
    `media`: sound, with pages that register by WebSocket; `media_port` is theirs.
    `heartbeat` is the seconds between two HEARTBEATs, `first_heartbeat` those before the first.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        password: str = "ClueCon",
        dialplan: DialPlan | str | Path | None = None,
        clock: Clock | None = None,
        pace: float = 1.0,
        recordings: str | Path | None = None,
        recorded_sound: bool = False,
        cdr: CdrPoster | None = None,
        allow: str = "",
        heartbeat: float = HEARTBEAT_SECONDS,
        first_heartbeat: float | None = None,
        media: MediaOptions | None = None,
    ) -> None:
        plan = dialplan if isinstance(dialplan, DialPlan) else load_dial_plan(dialplan)
        self.host = host
        self.port = port
        self.password = password
        self.switch = Switch(plan, clock, pace, Path(recordings) if recordings else None, cdr)
        self.switch.recorded_sound = recorded_sound
        self.switch.on_shutdown = self.begin_shutdown
        self.stopped = asyncio.Event()
        self._allow = ip_network(allow) if allow else None
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()
        self._heartbeat_seconds = heartbeat
        self._first_heartbeat = heartbeat if first_heartbeat is None else first_heartbeat
        self._heartbeat: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._media_options = media

    # -- life ------------------------------------------------------------------------------------

    async def __aenter__(self) -> Simulator:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Listens; `port` is the real one afterwards."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        self._heartbeat = loop.create_task(self._beat())
        if self._media_options is not None:
            # Its packages are not in every installation.
            from switch_simulator.media.side import MediaSide

            self.switch.media = MediaSide(self.switch, self._media_options)
            await self.switch.media.start()

    async def close(self) -> None:
        """Ends everything at once, without the courtesies of a shutdown."""
        if self._ending is not None and not self._ending.done():
            self._ending.cancel()
        await self._close_all("")

    def begin_shutdown(self) -> None:
        """As `fsctl shutdown`: calls are hung up, clients get their notice, then `stopped` is set."""
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._shut_down())

    async def _shut_down(self) -> None:
        switch = self.switch
        switch.shutting_down = True
        await asyncio.sleep(0.05)
        switch.announce("SHUTDOWN", [("Event-Info", "System Shutting Down")])
        for channel in list(switch.channels.values()):
            hang_up(channel, "SYSTEM_SHUTDOWN")
        for _ in range(200):
            if not switch.channels:
                break
            await asyncio.sleep(0.02)
        await self._close_all(protocol.SHUTDOWN)
        self.stopped.set()

    async def _close_all(self, notice: str) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.close(notice)
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        if self.switch.media is not None:
            await self.switch.media.close()
        await self.switch.close()

    def _connection(self) -> Connection:
        simulator = self

        class Tracked(Connection):
            """Known to the simulator as long as it is open."""

            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                peer = transport.get_extra_info("peername")
                self.refused = simulator.refuses(peer[0] if peer else "")
                simulator._connections.add(self)
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                simulator._connections.discard(self)
                super().connection_lost(exc)

        return Tracked(self.switch, self.password)

    def refuses(self, address: str) -> bool:
        """Whether the access list keeps this address out."""
        return self._allow is not None and (not address or ip_address(address) not in self._allow)

    async def _beat(self) -> None:
        switch = self.switch
        wait = self._first_heartbeat
        while True:
            await asyncio.sleep(wait)
            wait = self._heartbeat_seconds
            uptime = int((switch.clock.now() - switch.started) * 1000)
            switch.announce(
                "HEARTBEAT",
                [
                    ("Event-Info", "System Ready"),
                    ("FreeSWITCH-Version", VERSION),
                    ("Uptime-msec", str(uptime)),
                    ("Session-Count", str(len(switch.channels))),
                    ("Max-Sessions", "4000"),
                    ("Session-Per-Sec", "200"),
                    ("Session-Since-Startup", str(switch.sessions)),
                    ("Session-Peak-Max", str(switch.peak)),
                    ("Idle-CPU", "80.000000"),
                ],
            )

    @property
    def media_port(self) -> int:
        """Of the pages' WebSocket; 0 without sound."""
        return 0 if self.switch.media is None else self.switch.media.port

    def set_disk_full(self, full: bool) -> None:
        """From now on recordings cannot be written; or they can again."""
        self.switch.disk_full = full

    # -- the people at the other end -------------------------------------------------------------

    def channels(self) -> dict[str, Channel]:
        """The legs there are, by uuid."""
        return dict(self.switch.channels)

    def peer_hangs_up(self, uuid: str) -> None:
        """The person at the other end of a leg hangs up (before an answer: refuses). KeyError: no such leg."""
        callee = self.switch.channels[uuid].callee
        if callee is not None:
            callee.hang_up()

    def peer_answers(self, uuid: str) -> None:
        """The person at the other end answers now. KeyError: no such leg."""
        callee = self.switch.channels[uuid].callee
        if callee is not None:
            callee.answer()

    def media_stops(self, uuid: str) -> None:
        """The other end vanishes without a word; the leg's media_timeout notices. KeyError: no such leg."""
        callee = self.switch.channels[uuid].callee
        if callee is not None:
            callee.stop_media()

    def media_resumes(self, uuid: str) -> None:
        """The other end is heard again. KeyError: no such leg."""
        callee = self.switch.channels[uuid].callee
        if callee is not None:
            callee.resume_media()

    def set_user_behaviour(self, name: str, behaviour: str | Behaviour) -> None:
        """What a user's telephone does from now on, in words (`busy`, `rings, never answers`, `not registered`)."""
        self.switch.dialplan.set_user(name, _behaviour(behaviour))

    def set_number_behaviour(self, number: str, behaviour: str | Behaviour) -> None:
        """What happens at a number from now on, in words (`rings 1 s, answers, hangs up 3 s later`, `404 at once`)."""
        self.switch.dialplan.set_number(number, _behaviour(behaviour))

    def set_gateway(self, name: str, up: bool) -> None:
        """A gateway goes up or down; those who listen to `sofia::gateway_state` hear it."""
        self.switch.dialplan.set_gateway(name, up)
        state = "UP" if up else "DOWN"
        self.switch.announce(
            "CUSTOM", [("Gateway", name), ("State", "NOREG"), ("Ping-Status", state)], subclass="sofia::gateway_state"
        )

    def unregister(self, name: str, reason: str = "socket-disconnection", call_id: str = "registration-1") -> None:
        """A user's telephone is no longer registered (`sofia::unregister`). `call_id`: of its registration."""
        self.set_user_behaviour(name, "not registered")
        registrations.signed_off(self.switch, name, call_id, reason)

    def register(
        self, name: str, behaviour: str | Behaviour = "rings, answers at once", call_id: str = "registration-2"
    ) -> None:
        """A user's telephone registers (`sofia::register`). `call_id`: another one for each page or telephone."""
        self.set_user_behaviour(name, behaviour)
        registrations.signed_on(self.switch, name, call_id, contact=f"<sip:{name}@127.0.0.1:5074>")


def _behaviour(behaviour: str | Behaviour) -> Behaviour:
    return parse_behaviour(behaviour) if isinstance(behaviour, str) else behaviour
