"""What one would guess of FreeSWITCH and is wrong about (freeswitch/FACTS.md), on the simulator and on a real one."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from tests.simulator.client import Client
from tests.simulator.conftest import CONTACT, EVENTS, SEAT

from .conftest import House, RealHouse

pytestmark = pytest.mark.switch


@dataclass
class Line:
    """A client of the event socket, an operator to be rung, and numbers to ring."""

    house: House
    client: Client
    user: str

    async def seat(self, variables: str = SEAT) -> str:
        return await self._leg(variables, f"user/{self.user}@pbx.example")

    async def contact(self, behaviour: str = "rings 0.05 s, answers", variables: str = CONTACT) -> str:
        return await self._leg(variables, self.number(behaviour))

    def number(self, behaviour: str) -> str:
        """A fresh number whose telephone does that, as it is dialled."""
        self.house.numbers += 1
        number = f"7812666{self.house.numbers:04}"
        self.house.switch.set_number_behaviour(number, behaviour)
        return f"sofia/gateway/carrier/{number}"

    async def _leg(self, variables: str, target: str) -> str:
        leg = str(uuid4())
        result = await self.client.job(f"originate {{origination_uuid={leg},{variables}}}{target} &park()")
        assert result == f"+OK {leg}\n"
        await self.client.event("PARK", leg)
        return leg

    async def originate(self, variables: str, target: str) -> tuple[str, str, float]:
        """The leg, the job's result, and the seconds that it took."""
        leg, began = str(uuid4()), time.monotonic()
        result = await self.client.job(f"originate {{origination_uuid={leg},{variables}}}{target} &park()")
        return leg, result.strip(), time.monotonic() - began

    async def talk(self, seat: str, call: str) -> None:
        assert await self.client.api(f"uuid_bridge {seat} {call}") == f"+OK {call}\n"
        await self.client.event("BRIDGE", seat)

    async def gone(self, leg: str) -> None:
        await self.client.event("DESTROY", leg)


@pytest.fixture
async def line(house: House) -> AsyncIterator[Line]:
    await house.furnish(managers=0)
    desk = await house.operator()
    async with Client(house.switch.port, "s3cret") as client:
        await client.command(EVENTS)
        yield Line(house, client, f"operator-{desk.operator_id}")


async def test_call_timeout_is_no_limit_and_originate_timeout_is(line: Line):
    ringing = line.number("rings, never answers")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(4):
            await line.originate("call_timeout=2", ringing)
    _, result, took = await line.originate("originate_timeout=2", line.number("rings, never answers"))
    assert result == "-ERR NO_ANSWER"
    assert 0.9 < took < 2.4, "seconds are counted on the clock: up to one early"


async def test_leg_timeout_has_another_cause(line: Line):
    target = line.number("rings, never answers")
    leg = str(uuid4())
    result = await line.client.job(f"originate {{origination_uuid={leg}}}[leg_timeout=2]{target} &park()")
    assert result.strip() == "-ERR ALLOTTED_TIMEOUT"


async def test_bridging_a_leg_that_still_rings_kills_both(line: Line):
    seat, ringing = await line.seat(), str(uuid4())
    target = line.number("rings, never answers")
    await line.client.command(f"bgapi originate {{origination_uuid={ringing},{CONTACT}}}{target} &park()")
    await line.client.event("PROGRESS", ringing)
    await line.client.api(f"uuid_bridge {seat} {ringing}")
    await line.gone(seat)
    await line.gone(ringing)


@pytest.mark.parametrize(
    ("variables", "survives"),
    [
        (SEAT, True),
        ("park_after_bridge=true,hangup_after_bridge=false", False),
        ("park_after_bridge=true,park_after_early_bridge=true,hangup_after_bridge=false", False),
    ],
)
async def test_a_seat_survives_an_unanswered_call_only_with_all_its_variables(
    line: Line, variables: str, survives: bool
):
    seat = await line.seat(variables)
    call, result, _ = await line.originate(
        "park_after_bridge=true,hangup_after_bridge=false", line.number("183 with sound, never answers")
    )
    assert result == f"+OK {call}", "with early media the job ends long before the answer"
    await line.talk(seat, call)
    await line.client.api(f"uuid_kill {call}")
    await line.gone(call)
    await line.client.event("PARK" if survives else "DESTROY", seat, count=2 if survives else 1)
    assert (await line.client.api(f"uuid_exists {seat}") == "true") is survives


