"""What happens to legs: each test is a claim of freeswitch/FACTS.md or of the manifest of the transcripts."""

from __future__ import annotations

import asyncio

import pytest

from switch_simulator import Simulator
from tests.simulator.client import Client
from tests.simulator.conftest import CONTACT, EVENTS, SEAT, contact, seat, talk


def index(client: Client, name: str, leg: str) -> int:
    """Where the first event of this kind stands among all that came."""
    names = [(e["Event-Name"].removeprefix("CHANNEL_"), e.get("Unique-ID")) for e in client.events]
    return names.index((name, leg))


async def test_seat_up_and_down(client: Client) -> None:
    await seat(client)
    assert client.names("seat") == ["CREATE", "PROGRESS", "ANSWER", "PARK"]
    assert await client.api("uuid_kill seat") == "+OK\n"
    await client.event("DESTROY", "seat")
    assert client.names("seat")[4:] == ["HANGUP", "UNPARK", "HANGUP_COMPLETE", "DESTROY"]
    assert await client.api("uuid_exists seat") == "false"


async def test_the_job_is_told_before_the_park(client: Client) -> None:
    await seat(client)
    names = [e["Event-Name"] for e in client.events]
    assert names.index("CHANNEL_ANSWER") < names.index("BACKGROUND_JOB") < names.index("CHANNEL_PARK")


async def test_hangup_complete_has_the_cause_twice_and_the_figures(client: Client) -> None:
    await contact(client, variables=CONTACT + ",exchange_call=4711")
    await client.api("uuid_kill call")
    event = await client.event("HANGUP_COMPLETE", "call")
    assert event.all("Hangup-Cause") == ["NORMAL_CLEARING", "NORMAL_CLEARING"]
    assert event["variable_exchange_call"] == "4711"
    assert event["variable_sip_hangup_disposition"] == "send_bye"
    assert int(event["variable_answer_epoch"]) <= int(event["variable_end_epoch"])
    assert int(event["variable_end_uepoch"]) - int(event["variable_answer_uepoch"]) == int(event["variable_billusec"])


async def test_bridge_and_the_contact_hangs_up(simulator: Simulator, client: Client) -> None:
    await seat(client)
    await contact(client)
    await talk(client)
    bridge = await client.event("BRIDGE", "seat")
    assert (bridge["Bridge-A-Unique-ID"], bridge["Bridge-B-Unique-ID"]) == ("seat", "call")
    assert bridge["Other-Leg-Unique-ID"] == "call"
    assert max(index(client, "UNPARK", "seat"), index(client, "UNPARK", "call")) < index(client, "BRIDGE", "seat")
    simulator.peer_hangs_up("call")
    await client.event("DESTROY", "call")
    await client.event("PARK", "seat", 2)
    assert client.names("seat")[-3:] == ["BRIDGE", "UNBRIDGE", "PARK"]
    assert (await client.event("HANGUP_COMPLETE", "call"))["variable_sip_hangup_disposition"] == "recv_bye"
    assert client.names("call").count("BRIDGE") == 0


async def test_second_park_has_no_execute(client: Client) -> None:
    await client.command("event plain CHANNEL_EXECUTE")
    await seat(client)
    await contact(client)
    await talk(client)
    await client.api("uuid_kill call")
    await client.event("PARK", "seat", 2)
    assert (await client.event("PARK", "seat", 2))["Channel-State"] == "CS_PARK"
    executed = [
        e["Application"] for e in client.events if e["Event-Name"] == "CHANNEL_EXECUTE" and e["Unique-ID"] == "seat"
    ]
    assert executed == ["park", "uuid_bridge"]


async def test_operator_lost_parks_the_contact_before_the_unbridge(simulator: Simulator, client: Client) -> None:
    await seat(client)
    await contact(client)
    await talk(client)
    simulator.peer_hangs_up("seat")
    await client.event("DESTROY", "seat")
    await client.event("PARK", "call", 2)
    parks = [i for i, e in enumerate(client.events) if e["Event-Name"] == "CHANNEL_PARK" and e["Unique-ID"] == "call"]
    assert index(client, "HANGUP", "seat") < parks[1] < index(client, "UNBRIDGE", "seat")
    assert await client.api("uuid_exists call") == "true"


