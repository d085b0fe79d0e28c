"""Compares what came back with the transcript: by leg, in order, with the headers a call engine reads.

What the switch itself leaves open is left open: the order of events of different legs within a moment, the place
of a job's result between other events, the second half of a leg's state changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from switch_simulator.replay.replies import same_reply
from switch_simulator.replay.transcript import (
    UUID,
    Ended,
    Headers,
    Message,
    Received,
    Sent,
    Transcript,
    leg_roles,
    makes_unnamed_legs,
    named_legs,
    one,
)

# Events nearer to each other than this, of different legs, race; farther apart their order is kept.
RACE = 0.25
# The core's tables may be behind the events by so much.
TABLES_BEHIND = 0.1
# Noise of the switch that no scenario turns on.
_IGNORED = frozenset(("API", "CODEC", "PRESENCE_IN", "CALL_UPDATE", "COMMAND", "RE_SCHEDULE", "MESSAGE_QUERY"))
_HEADERS = (
    "Channel-State",
    "Channel-Call-State",
    "Answer-State",
    "Call-Direction",
    "Channel-Name",
    "Channel-Presence-ID",
    "Hangup-Cause",
    "Other-Type",
    "Other-Leg-Unique-ID",
    "Bridge-A-Unique-ID",
    "Bridge-B-Unique-ID",
    "Application",
    "Application-Data",
    "Record-File-Path",
    "Playback-File-Path",
    "Playback-File-Type",
    "Playback-Status",
    "Media-Bug-Function",
    "Media-Bug-Target",
    "DTMF-Digit",
    "Original-Channel-Call-State",
    "Caller-Unique-ID",
    "Caller-Direction",
    "Caller-ANI",
    "Caller-Orig-Caller-ID-Name",
    "Caller-Orig-Caller-ID-Number",
    "FreeSWITCH-Switchname",
    "Event-Info",
)
_VARIABLES = (
    "hangup_cause",
    "hangup_cause_q850",
    "sip_hangup_disposition",
    "sip_term_status",
    "sip_term_cause",
    "sip_invite_failure_status",
    "sip_invite_failure_phrase",
    "proto_specific_hangup_cause",
    "originate_disposition",
    "DIALSTATUS",
    "originate_failed_cause",
    "endpoint_disposition",
    "bridge_uuid",
    "signal_bond",
    "last_bridge_to",
    "last_bridge_role",
    "last_bridge_hangup_cause",
    "bridge_hangup_cause",
    "sip_gateway_name",
    "dialed_user",
    "dialed_domain",
    "uuid",
    "origination_uuid",
    "sip_redirected_to",
)
_TIMES = (
    "Caller-Channel-Created-Time",
    "Caller-Channel-Answered-Time",
    "Caller-Channel-Progress-Time",
    "Caller-Channel-Progress-Media-Time",
    "Caller-Channel-Hangup-Time",
    "Caller-Channel-Bridged-Time",
    "variable_answer_epoch",
    "variable_answer_uepoch",
    "variable_bridge_epoch",
    "variable_end_epoch",
    "variable_end_uepoch",
    "variable_progress_epoch",
    "variable_start_epoch",
)
_SECONDS = ("variable_billsec", "variable_duration")
# Variables that another leg's thread sets at the same moment: they are there or not yet.
_RACING = {"CHANNEL_PARK": ("bridge_hangup_cause", "last_bridge_hangup_cause")}
_SET_IN_ORIGINATE = re.compile(r"[{\[,]\s*([A-Za-z_][\w-]*)=")
# Pairs of different legs whose order is fixed even within a moment.
_FIXED = frozenset(
    (
        ("CHANNEL_UNPARK", "CHANNEL_BRIDGE"),
        ("CHANNEL_HANGUP", "CHANNEL_UNBRIDGE"),
        ("CHANNEL_HANGUP", "CHANNEL_PARK"),
    )
)


# How a leg ends.
_CLOSING = frozenset(
    (
        "CHANNEL_UNPARK",
        "CHANNEL_EXECUTE_COMPLETE",
        "CHANNEL_HANGUP_COMPLETE",
        "CHANNEL_DESTROY",
        "CHANNEL_STATE",
        "CHANNEL_CALLSTATE",
    )
)


@dataclass(frozen=True, slots=True)
class _Item:
    """An event of one leg, seen by one connection."""

    at: float
    index: int
    name: str
    leg: str
    event: Headers
    body: str
    json: bool = False

    def what(self) -> str:
        extra = one(self.event.get("Application")) or one(self.event.get("Hangup-Cause"))
        if self.name == "CHANNEL_STATE":
            extra = one(self.event.get("Channel-State"))
        elif self.name == "BACKGROUND_JOB":
            extra = self.body.strip().partition("\n")[0] if self.body.startswith(("+", "-")) else ""
        return " ".join(part for part in (self.leg, self.name.removeprefix("CHANNEL_"), extra) if part)


def compare(transcript: Transcript, messages: list[Message]) -> list[str]:
    """The differences, the earliest first; none when the simulator did as the switch."""
    differences = _compare_connections(transcript, messages)
    own = {name for c in transcript.commands for name in _SET_IN_ORIGINATE.findall(c.line + str(c.headers))}
    connections = sorted({m.connection for m in transcript.messages})
    for connection in connections:
        expected = _items(transcript, transcript.messages, connection)
        actual = _items(transcript, messages, connection)
        differences += _compare_legs(expected, actual, own)
        differences += _compare_order(expected, actual, transcript, messages)
    return differences


# -- replies, notices, ends ----------------------------------------------------------------------


def _compare_connections(transcript: Transcript, messages: list[Message]) -> list[str]:
    differences = []
    for connection in sorted({m.connection for m in transcript.messages}):
        expected = [m for m in transcript.messages if m.connection == connection and _is_reply(m)]
        actual = [m for m in messages if m.connection == connection and _is_reply(m)]
        lines = [c.line for c in transcript.commands if c.connection == connection]
        notices = 0
        for index, wanted in enumerate(expected):
            if index >= len(actual):
                differences.append(f"{connection}: nothing came where {_reply_text(wanted)} should")
                break
            if isinstance(wanted, Received) and not wanted.kind.endswith(("/reply", "/response")):
                notices += 1
            command = lines[index - notices] if 0 <= index - notices < len(lines) else ""
            if not _same_message(command, wanted, actual[index], _is_racing(transcript, wanted.at)):
                differences.append(
                    f"{connection}: {command[:60] or 'message'}: {_reply_text(actual[index])} "
                    f"instead of {_reply_text(wanted)}"
                )
                break
        else:
            if len(actual) > len(expected):
                differences.append(f"{connection}: {_reply_text(actual[len(expected)])} more than there should be")
    return differences


def _is_reply(message: Message) -> bool:
    if isinstance(message, Received):
        return message.event is None and message.kind != "log/data"
    return isinstance(message, Ended)


def _is_racing(transcript: Transcript, at: float) -> bool:
    """Whether some leg changed just before: tables of the core are then a matter of milliseconds."""
    return any(0 <= at - event.at < TABLES_BEHIND for event in transcript.events)


def _same_message(command: str, wanted: Message, came: Message, racing: bool) -> bool:
    if isinstance(wanted, Ended) or isinstance(came, Ended):
        return isinstance(wanted, Ended) and isinstance(came, Ended) and wanted.refused == came.refused
    if not isinstance(wanted, Received) or not isinstance(came, Received):
        return False
    return wanted.kind == came.kind and same_reply(command, wanted, came, racing)


def _reply_text(message: Message) -> str:
    if isinstance(message, Ended):
        return "a refused connection" if message.refused else "the connection's end"
    assert isinstance(message, Received)
    text = one(message.headers.get("Reply-Text")) or message.body.strip() or message.kind
    return repr(text if len(text) < 90 else text[:87] + "…")


# -- events --------------------------------------------------------------------------------------


def _items(transcript: Transcript, messages: list[Message], connection: str) -> list[_Item]:
    """The events of one connection. Jobs are named by their command's place, unnamed legs by their appearance."""
    named, unnamed = named_legs(transcript), makes_unnamed_legs(transcript)
    roles = leg_roles(messages)
    jobs: dict[str, str] = {}
    items = []
    for index, message in enumerate(messages):
        if message.connection != connection or not isinstance(message, Received):
            continue
        if message.event is None:
            if "Job-UUID" in message.headers:
                jobs[one(message.headers["Job-UUID"])] = f"job {len(jobs) + 1}"
            continue
        event = message.event
        name = one(event.get("Event-Name"))
        leg = one(event.get("Unique-ID"))
        if name in _IGNORED:
            continue
        if name == "BACKGROUND_JOB":
            leg = jobs.get(one(event.get("Job-UUID")), "a job of another connection")
        elif leg and leg not in named:
            if not unnamed or leg not in roles:
                # A leg that was there before, or one that never became a channel.
                continue
            leg = roles[leg]
        event = {n: _with_roles(v, roles) for n, v in event.items()}
        body = UUID.sub(lambda m: roles.get(m.group(), "<uuid>"), message.body)
        items.append(_Item(message.at, index, name, leg, event, body, message.kind == "text/event-json"))
    return items