async def test_a_contact_without_park_after_bridge_goes_with_the_seat(line: Line):
    seat, call = await line.seat(), await line.contact(variables="ignore_early_media=true,hangup_after_bridge=false")
    await line.talk(seat, call)
    await line.client.api(f"uuid_kill {seat}")
    await line.gone(call)


async def test_the_third_leg_is_parked_by_a_bridge_past_it(line: Line):
    seat, call, manager = await line.seat(), await line.contact(), await line.contact()
    await line.talk(seat, manager)
    assert await line.client.api(f"uuid_bridge {call} {manager}") == f"+OK {manager}\n"
    await line.client.event("BRIDGE", call)
    await line.client.event("PARK", seat, count=2)
    assert await line.client.api(f"uuid_exists {seat}") == "true"


async def test_a_second_bridge_before_the_first_is_proven_leaves_a_leg_in_limbo(line: Line):
    seat, call, manager = await line.seat(), await line.contact(), await line.contact()
    line.client.write(f"api uuid_bridge {seat} {manager}\n\napi uuid_bridge {call} {manager}\n\n")
    assert [(await line.client.reply())[1] for _ in range(2)] == [f"+OK {manager}\n"] * 2
    bridged = await line.client.wait(lambda e: e["Event-Name"] == "CHANNEL_BRIDGE")
    loser = call if bridged["Unique-ID"] == seat else seat
    await asyncio.sleep(0.5)
    assert await line.client.api(f"uuid_exists {loser}") == "true"
    assert line.client.names(loser)[-1] == "UNPARK", "neither bridged nor parked, and nothing says so"
    await line.client.api(f"uuid_kill {manager}")
    await line.gone(loser)
    assert (await line.client.event("HANGUP", loser))["Hangup-Cause"] == "ORIGINATOR_CANCEL"


async def test_hold_and_scheduled_broadcast_lie(line: Line):
    assert await line.client.api("uuid_hold nosuch") == "+OK Success\n"
    assert (await line.client.api("sched_broadcast +5 nosuch x")).startswith("+OK Message scheduled")
    assert (await line.client.api("uuid_bridge nosuch other")).startswith("-ERR")


async def test_small_answers(line: Line):
    seat = await line.seat()
    assert await line.client.api(f"uuid_exists {seat}") == "true", "without an end of line"
    assert await line.client.api(f"uuid_getvar {seat} nosuch") == "_undef_"
    assert (await line.client.api("uuid_kill nosuch")).strip() == "-ERR No such channel!"
    assert (await line.client.api("nosuch")).strip() == "-ERR nosuch Command not found!"
    assert json.loads(await line.client.api("show channels as json"))["row_count"] >= 0


async def test_an_api_that_waits_holds_back_the_events_of_its_connection(line: Line):
    target = line.number("rings 1.5 s, answers")
    leg = str(uuid4())
    async with Client(line.house.switch.port, "s3cret") as other:
        await other.command(EVENTS)
        line.client.write(f"api originate {{origination_uuid={leg},ignore_early_media=true}}{target} &park()\n\n")
        await other.event("PROGRESS", leg)
        seen = [event for event in line.client.events if event.get("Unique-ID") == leg]
        assert not seen, "the other connection knows it already"
        _, body = await line.client.reply()
        assert body == f"+OK {leg}\n"
        await line.client.event("PROGRESS", leg)


async def test_the_cause_comes_twice(line: Line):
    seat = await line.seat()
    await line.client.api(f"uuid_kill {seat}")
    complete = await line.client.event("HANGUP_COMPLETE", seat)
    assert complete.all("Hangup-Cause") == ["NORMAL_CLEARING"] * 2
    hangup = await line.client.event("HANGUP", seat)
    assert hangup.all("Hangup-Cause") == ["NORMAL_CLEARING"]