async def test_without_park_after_bridge_the_contact_is_hung_up(simulator: Simulator, client: Client) -> None:
    await seat(client)
    await contact(client, variables="ignore_early_media=true")
    await talk(client)
    simulator.peer_hangs_up("seat")
    assert (await client.event("HANGUP", "call"))["Hangup-Cause"] == "NORMAL_CLEARING"
    await client.event("DESTROY", "call")


@pytest.mark.parametrize(
    ("number", "cause", "status"),
    [
        ("15550102", "USER_BUSY", "486"),
        ("15550104", "CALL_REJECTED", "603"),
        ("15550106", "UNALLOCATED_NUMBER", "404"),
        ("15550107", "NO_USER_RESPONSE", "480"),
        ("15550109", "NORMAL_TEMPORARY_FAILURE", "503"),
        ("15550113", "UNALLOCATED_NUMBER", "404"),
        ("15550114", "CALL_REJECTED", "403"),
        ("15550115", "INVALID_NUMBER_FORMAT", "484"),
        ("15550116", "NORMAL_TEMPORARY_FAILURE", "500"),
        ("+15550117", "RECOVERY_ON_TIMER_EXPIRE", "408"),
        ("+7 495 5550117".replace(" ", ""), "RECOVERY_ON_TIMER_EXPIRE", "408"),
    ],
)
async def test_refusals(client: Client, number: str, cause: str, status: str) -> None:
    dial = f"originate {{origination_uuid=call,{CONTACT}}}sofia/gateway/carrier/{number} &park()"
    assert await client.job(dial) == f"-ERR {cause}\n"
    event = await client.event("HANGUP_COMPLETE", "call")
    assert event.all("Hangup-Cause") == [cause, cause]
    assert event["variable_sip_term_status"] == event["variable_sip_invite_failure_status"] == status
    assert event["variable_sip_hangup_disposition"] == "recv_refuse"
    assert event["variable_answer_epoch"] == event["variable_billsec"] == "0"


@pytest.mark.parametrize(
    ("dial", "cause"),
    [
        ("sofia/gateway/nosuch/1", "INVALID_GATEWAY"),
        ("sofia/gateway/deadcarrier/1", "GATEWAY_DOWN"),
        ("sofia/nosuch/1", "INVALID_PROFILE"),
        ("user/op9@pbx.example", "SUBSCRIBER_ABSENT"),
        ("user/mgr2@pbx.example", "USER_NOT_REGISTERED"),
        ("error/USER_BUSY", "USER_BUSY"),
        ("nosuch/1", "CHAN_NOT_IMPLEMENTED"),
    ],
)
async def test_what_fails_at_once_has_no_create(client: Client, dial: str, cause: str) -> None:
    assert await client.job(f"originate {{origination_uuid=x}}{dial} &park()") == f"-ERR {cause}\n"
    assert set(client.names("x")) <= {"DESTROY"}


async def test_uuid_in_use(client: Client) -> None:
    await seat(client)
    assert await client.job("originate {origination_uuid=seat}user/op2 &park()") == "-ERR DESTINATION_OUT_OF_ORDER\n"
    assert await client.api("uuid_exists seat") == "true"


@pytest.mark.parametrize(
    ("variables", "leg", "number", "cause"),
    [
        ("originate_timeout=2", "", "15550103", "NO_ANSWER"),
        ("originate_timeout=1,ignore_early_media=true", "", "15559001", "NO_ANSWER"),
        ("", "[leg_timeout=1]", "15550103", "ALLOTTED_TIMEOUT"),
        ("progress_timeout=1,originate_timeout=9", "", "15550110", "PROGRESS_TIMEOUT"),
    ],
)
async def test_limits_of_ringing(client: Client, variables: str, leg: str, number: str, cause: str) -> None:
    dial = f"originate {{origination_uuid=call,{variables}}}{leg}sofia/gateway/carrier/{number} &park()"
    assert await client.job(dial) == f"-ERR {cause}\n"
    assert (await client.event("HANGUP_COMPLETE", "call"))["variable_sip_hangup_disposition"] == "send_cancel"


