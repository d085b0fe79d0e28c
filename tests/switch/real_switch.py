"""A real FreeSWITCH for the tests, with the project's own configuration; test telephones play its far ends.

It lives as long as the tests' process. Telephones and the watch run in a thread with a loop of its own, because a
test's loop ends with the test; what tests call is what the simulator has too (`peer_hangs_up`, …).
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from launcher.ports import LOOPBACK, free_ports
from launcher.switch import configuration, program
from launcher.switch.running import RunningSwitch
from switch_simulator.behaviour import Behaviour, parse_behaviour

from .event_watch import EventWatch, Leg
from .sip_message import Message
from .sip_peer import SipPeer, Telephone

T = TypeVar("T")
DOMAIN = "pbx.example"
PATIENCE_S = 15.0
ANSWERS_AT_ONCE = parse_behaviour("rings, answers at once")
CONTACT_HZ, PERSON_HZ = 700, 1000
"""What contacts, and operators' and managers' telephones, sound like."""

GATEWAY = """\
<include>
  <gateway name="{name}">
    <param name="proxy" value="127.0.0.1:{port}"/>
    <param name="realm" value="127.0.0.1"/>
    <param name="username" value="exchange"/>
    <param name="password" value="none"/>
    <param name="register" value="false"/>
    <param name="caller-id-in-from" value="true"/>
    {ping}
  </gateway>
</include>
"""
PING = '<param name="ping" value="5"/><param name="ping-max" value="1"/><param name="ping-min" value="1"/>'
MORE_COMMANDS = """\
<include>
  <allow name="mod_commands.uuid_hold.api"/>
  <allow name="mod_commands.sched_broadcast.api"/>
  <allow name="mod_commands.msleep.api"/>
</include>
"""


@dataclass(frozen=True)
class Joined:
    """Two legs, as the simulator's Bridge shows them."""

    one: Leg
    another: Leg
    joined: bool = True

    def other(self, channel: LegView) -> Leg:
        return self.another if channel.uuid == self.one.uuid else self.one


@dataclass(frozen=True)
class Played:
    """What is played to a leg, as the simulator's Playback shows it."""

    path: str
    started: bool = True


@dataclass(frozen=True)
class LegView:
    """A leg with the attributes that tests read of the simulator's channels."""

    uuid: str
    is_answered: bool
    bridge: Joined | None
    playback: Played | None


@contextmanager
def real_switch(folder: Path, web_port: int, sipp_port: int) -> Iterator[RealSwitch]:
    """A FreeSWITCH for as long as it lasts. Skips the test where there is none, saying why."""
    if why := missing():
        pytest.skip(why)
    found = program.find()
    assert found is not None
    switch = RealSwitch(found, folder, web_port, sipp_port)
    switch.start()
    yield switch
    switch.stop()


