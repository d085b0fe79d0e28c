"""A transcript as it lies in its file: what a client sent, what came in, and what the people at the other end did."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

Headers = dict[str, str | list[str]]


class TranscriptError(ValueError):
    """The file is no transcript: which line, and why."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A command of the client, `at` seconds from the start."""

    at: float
    connection: str
    line: str
    headers: dict[str, str]
    body: str

    def data(self) -> bytes:
        """The bytes."""
        headers = dict(self.headers)
        if self.body:
            headers.setdefault("Content-Length", str(len(self.body.encode())))
        head = self.line + "\n" + "".join(f"{name}: {value}\n" for name, value in headers.items())
        return (head + "\n" + self.body).encode()


@dataclass(frozen=True, slots=True)
class Received:
    """A message to the client; `event` is decoded, None for replies and notices."""

    at: float
    connection: str
    headers: Headers
    body: str
    event: Headers | None = None

    @property
    def kind(self) -> str:
        """Its Content-Type."""
        return one(self.headers.get("Content-Type"))


@dataclass(frozen=True, slots=True)
class Ended:
    """The connection's end, or a connection that was refused."""

    at: float
    connection: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody at the other end of a leg does something."""

    at: float
    leg: str
    what: str


Message = Sent | Received | Ended


@dataclass(slots=True)
class Transcript:
    """One scenario."""

    name: str
    messages: list[Message]
    acts: list[Act] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)

    @property
    def commands(self) -> list[Sent]:
        """What the clients sent."""
        return [m for m in self.messages if isinstance(m, Sent)]

    @property
    def events(self) -> list[Received]:
        """The events that came."""
        return [m for m in self.messages if isinstance(m, Received) and m.event is not None]

    @property
    def password(self) -> str:
        """The one that was accepted; any other when none was."""
        waiting: dict[str, str] = {}
        for message in self.messages:
            if isinstance(message, Sent) and message.line.startswith("auth "):
                waiting[message.connection] = message.line[5:]
            elif isinstance(message, Received) and message.headers.get("Reply-Text") == "+OK accepted":
                return waiting.get(message.connection, "")
        return "the password of a transcript without one"

    @property
    def first_heartbeat(self) -> float | None:
        """When the switch's heart was first heard; None when it was not."""
        beats = [m.at for m in self.events if one((m.event or {}).get("Event-Name")) == "HEARTBEAT"]
        return beats[0] if beats else None

    @property
    def epoch(self) -> float | None:
        """The switch's clock at the start of the scenario; None without any event."""
        for message in self.events:
            stamp = one((message.event or {}).get("Event-Date-Timestamp"))
            if stamp.isdigit():
                # The switch's clock stands still for up to 20 ms: half of it is the best guess.
                return int(stamp) / 1_000_000 + 0.01 - message.at
        return None


def one(value: str | list[str] | None) -> str:
    """The first value of a header."""
    if isinstance(value, list):
        return value[0] if value else ""
    return value or ""


def read_transcript(path: Path) -> Transcript:
    """Reads one file, with what peers.json beside it says of it. Raises TranscriptError."""
    raw: list[dict[str, Any]] = []
    messages: list[Message] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            _restore(entry, raw)
            raw.append(entry)
            messages.append(_message(entry))
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise TranscriptError(f"{path}, line {number}: {error!r}") from error
    transcript = Transcript(path.name, messages)
    peers = path.with_name("peers.json")
    if peers.is_file():
        about = json.loads(peers.read_text(encoding="utf-8")).get(path.name, {})
        transcript.acts = [Act(a["t"], a["leg"], a["act"]) for a in about.get("acts", [])]
        transcript.users = dict(about.get("users", {}))
    return transcript


def _restore(entry: dict[str, Any], earlier: list[dict[str, Any]]) -> None:
    """An event stored as a difference becomes whole."""
    if "event_base" in entry:
        event = dict(earlier[entry.pop("event_base")]["event"])
        for name in entry.pop("event_del"):
            del event[name]
        event.update(entry.pop("event_set"))
        entry["event"] = event


def _message(entry: dict[str, Any]) -> Message:
    at, connection = float(entry["t"]), entry.get("conn", "c1")
    if entry.get("connect_error") or (entry.get("error") and not entry.get("closed")):
        return Ended(at, connection, refused=True)
    if entry.get("closed"):
        return Ended(at, connection)
    if entry["dir"] == "out":
        return Sent(at, connection, entry["command"], entry.get("headers") or {}, entry.get("body") or "")
    event: Headers | None = None
    body = entry.get("body") or ""
    if "event" in entry:
        event = {n: [unquote(v) for v in w] if isinstance(w, list) else unquote(w) for n, w in entry["event"].items()}
    elif "event_json" in entry:
        event = {n: v for n, v in entry["event_json"].items() if isinstance(v, str | list)}
        body = one(event.pop("_body", ""))
    return Received(at, connection, entry.get("headers") or {}, body, event)


_ORIGINATION = re.compile(r"\borigination_uuid=([^,}\]]+)")
_DIALLING = re.compile(r"\boriginate\s|execute-app-name\W+bridge")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def named_legs(transcript: Transcript) -> set[str]:
    """The uuids the client chose, apart from those that look as if the switch had."""
    found: set[str] = set()
    for command in transcript.commands:
        found.update(match.strip("' ") for match in _ORIGINATION.findall(_text(command)))
    return {name for name in found if not UUID.fullmatch(name)}


def makes_unnamed_legs(transcript: Transcript) -> bool:
    """Whether a command leaves the choice of a leg's uuid to the switch."""
    for command in transcript.commands:
        text = _text(command)
        names = _ORIGINATION.findall(text)
        if _DIALLING.search(text) and not [n for n in names if not UUID.fullmatch(n.strip("' "))]:
            return True
    return False


def _text(command: Sent) -> str:
    return "\n".join((command.line, *(f"{n}: {v}" for n, v in command.headers.items()), command.body))


def leg_roles(messages: list[Message]) -> dict[str, str]:
    """Legs whose uuid the switch chose, by their first appearance: the same role has another uuid each time."""
    roles: dict[str, str] = {}
    for message in messages:
        if not isinstance(message, Received):
            continue
        event = message.event or {}
        if one(event.get("Event-Name")) == "CHANNEL_DESTROY" and one(event.get("Channel-State")) == "CS_NONE":
            continue
        leg = one(event.get("Unique-ID"))
        if not leg and message.body.startswith("+OK "):
            leg = message.body[4:].strip()
        if UUID.fullmatch(leg):
            roles.setdefault(leg, f"other {len(roles) + 1}")
    return roles


def find_transcripts(paths: list[Path]) -> list[Path]:
    """The files of a list of files and folders, by name."""
    files: list[Path] = []
    for path in paths:
        files += sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    return files
