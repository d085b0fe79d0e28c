"""The switch itself: its channels, its counters, its scheduler, and who listens to its events."""

from __future__ import annotations

import asyncio
import uuid as uuids
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from switch_simulator.channel import Channel
from switch_simulator.clock import Clock, gmt, stamp
from switch_simulator.core_database import CoreDatabase
from switch_simulator.dialplan import DialPlan
from switch_simulator.events import Event, Headers
from switch_simulator.origins import origin_of
from switch_simulator.scheduler import Scheduler

if TYPE_CHECKING:
    from switch_simulator.behaviour import Behaviour
    from switch_simulator.cdr import CdrPoster
    from switch_simulator.leg import Callee
    from switch_simulator.sip_variables import Route

VERSION = "1.11.3-dev+git~20260821T141014Z~cc93a683ca~64bit"
VERSION_TEXT = "1.11.3-dev git cc93a68 2026-08-21 14:10:14Z 64bit"
HOSTNAME = "fs1"


class Listener(Protocol):
    """Someone who takes events."""

    def wants(self, name: str, subclass: str) -> bool:
        """Whether an event of this name is worth making."""
        ...

    def take(self, event: Event) -> None:
        """Here it is."""
        ...


class Media(Protocol):
    """Sound, where it is wanted."""

    port: int

    async def start(self) -> None: ...
    async def close(self) -> None: ...

    def user(self, name: str) -> Behaviour | None:
        """A person who registers herself; none for those the dial plan plays."""
        ...

    def callee(self, channel: Channel, route: Route) -> Callee: ...
    def recorder(self, channel: Channel, path: str, file: Path, *, stereo: bool) -> FileWriter | None: ...


class FileWriter(Protocol):
    """Writes a recording's true sound."""

    def close(self) -> None: ...


class Switch:
    """State shared by all channels and all connections."""

    def __init__(
        self,
        dialplan: DialPlan,
        clock: Clock | None = None,
        pace: float = 1.0,
        recordings: Path | None = None,
        cdr: CdrPoster | None = None,
    ) -> None:
        self.dialplan = dialplan
        self.clock = clock or Clock()
        self.pace = pace
        self.recordings = recordings
        self.recorded_sound = False
        """Recordings have a tone on each side instead of silence."""
        self.disk_full = False
        """No file of a recording can be made or written; calls go on."""
        self.cdr = cdr
        self.media: Media | None = None
        self.core_uuid = str(uuids.uuid4())
        self.hostname = HOSTNAME
        self.started = self.clock.now()
        self.channels: dict[str, Channel] = {}
        self.scheduler = Scheduler(self.clock)
        self.database = CoreDatabase()
        self.globals = {"hostname": HOSTNAME, "domain": dialplan.domain, "local_ip_v4": "192.0.2.2"}
        self.outbound_calls: dict[str, int] = {}
        self.failed_calls: dict[str, int] = {}
        self.peak = 0
        self.shutting_down = False
        self.on_shutdown: Callable[[], None] | None = None
        self._listeners: list[Listener] = []
        self._sequence = 0
        self._sessions = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    # -- identities ------------------------------------------------------------------------------

    @property
    def sessions(self) -> int:
        """Sessions since startup."""
        return self._sessions

    def next_session_id(self) -> int:
        """Each channel has a number."""
        self._sessions += 1
        return self._sessions

    def add(self, channel: Channel) -> None:
        """A channel begins to exist."""
        self.channels[channel.uuid] = channel
        self.peak = max(self.peak, len(self.channels))

    def remove(self, channel: Channel) -> None:
        """A channel ends; its uuid is free."""
        channel.cancel_all()
        if self.channels.get(channel.uuid) is channel:
            del self.channels[channel.uuid]
            self.database.touch(channel)
            self.scheduler.delete(channel.uuid)

    # -- events ----------------------------------------------------------------------------------

    def attach(self, listener: Listener) -> None:
        """Someone starts to listen."""
        self._listeners.append(listener)

    def detach(self, listener: Listener) -> None:
        """And stops."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def publish(self, name: str, make: Callable[[], Event], subclass: str = "") -> None:
        """Gives an event to those who want it; `make` runs at most once, and not at all for nobody."""
        self._sequence += 1
        event: Event | None = None
        for listener in tuple(self._listeners):
            if listener.wants(name, subclass):
                if event is None:
                    event = make()
                listener.take(event)

    def announce(self, name: str, headers: Headers, body: str = "", subclass: str = "") -> None:
        """An event that is no channel's."""

        def make() -> Event:
            base = self.base_headers(name)
            if subclass:
                base.insert(1, ("Event-Subclass", subclass))
            return Event(name, base + headers, body, subclass)

        self.publish(name, make, subclass)

    def base_headers(self, name: str) -> Headers:
        """What every event begins with."""
        micros = self.clock.micros()
        file, function, line = origin_of(name)
        return [
            ("Event-Name", name),
            ("Core-UUID", self.core_uuid),
            ("FreeSWITCH-Hostname", self.hostname),
            ("FreeSWITCH-Switchname", self.hostname),
            ("FreeSWITCH-IPv4", "192.0.2.2"),
            ("FreeSWITCH-IPv6", "fd00::2"),
            ("Event-Date-Local", stamp(micros)),
            ("Event-Date-GMT", gmt(micros)),
            ("Event-Date-Timestamp", str(micros)),
            ("Event-Calling-File", file),
            ("Event-Calling-Function", function),
            ("Event-Calling-Line-Number", str(line)),
            ("Event-Sequence", str(self._sequence)),
        ]

    # -- background work -------------------------------------------------------------------------

    def start_task(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Runs something beside the connections; it is kept until it is done."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def start_timer(self, seconds: float, action: Callable[[], object]) -> asyncio.TimerHandle:
        """Does something later that belongs to more than one channel; nothing once the switch is closed."""

        def act() -> None:
            if not self._closed:
                action()

        return asyncio.get_running_loop().call_later(seconds, act)

    async def close(self) -> None:
        """Drops everything that is still pending."""
        self._closed = True
        self.scheduler.close()
        for channel in list(self.channels.values()):
            self.remove(channel)
        self.database.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
