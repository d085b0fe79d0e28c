"""The event socket itself: greeting, replies, framing, forms of events, connections that end."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch_simulator import Simulator
from switch_simulator.events import Event, encode_value
from switch_simulator.protocol import Command, CommandParser, ProtocolError
from tests.simulator.client import Client
from tests.simulator.conftest import seat


async def test_greets_and_accepts_the_password(simulator: Simulator) -> None:
    async with Client(simulator.port, None) as client:
        assert (await client.reply())[0] == {"Content-Type": "auth/request"}
        assert (await client.command("auth ClueCon"))[0]["Reply-Text"] == "+OK accepted"


async def test_wrong_password_gets_a_notice_and_the_end(simulator: Simulator) -> None:
    async with Client(simulator.port, None) as client:
        await client.reply()
        assert (await client.command("auth wrong"))[0]["Reply-Text"] == "-ERR invalid"
        headers, body = await client.reply()
        assert headers["Content-Type"] == "text/disconnect-notice"
        assert body.startswith("Disconnected, goodbye.\n")
        await asyncio.wait_for(client.closed.wait(), 5)


async def test_command_before_auth_is_refused_and_the_connection_stays(simulator: Simulator) -> None:
    async with Client(simulator.port, None) as client:
        await client.reply()
        assert (await client.command("api status"))[0]["Reply-Text"] == "-ERR command not found"
        assert (await client.command("auth ClueCon"))[0]["Reply-Text"] == "+OK accepted"


async def test_address_outside_of_the_access_list_is_rejected() -> None:
    async with Simulator(allow="192.0.2.0/24") as simulator, Client(simulator.port, None) as client:
        headers, body = await client.reply()
        assert (headers["Content-Type"], body) == ("text/rude-rejection", "Access Denied, go away.\n")
        assert (await client.reply())[0]["Content-Type"] == "text/disconnect-notice"
        await asyncio.wait_for(client.closed.wait(), 5)


async def test_exit_says_goodbye(client: Client) -> None:
    assert (await client.command("exit"))[0]["Reply-Text"] == "+OK bye"
    assert (await client.reply())[0]["Content-Type"] == "text/disconnect-notice"
    await asyncio.wait_for(client.closed.wait(), 5)


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("bogus", "-ERR command not found"),
        ("api", "-ERR command not found"),
        ("noevents", "+OK no longer listening for events"),
        ("event json CHANNEL_CREATE", "+OK event listener enabled json"),
        ("event plain nothing_known", "-ERR no keywords supplied"),
        ("nixevent CHANNEL_CREATE", "+OK events nixed"),
        ("myevents abc", "+OK Events Enabled"),
        ("log 7", "+OK log level 7 [7]"),
        ("nolog", "+OK no longer logging"),
        ("linger", "-ERR not controlling a session"),
        ("filter Event-Name CHANNEL_ANSWER", "+OK filter added. [Event-Name]=[CHANNEL_ANSWER]"),
        ("filter delete all", "+OK filter deleted. [all][]"),
        ("sendmsg nosuch\ncall-command: hangup", "-ERR invalid session id [nosuch]"),
    ],
)
async def test_replies(client: Client, command: str, reply: str) -> None:
    assert (await client.command(command))[0]["Reply-Text"] == reply


async def test_commands_sent_together_are_answered_in_order(client: Client) -> None:
    client.write("".join(f"api echo {n}\n\n" for n in range(50)) + "bgapi echo x\nJob-UUID: mine\n\nnolog\n\n")
    for n in range(50):
        assert (await client.reply())[1] == str(n)
    assert (await client.reply())[0]["Job-UUID"] == "mine"
    assert (await client.reply())[0]["Reply-Text"] == "+OK no longer logging"


async def test_bytes_may_come_one_by_one(client: Client) -> None:
    for byte in "api echo slow\r\n\r\napi echo ly\n\n":
        client.write(byte)
        await client.writer.drain()
        await asyncio.sleep(0)
    assert (await client.reply())[1] == "slow"
    assert (await client.reply())[1] == "ly"


async def test_a_slow_api_holds_back_the_events_of_its_connection_only(simulator: Simulator, client: Client) -> None:
    async with Client(simulator.port) as other:
        await other.command("event plain CHANNEL_ANSWER BACKGROUND_JOB")
        client.write("api msleep 600\n\n")
        await other.job("originate {origination_uuid=seat}user/op1@pbx.example &park()")
        assert not client.events and client.replies.empty()
        assert (await client.reply())[1] == "+OK"
        await client.event("ANSWER", "seat")


async def test_filters_let_through_what_matches(client: Client) -> None:
    await client.command("filter Unique-ID two")
    await client.command("filter Event-Name BACKGROUND_JOB")
    await client.job("originate {origination_uuid=one}user/op1@pbx.example &park()")
    await client.job("originate {origination_uuid=two}user/op2@pbx.example &park()")
    await client.event("PARK", "two")
    assert client.names("one") == []


async def test_json_has_the_repeated_header_twice(client: Client) -> None:
    await client.command("event json CHANNEL_HANGUP_COMPLETE BACKGROUND_JOB")
    await client.job("originate {origination_uuid=s}user/op1@pbx.example &park()")
    await client.api("uuid_kill s")
    event = await client.event("HANGUP_COMPLETE", "s")
    assert event.all("Hangup-Cause") == ["NORMAL_CLEARING", "NORMAL_CLEARING"]


async def test_a_client_that_does_not_read_loses_events_and_then_its_connection(simulator: Simulator) -> None:
    from switch_simulator import connection

    reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
    writer.write(b"auth ClueCon\n\nevent plain ALL\n\n")
    await reader.readuntil(b"enabled plain\n\n")
    served = next(iter(simulator._connections))
    served.pause_writing()
    event = Event("HEARTBEAT", [("Event-Name", "HEARTBEAT")])
    for _ in range(connection.MAX_QUEUED_EVENTS + connection.MAX_DROPPED_EVENTS):
        served.take(event)
    assert served._transport is not None and not served._transport.is_closing()
    served.take(event)
    assert served._transport.is_closing()
    writer.close()


async def test_shutdown_hangs_up_first_and_then_gives_notice(simulator: Simulator, client: Client) -> None:
    await seat(client)
    assert await client.api("fsctl shutdown") == "+OK\n"
    await client.event("SHUTDOWN")
    assert (await client.event("HANGUP", "seat"))["Hangup-Cause"] == "SYSTEM_SHUTDOWN"
    await client.event("DESTROY", "seat")
    assert await client.reply() == (
        {"Content-Type": "text/disconnect-notice", "Content-Length": "31"},
        "The system is being shut down.\n",
    )
    await asyncio.wait_for(simulator.stopped.wait(), 5)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", simulator.port)


_line = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1).map(str.strip).filter(bool)


@pytest.mark.prototype_flaw
@given(st.lists(st.tuples(_line, st.text(max_size=40)), max_size=6), st.randoms(use_true_random=False))
def test_commands_survive_any_packets(commands: list[tuple[str, str]], random) -> None:
    data = b""
    for line, body in commands:
        encoded = body.encode()
        data += line.encode() + (b"\nContent-Length: %d" % len(encoded)) + b"\n\n" + encoded
    parser, found = CommandParser(), []
    while data:
        size = random.randint(1, len(data))
        found += parser.feed(data[:size])
        data = data[size:]
    assert [(c.line, c.body) for c in found] == commands


@pytest.mark.parametrize("data", [b"x" * 70_000, b"sendevent X\nContent-Length: many\n\n"])
def test_what_is_no_command_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        CommandParser().feed(data)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r")))
def test_a_value_survives_both_forms(value: str) -> None:
    from urllib.parse import unquote

    assert unquote(encode_value(value)) == value
    event = Event("X", [("Event-Name", "X"), ("A", value)], "body\n")
    assert json.loads(event.json_text())["A"] == value
    assert event.text().endswith("Content-Length: 5\n\nbody\n")


def test_command_words() -> None:
    command = Command("BGAPI originate  x")
    assert (command.word, command.argument) == ("bgapi", "originate  x")
