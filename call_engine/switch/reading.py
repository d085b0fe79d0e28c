"""Messages of the switch as events of the core. Repeated headers come as lists; the first value counts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..core import events as ev

IN_A_BRIDGE = frozenset({"CS_EXCHANGE_MEDIA", "CS_SOFT_EXECUTE"})
PARKED = frozenset({"CS_PARK", "CS_EXECUTE"})

SUBSCRIPTION = (
    "CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE "
    "CHANNEL_PARK CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY RECORD_START RECORD_STOP "
    "PLAYBACK_START PLAYBACK_STOP "
    "BACKGROUND_JOB HEARTBEAT CUSTOM sofia::register sofia::unregister sofia::expire"
)


@dataclass(frozen=True, slots=True)
class LegMessage:
    """An event about a leg: its kind in the core, and what it says besides."""

    leg: UUID
    kind: type[ev.LegEvent]
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JobMessage:
    """The result of a background job: `reason` none means +OK."""

    job: UUID
    reason: str | None


@dataclass(frozen=True, slots=True)
class RegistrationMessage:
    user: str
    registered: bool
    registration: str
    """Its Call-ID (RFC 3261, 10.2): one for as long as a page or a telephone lives, another once it is loaded again."""


Message = LegMessage | JobMessage | RegistrationMessage


def read_event(headers: Mapping[str, Any]) -> Message | None:
    """None for everything the engine has no use for, other people's channels included."""
    name = first(headers, "Event-Name")
    if name == "BACKGROUND_JOB":
        return _job(headers)
    if name == "CUSTOM":
        return _registration(headers)
    if (leg := _uuid(first(headers, "Unique-ID"))) is None:
        return None
    match name:
        case "CHANNEL_CREATE":
            return LegMessage(leg, ev.Created, {})
        case "CHANNEL_PROGRESS":
            return LegMessage(leg, ev.Progressed, {"media": False})
        case "CHANNEL_PROGRESS_MEDIA":
            return LegMessage(leg, ev.Progressed, {"media": True})
        case "CHANNEL_ANSWER":
            return LegMessage(leg, ev.Answered, {})
        case "CHANNEL_PARK":
            return LegMessage(leg, ev.Parked, {})
        case "CHANNEL_BRIDGE":
            other = _uuid(first(headers, "Other-Leg-Unique-ID") or first(headers, "Bridge-B-Unique-ID"))
            return LegMessage(leg, ev.Bridged, {"other": other}) if other is not None else None
        case "CHANNEL_UNBRIDGE":
            return LegMessage(leg, ev.Unbridged, {})
        case "CHANNEL_HANGUP" | "CHANNEL_HANGUP_COMPLETE":
            return LegMessage(leg, ev.HungUp, {"cause": first(headers, "Hangup-Cause") or "NORMAL_UNSPECIFIED"})
        case "CHANNEL_DESTROY":
            return LegMessage(leg, ev.Destroyed, {})
        case "RECORD_START" | "RECORD_STOP":
            return LegMessage(leg, ev.Recording, {"started": name == "RECORD_START"})
        case "PLAYBACK_START" | "PLAYBACK_STOP":
            return LegMessage(leg, ev.Sounding, {"on": name == "PLAYBACK_START"})
    return None


def _job(headers: Mapping[str, Any]) -> JobMessage | None:
    job = _uuid(first(headers, "Job-UUID"))
    if job is None:
        return None
    body = str(headers.get("_body") or "").strip()
    if body.startswith("+OK"):
        return JobMessage(job, None)
    return JobMessage(job, body.removeprefix("-ERR").strip() or "NORMAL_UNSPECIFIED")


def _registration(headers: Mapping[str, Any]) -> RegistrationMessage | None:
    user = first(headers, "from-user") or first(headers, "user")
    subclass = first(headers, "Event-Subclass")
    if not user or subclass not in ("sofia::register", "sofia::unregister", "sofia::expire"):
        return None
    return RegistrationMessage(user, subclass == "sofia::register", first(headers, "call-id") or "")


def read_dump(body: str) -> ev.Fact:
    """A leg by its `uuid_dump UUID json`. Only its channel state proves a bridge."""
    headers = json.loads(body)
    state, answer = headers.get("Channel-State"), headers.get("Answer-State")
    if answer == "hangup" or state in ("CS_HANGUP", "CS_REPORTING", "CS_DESTROY"):
        return ev.Fact(ev.LegState.GONE)
    bridged = state in IN_A_BRIDGE
    connectable = bridged or state in PARKED
    other = _uuid(first(headers, "Other-Leg-Unique-ID")) if bridged else None
    # Set while something is played, and unset with its end.
    playing = headers.get("variable_current_application") == "playback" and "variable_current_loop" in headers
    answered_us = int(first(headers, "Caller-Channel-Answered-Time") or 0)
    if answer == "answered":
        return ev.Fact(ev.LegState.ANSWERED, connectable, other, answered_us // 1_000 or None, playing=playing)
    return ev.Fact(ev.LegState.EARLY if answer == "early" else ev.LegState.RINGING, connectable, other)


def read_channels(body: str) -> set[str]:
    """The uuids of `show channels as json`; with no channels the answer has no rows."""
    return {row["uuid"] for row in json.loads(body).get("rows", ())}


def is_ours(body: str) -> bool:
    """Whether a dumped channel carries one of the exchange's own variables."""
    headers = json.loads(body)
    return any(headers.get(f"variable_exchange_{name}") for name in ("call", "seat", "transfer"))


def engine_token(headers: Mapping[str, Any]) -> int | None:
    """Of an event about a channel that an engine of the exchange made: that engine's fencing token."""
    token = first(headers, "variable_exchange_engine")
    return int(token) if token and token.isdecimal() else None


def first(headers: Mapping[str, Any], name: str) -> str | None:
    """A header's value; of a repeated one the first."""
    value = headers.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return None if value is None else str(value)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