async def test_positional_timeout(client: Client) -> None:
    dial = "originate {origination_uuid=call}sofia/gateway/carrier/15550103 &park() XML default Exchange 15550199 1"
    assert await client.job(dial) == "-ERR NO_ANSWER\n"
    assert (await client.event("CREATE", "call"))["Caller-Caller-ID-Number"] == "15550199"


async def test_call_timeout_is_ignored(simulator: Simulator, client: Client) -> None:
    simulator.set_number_behaviour("15559004", "rings 1.2 s, answers")
    dial = "originate {origination_uuid=call,call_timeout=1}sofia/gateway/carrier/15559004 &park()"
    assert await client.job(dial) == "+OK call\n"


async def test_cancel_while_ringing(client: Client) -> None:
    job = asyncio.create_task(
        client.job(f"originate {{origination_uuid=call,{CONTACT}}}sofia/gateway/carrier/15550103 &park()")
    )
    await client.event("PROGRESS", "call")
    assert await client.api("uuid_kill call LOSE_RACE") == "+OK\n"
    assert await job == "-ERR LOSE_RACE\n"
    assert (await client.event("HANGUP_COMPLETE", "call"))["Hangup-Cause"] == "LOSE_RACE"


async def test_bridging_a_ringing_leg_kills_both(client: Client) -> None:
    await seat(client)
    job = asyncio.create_task(
        client.job(f"originate {{origination_uuid=call,{CONTACT}}}sofia/gateway/carrier/15550103 &park()")
    )
    await client.event("PROGRESS", "call")
    assert await client.api("uuid_bridge seat call") == "+OK call\n"
    assert await job == "-ERR ORIGINATOR_CANCEL\n"
    assert (await client.event("HANGUP_COMPLETE", "call"))["Hangup-Cause"] == "DESTINATION_OUT_OF_ORDER"
    assert (await client.event("HANGUP_COMPLETE", "seat"))["Hangup-Cause"] == "ORIGINATOR_CANCEL"


async def test_early_media_ends_the_job_and_the_answer_comes_in_the_bridge(client: Client) -> None:
    await seat(client)
    await contact(client, number="15559002", variables="ignore_early_media=false,park_after_bridge=true")
    assert (await client.event("PARK", "call"))["Answer-State"] == "early"
    await talk(client)
    answer = await client.event("ANSWER", "call")
    assert answer["Other-Leg-Unique-ID"] == "seat"
    assert client.names("seat").count("BRIDGE") == 1


@pytest.mark.parametrize(
    ("variables", "survives"),
    [
        ("park_after_bridge=true,hangup_after_bridge=false", False),
        ("park_after_bridge=true,park_after_early_bridge=true", False),
        ("park_after_bridge=true,continue_on_fail=true", False),
        (SEAT, True),
    ],
)
async def test_end_in_early_media_takes_the_seat_along(client: Client, variables: str, survives: bool) -> None:
    await seat(client, variables=variables)
    await contact(client, number="15559003", variables="ignore_early_media=false,park_after_bridge=true")
    await talk(client)
    assert (await client.event("HANGUP_COMPLETE", "call"))["Hangup-Cause"] == "USER_BUSY"
    if survives:
        await client.event("PARK", "seat", 2)
        assert "HANGUP" not in client.names("seat")
    else:
        await client.event("DESTROY", "seat")


async def test_limits_of_early_media_and_of_the_call(client: Client) -> None:
    limits = (
        "execute_on_media='sched_hangup +30 NO_ANSWER',execute_on_answer_1='sched_cancel',"
        "execute_on_answer_2='sched_hangup +1 allotted_timeout'"
    )
    await contact(client, number="15559002", variables=f"park_after_bridge=true,{limits}")
    assert (await client.event("HANGUP", "call"))["Hangup-Cause"] == "ALLOTTED_TIMEOUT"
    assert "ANSWER" in client.names("call")


