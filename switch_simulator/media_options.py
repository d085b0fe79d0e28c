"""What the media side needs to know. Apart from it, so that a simulator without sound loads none of its packages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SOUNDS = Path(__file__).parents[1] / "freeswitch" / "sounds"


class Directory(Protocol):
    async def a1_hash(self, user: str, domain: str) -> str | None:
        """MD5 of `user:realm:password` (RFC 2617); none for somebody who has no password now."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class MediaOptions:
    """`port`: of the pages' WebSocket, 0 takes a free one. `sounds`: what the switch plays by relative names."""

    directory: Directory
    host: str = "127.0.0.1"
    port: int = 0
    sounds: Path = SOUNDS
