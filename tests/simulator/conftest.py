"""A simulator of its own for each test, and clients of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from switch_simulator import Simulator
from tests.simulator.client import Client

# Channel events without the switch's inner states, and all others a call engine listens to.
EVENTS = (
    "event plain CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE "
    "CHANNEL_UNBRIDGE CHANNEL_PARK CHANNEL_UNPARK CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY "
    "CHANNEL_HOLD CHANNEL_UNHOLD PLAYBACK_START PLAYBACK_STOP RECORD_START RECORD_STOP MEDIA_BUG_START "
    "MEDIA_BUG_STOP DTMF BACKGROUND_JOB SHUTDOWN CUSTOM sofia::register sofia::unregister sofia::gateway_state"
)
SEAT = "park_after_bridge=true,park_after_early_bridge=true,continue_on_fail=true,hangup_after_bridge=false"
CONTACT = "ignore_early_media=true,park_after_bridge=true,hangup_after_bridge=false,originate_timeout=20"


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    async with Simulator(recordings=tmp_path) as one:
        # Short times for the people: what is tested is the switch.
        one.set_number_behaviour("15559000", "rings 0.05 s, answers")
        one.set_number_behaviour("15559001", "183 with sound, never answers")
        one.set_number_behaviour("15559002", "183 with sound, answers after 0.2 s")
        one.set_number_behaviour("15559003", "183 with sound for 0.2 s, 486")
        one.set_user_behaviour("mgr1", "rings 0.05 s, answers")
        yield one


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[Client]:
    async with Client(simulator.port) as one:
        await one.command(EVENTS)
        yield one


async def seat(client: Client, uuid: str = "seat", variables: str = SEAT) -> None:
    """An operator's leg, parked."""
    extra = f",{variables}" if variables else ""
    result = await client.job(f"originate {{origination_uuid={uuid}{extra}}}user/op1@pbx.example &park()")
    assert result == f"+OK {uuid}\n"
    await client.event("PARK", uuid)


async def contact(client: Client, uuid: str = "call", number: str = "15559000", variables: str = CONTACT) -> None:
    """A contact's leg, parked."""
    extra = f",{variables}" if variables else ""
    result = await client.job(f"originate {{origination_uuid={uuid}{extra}}}sofia/gateway/carrier/{number} &park()")
    assert result == f"+OK {uuid}\n"
    await client.event("PARK", uuid)


async def talk(client: Client, a: str = "seat", b: str = "call") -> None:
    """Two legs talk."""
    bridges = client.names(a).count("BRIDGE")
    assert await client.api(f"uuid_bridge {a} {b}") == f"+OK {b}\n"
    await client.event("BRIDGE", a, bridges + 1)
