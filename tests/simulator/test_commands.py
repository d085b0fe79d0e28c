"""API commands: the ones that look, the ones that lie, recording, playback, listening in, scheduling, tables."""

from __future__ import annotations

import json
import random
import wave
from pathlib import Path

import pytest

from switch_simulator import Simulator
from switch_simulator.api.registry import names
from tests.simulator.client import Client
from tests.simulator.conftest import CONTACT, contact, seat, talk


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("uuid_kill nosuch", "-ERR No such channel!\n"),
        ("uuid_bridge nosuch other", "-ERR Invalid uuid\n"),
        ("uuid_bridge nosuch", "-USAGE: <uuid> <other_uuid>\n"),
        ("uuid_hold nosuch", "+OK Success\n"),
        ("sched_broadcast +5 nosuch x", "+OK Message scheduled\n"),
        ("sched_hangup +5 nosuch", "-ERR No such channel!\n"),
        ("sched_del nosuch", "+OK Deleted: 0\n"),
        ("uuid_broadcast nosuch x", "-ERR invalid uuid\n"),
        ("uuid_record nosuch start /x.wav", "-ERR Cannot locate session!\n"),
        ("uuid_exists nosuch", "false"),
        ("uuid_buglist nosuch", "-ERR no reply\n"),
        ("nosuch command", "-ERR nosuch Command not found!\n"),
        ("show channels as json", '{"row_count": 0}\n'),
        ("show channels count", "\n0 total.\n"),
        ("module_exists mod_sofia", "true"),
        ("global_getvar domain", "pbx.example"),
        ("eval ${domain}", "pbx.example"),
        ("sofia_contact op1@pbx.example", "sofia/internal/sip:op1@127.0.0.1:5070"),
        ("sofia_contact op9@pbx.example", "error/user_not_registered"),
        ("user_exists id op1 pbx.example", "true"),
        ("sofia status gateway nosuch", "Invalid Gateway!\n"),
        ("reloadxml", "+OK [Success]\n"),
        ("hupall", "+OK hangup all channels with cause MANAGER_REQUEST\n"),
    ],
)
async def test_answers(client: Client, command: str, answer: str) -> None:
    assert await client.api(command) == answer


async def test_variables(client: Client) -> None:
    await seat(client)
    assert await client.api("uuid_getvar seat nosuch") == "_undef_"
    assert await client.api("uuid_setvar seat exchange_call 42 and more") == "+OK\n"
    assert await client.api("uuid_getvar seat exchange_call") == "42 and more"
    assert await client.api("uuid_setvar seat exchange_call") == "+OK\n"
    assert await client.api("uuid_getvar seat exchange_call") == "_undef_"


async def test_dump_tells_a_bridge_from_a_park(client: Client) -> None:
    await seat(client)
    assert json.loads(await client.api("uuid_dump seat json"))["Channel-State"] == "CS_EXECUTE"
    await contact(client)
    await talk(client)
    states = {leg: json.loads(await client.api(f"uuid_dump {leg} json"))["Channel-State"] for leg in ("seat", "call")}
    assert states == {"seat": "CS_SOFT_EXECUTE", "call": "CS_EXCHANGE_MEDIA"}
    await client.api("uuid_kill call")
    await client.event("PARK", "seat", 2)
    dump = json.loads(await client.api("uuid_dump seat json"))
    assert dump["Channel-State"] == "CS_PARK"
    # Left over from the bridge: no proof of one.
    assert dump["variable_bridge_uuid"] == dump["Other-Leg-Unique-ID"] == "call"
    assert "Unique-ID: seat\n" in await client.api("uuid_dump seat")


async def rows(client: Client, what: str, wanted: int) -> list[dict[str, str]]:
    """A table of the core, asked again until it has so many rows: it is behind the events."""
    while True:
        table = json.loads(await client.api(f"show {what} as json"))
        if table["row_count"] == wanted:
            return table.get("rows", [])


async def test_tables_of_calls(client: Client) -> None:
    await seat(client)
    await contact(client)
    assert [r["b_uuid"] for r in await rows(client, "calls", 2)] == ["", ""]
    assert {r["uuid"]: r["callstate"] for r in await rows(client, "channels", 2)} == {
        "seat": "ACTIVE",
        "call": "ACTIVE",
    }
    await talk(client)
    (row,) = await rows(client, "calls", 1)
    assert (row["uuid"], row["b_uuid"]) == ("seat", "call")
    assert await rows(client, "bridged_calls", 1)
    await client.api("hupall")
    await rows(client, "channels", 0)


async def test_recording_leaves_a_stereo_file_as_long_as_the_time(client: Client, tmp_path: Path) -> None:
    await contact(client, variables=f"{CONTACT},RECORD_STEREO=true")
    path = tmp_path / "new" / "a.wav"
    assert await client.api(f"uuid_record call start {path}") == "+OK Success\n"
    assert (await client.event("RECORD_START", "call"))["Record-File-Path"] == str(path)
    assert await client.api(f"uuid_record call mask {path}") == "+OK Success\n"
    await client.api("msleep 300")
    assert await client.api(f"uuid_record call stop {path}") == "+OK Success\n"
    await client.event("RECORD_STOP", "call")
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getsampwidth()) == (2, 8000, 2)
        assert 0.25 < sound.getnframes() / 8000 < 2
    assert await client.api(f"uuid_record call stop {path}") == "-ERR Cannot stop record session!\n"
    assert await client.api(f"uuid_record call mask {path}") == "-ERR Cannot mask recording session!\n"
    assert await client.api("uuid_record call start /proc/x/y.wav") == "-ERR Cannot record session!\n"
    assert await client.api(f"uuid_record call start {tmp_path}/a.mp3") == "-ERR Cannot record session!\n"


