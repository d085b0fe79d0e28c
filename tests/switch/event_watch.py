"""What channels a real switch has and who is bridged with whom, kept from its events."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from tests.simulator.client import Client, Event

SUBSCRIPTION = (
    "event json CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE "
    "CHANNEL_PARK CHANNEL_HANGUP CHANNEL_DESTROY PLAYBACK_START PLAYBACK_STOP CUSTOM "
    "sofia::register sofia::unregister sofia::expire"
)


@dataclass
class Leg:
    """A channel, with what tests look at in the simulator's."""

    uuid: str
    sip_call_id: str = ""
    other: str | None = None
    answered: bool = False
    cause: str = ""
    plays: str | None = None
    """The path of what is played to it."""
    events: list[str] = field(default_factory=list)


class EventWatch:
    """One connection of its own, in the loop that `open` runs in."""

    def __init__(self, port: int, password: str) -> None:
        self._client = Client(port, password)
        self.legs: dict[str, Leg] = {}
        self.past: list[Leg] = []
        """Legs that are gone, for who wants to know how a test came to its end."""
        self.changed = asyncio.Condition()
        self.registered: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self._client.__aenter__()
        await self._client.command(SUBSCRIPTION)
        self._task = asyncio.get_running_loop().create_task(self._follow())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        with contextlib.suppress(OSError):
            await self._client.__aexit__()

    async def api(self, command: str) -> str:
        return await self._client.api(command)

    async def _follow(self) -> None:
        client = self._client
        while True:
            async with client._changed:
                await client._changed.wait_for(lambda: bool(client.events))
                events = list(client.events)
                client.events.clear()
            for event in events:
                self._take(event)
            async with self.changed:
                self.changed.notify_all()

    def _take(self, event: Event) -> None:
        name = event["Event-Name"].removeprefix("CHANNEL_")
        if name == "CUSTOM":
            user = event.get("from-user") or event.get("user", "")
            match event.get("Event-Subclass"):
                case "sofia::register":
                    self.registered.add(user)
                case "sofia::unregister" | "sofia::expire":
                    self.registered.discard(user)
            return
        uuid = event["Unique-ID"]
        if name == "CREATE":
            self.legs[uuid] = Leg(uuid)
        if (leg := self.legs.get(uuid)) is None:
            return
        leg.events.append(name)
        leg.cause = event.get("Hangup-Cause", leg.cause)
        leg.sip_call_id = leg.sip_call_id or event.get("variable_sip_call_id", "")
        match name:
            case "ANSWER":
                leg.answered = True
            case "BRIDGE":
                self._join(uuid, event.get("Other-Leg-Unique-ID", ""))
            case "PLAYBACK_START":
                leg.plays = event.get("Playback-File-Path", "")
            case "PLAYBACK_STOP":
                leg.plays = None
            case "UNBRIDGE" | "PARK" | "HANGUP":
                self._part(uuid)
            case "DESTROY":
                self._part(uuid)
                self.past.append(self.legs.pop(uuid))

    def _join(self, one: str, other: str) -> None:
        for uuid in (one, other):
            self._part(uuid)
        if one in self.legs and other in self.legs:
            self.legs[one].other, self.legs[other].other = other, one

    def _part(self, uuid: str) -> None:
        leg = self.legs.get(uuid)
        if leg is None or leg.other is None:
            return
        other, leg.other = self.legs.get(leg.other), None
        if other is not None and other.other == uuid:
            other.other = None
