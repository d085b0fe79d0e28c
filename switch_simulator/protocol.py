"""Framing of the event socket: bytes in, commands out; replies and notices as bytes."""

from collections.abc import Iterable
from dataclasses import dataclass, field

MAX_HEAD = 64 * 1024
MAX_BODY = 4 * 1024 * 1024
GOODBYE = "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"
SHUTDOWN = "The system is being shut down.\n"


class ProtocolError(Exception):
    """The client sent something that is no command: too long, or a Content-Length that is no number."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a client: its first line, further header lines (names in lower case) and a body."""

    line: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def word(self) -> str:
        """The command's name in lower case."""
        return self.line.split(" ", 1)[0].lower()

    @property
    def argument(self) -> str:
        """All that follows the name."""
        return self.line.partition(" ")[2].strip()


class CommandParser:
    """Cuts a stream of bytes, in any packets, into commands."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: tuple[str, dict[str, str]] | None = None
        self._body_length = 0

    def feed(self, data: bytes) -> list[Command]:
        """The commands completed by `data`. Raises ProtocolError when the client cannot be understood."""
        self._buffer += data
        commands = []
        while (command := self._next()) is not None:
            commands.append(command)
        return commands

    def _next(self) -> Command | None:
        if self._head is None and not self._read_head():
            return None
        if len(self._buffer) < self._body_length:
            return None
        assert self._head is not None
        line, headers = self._head
        body = bytes(self._buffer[: self._body_length]).decode("utf-8", "replace")
        del self._buffer[: self._body_length]
        self._head, self._body_length = None, 0
        return Command(line, headers, body)

    def _read_head(self) -> bool:
        while self._buffer[:1] in (b"\n", b"\r"):
            del self._buffer[:1]
        end, width = self._end_of_head()
        if end < 0:
            if len(self._buffer) > MAX_HEAD:
                raise ProtocolError(f"a command of more than {MAX_HEAD} bytes without its empty line")
            return False
        lines = bytes(self._buffer[:end]).decode("utf-8", "replace").replace("\r", "").split("\n")
        del self._buffer[: end + width]
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > MAX_BODY:
            raise ProtocolError(f"Content-Length: {length!r} is no length up to {MAX_BODY}")
        self._head, self._body_length = (lines[0].strip(), headers), int(length)
        return True

    def _end_of_head(self) -> tuple[int, int]:
        plain, crlf = self._buffer.find(b"\n\n"), self._buffer.find(b"\n\r\n")
        if plain >= 0 and (crlf < 0 or plain < crlf):
            return plain, 2
        return crlf, 3


def message(headers: Iterable[tuple[str, str]], body: str | bytes = b"") -> bytes:
    """The bytes of one message: headers, an empty line, the body."""
    head = "".join(f"{name}: {value}\n" for name, value in headers)
    return head.encode() + b"\n" + (body.encode() if isinstance(body, str) else body)


def command_reply(text: str, *extra: tuple[str, str]) -> bytes:
    """The reply to a command that is not `api`."""
    return message([("Content-Type", "command/reply"), ("Reply-Text", text), *extra])


def api_response(body: str) -> bytes:
    """The reply to `api`: its result in the body. An empty result is told as the switch tells it."""
    data = (body or "-ERR no reply\n").encode()
    return message([("Content-Type", "api/response"), ("Content-Length", str(len(data)))], data)


def notice(content_type: str, body: str) -> bytes:
    """A message without a command: auth/request, disconnect and rejection notices."""
    if not body:
        return message([("Content-Type", content_type)])
    data = body.encode()
    return message([("Content-Type", content_type), ("Content-Length", str(len(data)))], data)