async def test_only_the_channels_state_proves_a_bridge(line: Line):
    seat, call = await line.seat(), await line.contact()
    await line.talk(seat, call)
    states = {"CS_SOFT_EXECUTE", "CS_EXCHANGE_MEDIA"}
    assert {(await dump(line, leg))["Channel-State"] for leg in (seat, call)} <= states
    await line.client.api(f"uuid_kill {call}")
    await line.gone(call)
    after = await dump(line, seat)
    assert after["Channel-State"] in ("CS_PARK", "CS_EXECUTE")
    assert after.get("variable_last_bridge_to") == call, "what stays proves nothing"


async def dump(line: Line, leg: str) -> dict[str, str]:
    return json.loads(await line.client.api(f"uuid_dump {leg} json"))


async def test_a_uuid_in_use_is_out_of_order_and_an_unknown_gateway_invalid(line: Line):
    seat = await line.seat()
    target = line.number("rings 0.05 s, answers")
    result = await line.client.job(f"originate {{origination_uuid={seat}}}{target} &park()")
    assert result.strip() == "-ERR DESTINATION_OUT_OF_ORDER"
    result = await line.client.job("originate {}sofia/gateway/nosuch/78120000000 &park()")
    assert result.strip() == "-ERR INVALID_GATEWAY"
    result = await line.client.job("originate user/operator-424242@nosuch.example &park()")
    assert result.strip() == "-ERR SUBSCRIBER_ABSENT"


async def test_several_commands_are_answered_in_their_order(line: Line):
    uuids = [str(uuid4()) for _ in range(20)]
    for uuid in uuids:
        line.client.write(f"api uuid_exists {uuid}\n\napi uuid_kill {uuid}\n\n")
    answers = [(await line.client.reply())[1].strip() for _ in range(40)]
    assert answers == ["false", "-ERR No such channel!"] * 20


async def test_a_kill_gives_its_cause_to_the_job(line: Line):
    leg = str(uuid4())
    target = line.number("rings, never answers")
    headers, _ = await line.client.command(f"bgapi originate {{origination_uuid={leg},{CONTACT}}}{target} &park()")
    await line.client.event("PROGRESS", leg)
    await line.client.api(f"uuid_kill {leg} USER_BUSY")
    job = await line.client.wait(lambda e: e["Event-Name"] == "BACKGROUND_JOB" and e["Job-UUID"] == headers["Job-UUID"])
    assert job.body.strip() == "-ERR USER_BUSY"


async def test_music_is_heard_by_the_one_it_is_played_to(line: Line):
    seat, call = await line.seat(), await line.contact()
    await line.talk(seat, call)
    await line.client.api(f"uuid_transfer {seat} -both park: inline")
    await line.client.event("PARK", call, count=2)
    assert (await line.client.api(f"uuid_broadcast {call} local_stream://moh aleg")).startswith("+OK")
    await line.client.event("PLAYBACK_START", call)
    await line.talk(seat, call)
    await line.client.event("PLAYBACK_STOP", call)


async def test_a_wrong_password_is_told_and_shown_the_door(line: Line):
    async with Client(line.house.switch.port, None) as stranger:
        headers, _ = await stranger.reply()
        assert headers["Content-Type"] == "auth/request"
        headers, _ = await stranger.command("api status")
        assert headers["Reply-Text"] == "-ERR command not found"
        headers, _ = await stranger.command("auth wrong")
        assert headers["Reply-Text"] == "-ERR invalid"
        headers, _ = await stranger.reply()
        assert headers["Content-Type"] == "text/disconnect-notice"
        async with asyncio.timeout(5):
            await stranger.closed.wait()


async def test_a_registration_says_its_user_and_its_call_id(line: Line):
    if isinstance(line.house, RealHouse):
        line.client.events.clear()
        line.house.switch.unregister(line.user)
        await asyncio.wrap_future(line.house.switch.register(line.user))
    else:
        line.house.switch.unregister(line.user)
        line.house.switch.register(line.user)
    event = await line.client.wait(lambda e: e.get("Event-Subclass") == "sofia::register")
    assert event["from-user"] == line.user
    assert event["call-id"].startswith("registration-2")
    assert event["status"].startswith("Registered(")
