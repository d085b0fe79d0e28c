"""Digest sign-in (RFC 2617, MD5, qop=auth) with nonces that end."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

NONCE_S = 300.0
MOST_NONCES = 10_000


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class Nonces:
    """Given out once each, good for NONCE_S; the oldest are forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._given: OrderedDict[str, float] = OrderedDict()

    def new(self) -> str:
        nonce = secrets.token_hex(16)
        self._given[nonce] = self._clock()
        while len(self._given) > MOST_NONCES:
            self._given.popitem(last=False)
        return nonce

    def holds(self, nonce: str) -> bool:
        given = self._given.get(nonce)
        return given is not None and self._clock() - given < NONCE_S


def response(a1: str, method: str, said: dict[str, str]) -> str:
    """What the client has to say, given the hash of its password."""
    a2 = md5(f"{method}:{said.get('uri', '')}")
    parts = (a1, said.get("nonce", ""), said.get("nc", ""), said.get("cnonce", ""), said.get("qop", ""), a2)
    return md5(":".join(parts))


def fits(a1: str, method: str, said: dict[str, str]) -> bool:
    return said.get("qop") == "auth" and secrets.compare_digest(
        response(a1, method, said).encode(), said.get("response", "").encode()
    )