def _with_roles(value: str | list[str], roles: dict[str, str]) -> str | list[str]:
    if isinstance(value, list):
        return [UUID.sub(lambda m: roles.get(m.group(), "<uuid>"), v) for v in value]
    return UUID.sub(lambda m: roles.get(m.group(), "<uuid>"), value) if "-" in value else value


def _sequence(items: list[_Item], leg: str) -> list[_Item]:
    """The events of a leg, without the one state change that the switch sometimes shows and sometimes does not."""
    found = [item for item in items if item.leg == leg]
    kept = []
    for item in found:
        state = one(item.event.get("Channel-State"))
        if (
            item.name == "CHANNEL_STATE"
            and state == "CS_CONSUME_MEDIA"
            and item.event.get("Answer-State") == "answered"
        ):
            continue
        kept.append(item)
    return kept


def _compare_legs(expected: list[_Item], actual: list[_Item], own: set[str]) -> list[str]:
    differences = []
    legs = list(dict.fromkeys(item.leg for item in expected))
    # A transcript may break off while a leg is ending; what still comes then is no difference.
    counts = {leg: len(_sequence(expected, leg)) for leg in legs}
    last = max((item.index for leg in legs for item in _sequence(actual, leg)[: counts[leg]]), default=-1)
    for leg in legs:
        wanted, came = _sequence(expected, leg), _sequence(actual, leg)
        for index, item in enumerate(wanted):
            if index >= len(came):
                differences.append(f"{item.what()} ({item.at:.2f} s) did not come")
                break
            if came[index].what() != item.what():
                differences.append(f"{came[index].what()} instead of {item.what()} ({item.at:.2f} s)")
                break
            difference = _compare_event(item, came[index], own)
            if difference:
                differences.append(f"{item.what()} ({item.at:.2f} s): {difference}")
                break
        else:
            extra = [item for item in came[len(wanted) :] if not (item.name in _CLOSING and item.index > last)]
            if extra:
                differences.append(f"{extra[0].what()} more than there should be")
    for leg in dict.fromkeys(item.leg for item in actual):
        if leg not in legs:
            extra = next(item for item in actual if item.leg == leg)
            differences.append(f"{extra.what()} more than there should be")
    return differences