async def test_bridge_answer_timeout_of_the_contact(client: Client) -> None:
    await seat(client)
    await contact(client, number="15559001", variables="park_after_bridge=true,bridge_answer_timeout=1")
    await talk(client)
    assert (await client.event("HANGUP", "call"))["Hangup-Cause"] == "ALLOTTED_TIMEOUT"
    await client.event("PARK", "seat", 2)


async def test_the_limit_of_a_call_outlives_its_client(simulator: Simulator, client: Client) -> None:
    await seat(client)
    await contact(client, variables=f"{CONTACT},execute_on_answer='sched_hangup +2 allotted_timeout'")
    await talk(client)
    client.writer.transport.abort()
    async with Client(simulator.port) as other:
        await other.command(EVENTS)
        assert await other.api("uuid_exists call") == "true"
        assert (await other.event("HANGUP", "call"))["Hangup-Cause"] == "ALLOTTED_TIMEOUT"
        await other.event("PARK", "seat")


async def test_media_timeout_ends_a_leg_that_has_vanished(simulator: Simulator, client: Client) -> None:
    await seat(client, variables=f"{SEAT},media_timeout=200")
    simulator.media_stops("seat")
    assert (await client.event("HANGUP", "seat"))["Hangup-Cause"] == "MEDIA_TIMEOUT"


async def test_a_browser_that_closes_unregisters_and_its_leg_goes_on(simulator: Simulator, client: Client) -> None:
    await seat(client)
    simulator.unregister("op1")
    event = await client.wait(lambda e: e.get("Event-Subclass") == "sofia::unregister")
    assert (event["from-user"], event["reason"]) == ("op1", "socket-disconnection")
    assert await client.api("uuid_exists seat") == "true"
    assert await client.job("originate user/op1@pbx.example &park()") == "-ERR USER_NOT_REGISTERED\n"
    simulator.register("op1")
    await client.wait(lambda e: e.get("Event-Subclass") == "sofia::register")
    assert (await client.job("originate user/op1@pbx.example &park()")).startswith("+OK ")


# -- the application bridge ----------------------------------------------------------------------


async def run_bridge(client: Client, dial: str) -> None:
    headers, _ = await client.command(
        f"sendmsg seat\ncall-command: execute\nexecute-app-name: bridge\nexecute-app-arg: {dial}\nevent-uuid: dial-1"
    )
    assert headers["Reply-Text"] == "+OK"


async def test_bridge_application(simulator: Simulator, client: Client) -> None:
    await client.command("event plain CHANNEL_EXECUTE_COMPLETE")
    await seat(client)
    await run_bridge(client, "{origination_uuid=call,originate_timeout=4}sofia/gateway/carrier/15559000")
    assert (await client.event("BRIDGE", "seat"))["variable_originate_disposition"] == "SUCCESS"
    simulator.peer_hangs_up("call")
    await client.event("PARK", "seat", 2)
    assert client.names("seat")[-5:] == ["UNBRIDGE", "EXECUTE_COMPLETE", "UNPARK", "EXECUTE_COMPLETE", "PARK"]


async def test_bridge_application_to_a_busy_number(client: Client) -> None:
    await client.command("event plain CHANNEL_EXECUTE_COMPLETE")
    await seat(client)
    await run_bridge(client, "{origination_uuid=call}sofia/gateway/carrier/15550102")
    event = await client.event("EXECUTE_COMPLETE", "seat")
    assert (event["Application"], event["Application-UUID"]) == ("bridge", "dial-1")
    assert event["variable_originate_disposition"] == "USER_BUSY"
    assert "UNPARK" not in client.names("seat")


async def test_bridge_application_without_continue_on_fail_ends_the_seat(client: Client) -> None:
    await seat(client, variables="park_after_bridge=true")
    await run_bridge(client, "{origination_uuid=call}sofia/gateway/carrier/15550106")
    assert (await client.event("HANGUP", "seat"))["Hangup-Cause"] == "UNALLOCATED_NUMBER"