class RealSwitch:
    """Raises launcher.switch.program.NoSwitch where FREESWITCH names no program."""

    def __init__(self, found: Path, folder: Path, web_port: int, sipp_port: int, password: str = "s3cret") -> None:
        self.folder, self.password, self.domain = folder, password, DOMAIN
        self.recordings, self.spool = folder / "recordings", folder / "spool"
        # Sound takes consecutive ports; each of several test processes gets a range of its own.
        first = 20_000 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0) * 1_000
        socket, operators, carriers, ws, robots, closed = free_ports(6)
        self.port = socket
        self.operators = (LOOPBACK, operators)
        self.carriers = (LOOPBACK, carriers)
        self.web_port, self.sipp_port, self._closed_port = web_port, sipp_port, closed
        self.directory_password, self.cdr_password = uuid4().hex, uuid4().hex
        self.values = configuration.Values(
            event_socket_password=password, event_socket_port=socket, operators_sip_port=operators,
            carriers_sip_port=carriers, robots_sip_port=robots, operators_ws=f"{LOOPBACK}:{ws}", sip_domain=DOMAIN,
            cdr_credentials=f"switch:{self.cdr_password}", cdr_url=f"http://{LOOPBACK}:{web_port}/cdr",
            directory_credentials=f"switch:{self.directory_password}",
            directory_url=f"http://{LOOPBACK}:{web_port}/switch/directory",
            cdr_spool=str(self.spool), database=str(folder / "db" / "core.db"),
            rtp_first_port=first, rtp_last_port=first + 999, sessions_per_second=200,
        )  # fmt: skip
        self.running = RunningSwitch(found, folder, self.recordings, socket, password)
        self._users: dict[str, Behaviour] = {}
        self._numbers: dict[str, Behaviour] = {}
        self.passwords: dict[str, str] = {}
        """Of SIP users, as they were issued."""
        self.carrier = SipPeer(lambda digits: self._numbers.get(digits, ANSWERS_AT_ONCE), lambda _: CONTACT_HZ)
        self.people = SipPeer(lambda name: self._users.get(name, ANSWERS_AT_ONCE), lambda _: PERSON_HZ)
        self.stranger = SipPeer(lambda _: ANSWERS_AT_ONCE, lambda _: 0)
        self.watch = EventWatch(socket, password)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="far ends", daemon=True)

    # -- life ------------------------------------------------------------------------------------

    def start(self) -> float:
        """The seconds until the event socket answered."""
        self._thread.start()
        for peer in (self.carrier, self.people, self.stranger):
            self.run(peer.open())
        gateways = self.folder / "gateways"
        gateways.mkdir(parents=True)
        for name, port, ping in (
            ("carrier", self.carrier.port, PING),
            ("deadcarrier", self._closed_port, PING),
            ("sipp", self.sipp_port, ""),
        ):
            (gateways / f"{name}.xml").write_text(GATEWAY.format(name=name, port=port, ping=ping))
        for folder in (self.recordings, self.spool):
            folder.mkdir()
        configuration.write(self.folder / "conf", self.values, gateways)
        (self.folder / "conf" / "allowed" / "tests.xml").write_text(MORE_COMMANDS)
        took = self.running.start()
        self.run(self.watch.open())
        return took

    def stop(self) -> None:
        self.run(self.watch.close())
        self.running.stop()
        for peer in (self.carrier, self.people, self.stranger):
            self._loop.call_soon_threadsafe(peer.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Does something in the far ends' loop and waits for it: nothing that needs the test's own loop meanwhile."""
        return self.later(work).result(PATIENCE_S)

    def later(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def api(self, command: str) -> str:
        return self.run(self.watch.api(command)).strip()

    async def forget(self) -> None:
        """Ends what a test left behind: calls first, with their records, then registrations and behaviours."""
        for uuid in self.channels():
            await asyncio.to_thread(self.api, f"uuid_kill {uuid}")
        end = time.monotonic() + PATIENCE_S
        while self.channels() and time.monotonic() < end:  # noqa: ASYNC110 - the watch is another thread's
            await asyncio.sleep(0.02)
        await asyncio.to_thread(self.api, "sofia profile operators flush_inbound_reg")
        self._loop.call_soon_threadsafe(self.carrier.forget)
        self._loop.call_soon_threadsafe(self.people.forget)
        self._users.clear()
        self._numbers.clear()
        self.passwords.clear()

    async def close(self) -> None:
        """As the simulator's: the switch is gone. Only for tests that start one of their own."""
        await asyncio.to_thread(self.running.stop)

    # -- the people at the other end -------------------------------------------------------------

    def channels(self) -> dict[str, LegView]:
        """The legs there are, by uuid."""
        legs = dict(self.watch.legs)
        return {
            uuid: LegView(uuid, leg.answered, _bridge(leg, legs), None if leg.plays is None else Played(leg.plays))
            for uuid, leg in legs.items()
        }

    def telephone(self, uuid: str) -> Telephone:
        """The telephone at the other end of a leg. KeyError: no such leg."""
        leg = self.watch.legs[uuid]
        if not leg.sip_call_id:
            leg.sip_call_id = self.api(f"uuid_getvar {uuid} sip_call_id")
        return self.carrier.calls.get(leg.sip_call_id) or self.people.calls[leg.sip_call_id]

    def _tell(self, uuid: str, what: str) -> None:
        self._loop.call_soon_threadsafe(getattr(self.telephone(uuid), what))

    def peer_hangs_up(self, uuid: str) -> None:
        self._tell(uuid, "hang_up")

    def peer_answers(self, uuid: str) -> None:
        self._tell(uuid, "answer")

    def media_stops(self, uuid: str) -> None:
        self.telephone(uuid).sound.quiet = True

    def media_resumes(self, uuid: str) -> None:
        self.telephone(uuid).sound.quiet = False

    def set_number_behaviour(self, number: str, behaviour: str | Behaviour) -> None:
        self._numbers[number.lstrip("+")] = _behaviour(behaviour)

    def set_user_behaviour(self, name: str, behaviour: str | Behaviour) -> None:
        """A telephone that shall not be registered is taken off the switch's list at once."""
        does = _behaviour(behaviour)
        before, self._users[name] = self._users.get(name), does
        if not does.registered or not does.exists:
            self._take_off(name)
        elif before is not None and not before.registered:
            self.register(name, does)

    def register(
        self, name: str, behaviour: str | Behaviour = ANSWERS_AT_ONCE, call_id: str = "registration-2"
    ) -> Future[Message]:
        """Its telephone registers. The result comes when the switch has asked the exchange, in the test's loop."""
        self._users[name] = _behaviour(behaviour)
        return self.later(self._register(name, f"{call_id}-{name}-{uuid4().hex[:6]}"))

    async def _register(self, name: str, call_id: str) -> Message:
        # A real switch keeps a registration by its Call-ID: each user has their own.
        password = self.passwords.get(name, "")
        answer = await self.people.register(name, DOMAIN, password, self.operators, call_id=call_id)
        async with asyncio.timeout(PATIENCE_S), self.watch.changed:
            await self.watch.changed.wait_for(lambda: answer.status != 200 or name in self.watch.registered)
        return answer

    def unregister(self, name: str, reason: str = "socket-disconnection", call_id: str = "registration-1") -> None:
        self._users[name] = _behaviour("not registered")
        self._take_off(name)

    def _take_off(self, name: str) -> None:
        """Returns when the switch has said so: it takes a registration off within a second."""
        if name not in self.watch.registered:
            return
        self.api(f"sofia profile operators flush_inbound_reg {name}@{DOMAIN}")
        end = time.monotonic() + PATIENCE_S
        while name in self.watch.registered and time.monotonic() < end:
            time.sleep(0.01)

    def set_gateway(self, name: str, up: bool) -> None:
        """Pings of the carrier's gateway fail from now on, or not; returns when the switch has noticed."""
        if name != "carrier":
            raise KeyError(name)
        self.carrier.pings_answered = up
        self.until_gateway(name, "UP" if up else "DOWN")

    def until_gateway(self, name: str, state: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while f"{state}" not in self.gateway_state(name):
            if time.monotonic() > end:
                raise TimeoutError(f"gateway {name} is {self.gateway_state(name)}")
            time.sleep(0.05)

    def gateway_state(self, name: str) -> str:
        lines = self.api(f"sofia status gateway {name}").split("\n")
        return next((line.split()[-1] for line in lines if line.startswith("Status")), "")


def _bridge(leg: Leg, legs: dict[str, Leg]) -> Joined | None:
    other = legs.get(leg.other) if leg.other else None
    return Joined(leg, other) if other is not None else None


def _behaviour(behaviour: str | Behaviour) -> Behaviour:
    return parse_behaviour(behaviour) if isinstance(behaviour, str) else behaviour


def missing() -> str:
    """Why there is no real switch here; empty when there is one."""
    try:
        return "" if program.find() else "no freeswitch program (FREESWITCH, PATH, usual places)"
    except program.NoSwitch as problem:
        return str(problem)