async def test_recording_from_the_answer_ends_with_the_leg(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "b.wav"
    await contact(client, variables=f"{CONTACT},execute_on_answer='record_session {path}'")
    await client.api("uuid_kill call")
    await client.event("DESTROY", "call")
    names = client.names("call")
    assert (
        names.index("RECORD_START") < names.index("PARK") < names.index("RECORD_STOP") < names.index("HANGUP_COMPLETE")
    )
    assert path.stat().st_size >= 44


async def test_a_tone_plays_to_its_end(client: Client) -> None:
    await seat(client)
    await client.api("uuid_broadcast seat playback::tone_stream://%(200,0,350) aleg")
    assert (await client.event("PLAYBACK_STOP", "seat"))["Playback-Status"] == "done"


async def test_break_ends_what_never_ends(client: Client) -> None:
    await seat(client)
    await client.api("uuid_broadcast seat tone_stream://%(2000,4000,440,480);loops=-1 aleg")
    await client.event("PLAYBACK_START", "seat")
    assert await client.api("uuid_break seat all") == "+OK\n"
    await client.event("PLAYBACK_STOP", "seat")


async def test_warning_tone_reaches_both(client: Client) -> None:
    await seat(client)
    tone = r"playback::tone_stream://%(100\,50\,1400) both"
    await contact(client, variables=f"{CONTACT},execute_on_answer='sched_broadcast +1 {tone}'")
    await talk(client)
    for leg in ("seat", "call"):
        assert (await client.event("PLAYBACK_START", leg))["Playback-File-Path"] == "tone_stream://%(100,50,1400)"


async def test_listening_ends_with_its_target(simulator: Simulator, client: Client) -> None:
    await seat(client)
    await contact(client)
    await talk(client)
    assert await client.job("originate {origination_uuid=mod}user/mod1@pbx.example &eavesdrop(seat)") == "+OK mod\n"
    assert (await client.event("MEDIA_BUG_START", "seat"))["Media-Bug-Function"] == "eavesdrop"
    simulator.peer_hangs_up("call")
    await client.event("DESTROY", "call")
    assert await client.api("uuid_exists mod") == "true"
    await client.api("uuid_kill seat")
    await client.event("MEDIA_BUG_STOP", "seat")
    await client.event("DESTROY", "mod")


async def test_schedules_can_be_taken_back(client: Client) -> None:
    await contact(client)
    assert await client.api("sched_hangup +1 call") == "+OK\n"
    assert await client.api("sched_broadcast +1 call tone_stream://%(200,0,350)") == "+OK Message scheduled\n"
    assert await client.api("sched_del call") == "+OK Deleted: 2\n"
    await client.api("sched_hangup +2 call USER_BUSY")
    assert (await client.event("HANGUP", "call"))["Hangup-Cause"] == "USER_BUSY"
    assert "PLAYBACK_START" not in client.names("call")


async def test_dtmf(client: Client) -> None:
    await seat(client)
    assert await client.api("uuid_recv_dtmf seat 1") == "+OK seat received DTMF 1.\n"
    assert (await client.event("DTMF", "seat"))["DTMF-Digit"] == "1"
    assert await client.api("uuid_send_dtmf seat 5@200") == "+OK seat sent DTMF 5@200.\n"


async def test_hold_plays_to_the_other_leg(client: Client) -> None:
    await seat(client)
    await contact(client)
    await talk(client)
    await client.api("uuid_hold call")
    await client.event("HOLD", "call")
    await client.event("PLAYBACK_START", "seat")


async def test_gateway_goes_down_and_up(simulator: Simulator, client: Client) -> None:
    simulator.set_gateway("carrier", False)
    await client.wait(lambda e: e.get("Event-Subclass") == "sofia::gateway_state")
    assert await client.job("originate sofia/gateway/carrier/15559000 &park()") == "-ERR GATEWAY_DOWN\n"
    simulator.set_gateway("carrier", True)
    assert (await client.job("originate sofia/gateway/carrier/15559000 &park()")).startswith("+OK ")


_WORDS = (
    "seat",
    "nosuch",
    "start",
    "stop",
    "+1",
    "+²",
    "x=y",
    "all",
    "-both",
    "park:",
    "inline",
    "as",
    "json",
    "'",
    "{",
)


@pytest.mark.parametrize("seed", range(4))
async def test_every_command_answers_whatever_it_is_given(client: Client, seed: int) -> None:
    chance = random.Random(seed)
    await seat(client)
    for name in names():
        if name in ("msleep", "sleep", "fsctl", "originate"):
            continue
        words = chance.choices(_WORDS, k=chance.randint(0, 4))
        answer = await client.api(f"{name} {' '.join(words)}".strip())
        assert "failed in the simulator" not in answer, (name, words)
    assert await client.api("echo still there") == "still there"