async def test_operator_lost_while_it_rings_cancels_the_contact(simulator: Simulator, client: Client) -> None:
    await seat(client)
    await run_bridge(client, "{origination_uuid=call}sofia/gateway/carrier/15550103")
    await client.event("PROGRESS", "call")
    simulator.peer_hangs_up("seat")
    assert (await client.event("HANGUP", "call"))["Hangup-Cause"] == "ORIGINATOR_CANCEL"
    await client.event("DESTROY", "seat")
    await client.event("DESTROY", "call")


# -- warm transfer -------------------------------------------------------------------------------


async def consult(client: Client) -> None:
    """Seat and contact talked, the contact hears music, seat and manager talk."""
    await seat(client)
    await contact(client)
    await talk(client)
    assert await client.api("uuid_transfer seat -both park: inline") == "+OK\n"
    assert await client.api("uuid_broadcast call local_stream://moh aleg") == "+OK Message sent\n"
    await client.event("PARK", "call", 2)
    await client.event("PARK", "seat", 2)
    await client.event("PLAYBACK_START", "call")
    dial = (
        "originate {origination_uuid=mgr,park_after_bridge=true,ignore_early_media=true}user/mgr1@pbx.example &park()"
    )
    assert await client.job(dial) == "+OK mgr\n"
    await talk(client, "seat", "mgr")


async def test_transfer_completes_with_one_command(client: Client) -> None:
    await consult(client)
    await talk(client, "call", "mgr")
    await client.event("PARK", "seat", 3)
    assert client.names("call")[-3:] == ["PLAYBACK_STOP", "UNPARK", "BRIDGE"]
    assert client.names("seat")[-3:] == ["BRIDGE", "UNBRIDGE", "PARK"]
    assert (await client.event("PLAYBACK_STOP", "call"))["Playback-Status"] == "done"


async def test_transfer_is_taken_back_with_one_command(client: Client) -> None:
    await consult(client)
    await talk(client, "seat", "call")
    await client.event("PARK", "mgr", 2)
    assert client.names("seat")[-3:] == ["BRIDGE", "UNBRIDGE", "BRIDGE"]


async def test_completed_transfer_set_free_ends_by_itself(simulator: Simulator, client: Client) -> None:
    await consult(client)
    for leg in ("call", "mgr"):
        assert await client.api(f"uuid_setvar {leg} park_after_bridge") == "+OK\n"
    await talk(client, "call", "mgr")
    simulator.peer_hangs_up("mgr")
    await client.event("DESTROY", "call")
    await client.event("DESTROY", "mgr")
    assert await client.api("uuid_exists seat") == "true"


async def test_contact_leaves_in_the_consultation(simulator: Simulator, client: Client) -> None:
    await consult(client)
    simulator.peer_hangs_up("call")
    await client.event("DESTROY", "call")
    assert await client.api("uuid_bridge call mgr") == "-ERR Invalid uuid\n"
    assert client.names("seat").count("UNBRIDGE") == 1


async def test_operator_lost_in_the_consultation(simulator: Simulator, client: Client) -> None:
    await consult(client)
    simulator.peer_hangs_up("seat")
    await client.event("PARK", "mgr", 2)
    await talk(client, "call", "mgr")


async def test_manager_leaves_in_the_consultation(simulator: Simulator, client: Client) -> None:
    await consult(client)
    simulator.peer_hangs_up("mgr")
    await client.event("PARK", "seat", 3)
    await talk(client, "seat", "call")


async def test_a_leg_that_dies_between_command_and_bridge(simulator: Simulator, client: Client) -> None:
    await seat(client)
    await contact(client)
    assert await client.api("uuid_bridge seat call") == "+OK call\n"
    simulator.peer_hangs_up("call")
    await client.event("DESTROY", "call")
    await client.event("DESTROY", "seat")
    assert "BRIDGE" not in client.names("seat")