def _compare_event(wanted: _Item, came: _Item, own: set[str]) -> str:
    expected, actual = wanted.event, came.event
    names = list(_HEADERS)
    has_variables = any(name.startswith("variable_") for name in expected)
    if has_variables != any(name.startswith("variable_") for name in actual):
        return "variables" + (" missing" if has_variables else " that should not be there")
    if has_variables:
        racing = _RACING.get(wanted.name, ())
        names += [f"variable_{name}" for name in (*_VARIABLES, *sorted(own)) if name not in racing]
    if wanted.name == "BACKGROUND_JOB":
        names += ["Job-Command", "Job-Command-Arg"]
        if wanted.body != came.body and not same_reply("", _as_reply(wanted), _as_reply(came)):
            return f"result {came.body!r} instead of {wanted.body!r}"
    for name in names:
        value = actual.get(name)
        if wanted.json and isinstance(value, list):
            # A key that is repeated in JSON: whoever wrote the transcript kept the last.
            value = value[-1]
        if expected.get(name) != value:
            return f"{name} {value!r} instead of {expected.get(name)!r}"
    for name in _TIMES:
        if _is_set(expected.get(name)) != _is_set(actual.get(name)):
            return f"{name} {actual.get(name)!r} where the switch has {expected.get(name)!r}"
    for name in _SECONDS:
        if name in expected and not _near(one(expected[name]), one(actual.get(name))):
            return f"{name} {one(actual.get(name))!r} instead of {one(expected[name])!r}"
    return ""


def _as_reply(item: _Item) -> Received:
    return Received(item.at, "", {}, item.body)


def _is_set(value: str | list[str] | None) -> bool:
    return one(value) not in ("", "0")


def _near(wanted: str, came: str) -> bool:
    return wanted.isdigit() and came.isdigit() and abs(int(wanted) - int(came)) <= 1


# -- order between legs --------------------------------------------------------------------------


def _compare_order(
    expected: list[_Item], actual: list[_Item], transcript: Transcript, messages: list[Message]
) -> list[str]:
    """Events of different legs, and the commands: what lay apart must not change places."""
    wanted = _places(expected, transcript.messages)
    came = dict(_places(actual, messages))
    places = [(key, item, came[key]) for key, item in wanted if key in came]
    for left, (key, item, other) in enumerate(places):
        for later_key, later, later_other in places[left + 1 :]:
            if key[0] == later_key[0] or later_other.index > other.index:
                continue
            apart = later.at - item.at > RACE and other.at - later_other.at > RACE / 10
            fixed = _is_fixed(item, later) or _is_fixed(later_other, other)
            if apart or (fixed and later.at - item.at < RACE):
                return [f"{later.what()} before {item.what()} ({item.at:.2f} s, {later.at:.2f} s)"]
    return []


def _is_fixed(first: _Item, second: _Item) -> bool:
    if (first.name, second.name) == ("CHANNEL_PARK", "CHANNEL_UNBRIDGE"):
        # The leg that hung up tells of the bridge's end after the other has parked.
        return one(second.event.get("Answer-State")) == "hangup"
    if (first.name, second.name) not in _FIXED:
        return False
    return first.leg in (one(second.event.get("Other-Leg-Unique-ID")), one(second.event.get("Bridge-B-Unique-ID")))


def _places(items: list[_Item], messages: list[Message]) -> list[tuple[tuple[str, str, int], _Item]]:
    """Each event and each command with a name that is the same on both sides."""
    counts: dict[tuple[str, str], int] = {}
    found = []
    commands = [
        _Item(m.at, i, "command", f"{m.connection} {m.line[:60]}", {}, "")
        for i, m in enumerate(messages)
        if isinstance(m, Sent)
    ]
    for item in sorted([*items, *commands], key=lambda one: one.index):
        group = (item.leg, item.name)
        counts[group] = counts.get(group, 0) + 1
        found.append(((item.leg, item.name, counts[group]), item))
    return found
