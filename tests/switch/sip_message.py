"""SIP messages as text (RFC 3261), as far as the telephones of these tests need them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from uuid import uuid4

PHRASES = {
    100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 302: "Moved Temporarily", 404: "Not Found",
    405: "Method Not Allowed", 480: "Temporarily Unavailable", 486: "Busy Here", 487: "Request Terminated",
    503: "Service Unavailable", 603: "Decline",
}  # fmt: skip
LONG_NAMES = {
    "i": "Call-ID",
    "v": "Via",
    "f": "From",
    "t": "To",
    "m": "Contact",
    "c": "Content-Type",
    "l": "Content-Length",
}


class NoMessage(ValueError):
    """Bytes that are no SIP message."""


@dataclass
class Message:
    """A request or a response."""

    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @property
    def status(self) -> int:
        """0 of a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """Of a request, or of the request that a response answers."""
        return self.get("CSeq").split()[1] if self.status else self.start.split()[0]

    @property
    def user(self) -> str:
        """Whom a request is for."""
        found = re.match(r"\S+ sips?:([^@;>]+)@", self.start)
        return found[1] if found else ""

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def encode(self) -> bytes:
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        lines.append(f"Content-Length: {len(self.body.encode())}")
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


def parse(data: bytes) -> Message:
    """Raises NoMessage."""
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    if "SIP/2.0" not in start:
        raise NoMessage(start[:40])
    headers = []
    for line in lines:
        name, _, value = line.partition(":")
        headers.append((LONG_NAMES.get(name.strip().lower(), name.strip()), value.strip()))
    return Message(start, [pair for pair in headers if pair[0].lower() != "content-length"], body)


def response(
    to: Message, status: int, *, tag: str = "", extra: list[tuple[str, str]] | None = None, body: str = ""
) -> Message:
    """The answer to a request, with our tag in To."""
    headers = [("Via", via) for via in to.all("Via")]
    headers += [("Record-Route", route) for route in to.all("Record-Route")]
    called = to.get("To")
    if tag and ";tag=" not in called:
        called += f";tag={tag}"
    headers += [("From", to.get("From")), ("To", called), ("Call-ID", to.get("Call-ID")), ("CSeq", to.get("CSeq"))]
    return Message(f"SIP/2.0 {status} {PHRASES[status]}", headers + (extra or []), body)


def uri_in(value: str) -> str:
    """The address in a From, To or Contact."""
    found = re.search(r"<([^>]+)>", value)
    return found[1] if found else value.split(";")[0]


def branch() -> str:
    return f"z9hG4bK{uuid4().hex[:16]}"


def digest(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The Authorization for a challenge (RFC 2617, MD5, qop auth)."""
    asked = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge.partition(" ")[2]))
    realm, nonce, cnonce, count = asked["realm"], asked["nonce"], uuid4().hex[:12], "00000001"
    one = _md5(f"{user}:{realm}:{password}")
    two = _md5(f"{method}:{uri}")
    answer = _md5(f"{one}:{nonce}:{count}:{cnonce}:auth:{two}") if "qop" in asked else _md5(f"{one}:{nonce}:{two}")
    quality = f', qop=auth, nc={count}, cnonce="{cnonce}"' if "qop" in asked else ""
    who = f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}"'
    return f'{who}, response="{answer}", algorithm=MD5{quality}'


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def sdp(host: str, port: int) -> str:
    """An offer or answer of G.711 A-law and µ-law."""
    return (
        f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n"
    )


def media_address(body: str) -> tuple[str, int] | None:
    """Where the other side wants its sound."""
    host, port = re.search(r"^c=IN IP4 (\S+)", body, re.M), re.search(r"^m=audio (\d+)", body, re.M)
    return (host[1], int(port[1])) if host and port else None
