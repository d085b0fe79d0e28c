"""Requests of our own programs, the switch above all: Basic auth in constant time, bodies of limited length."""

import base64
import binascii
import hmac

from pydantic import SecretStr
from starlette.exceptions import HTTPException
from starlette.requests import Request


def is_known(authorization: str, user: str, password: SecretStr) -> bool:
    """Whether the header carries this user and password; with no password set, nobody's does."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        sent_user, colon, sent_password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return False
    wanted = password.get_secret_value().encode()
    right_user = hmac.compare_digest(sent_user, user.encode())
    right_password = hmac.compare_digest(sent_password, wanted)
    return scheme.lower() == "basic" and bool(colon) and bool(wanted) and right_user and right_password


async def bounded_body(request: Request, most: int) -> bytes:
    """The body, read no further than it may be long. Raises HTTPException 413, ClientDisconnect."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise HTTPException(413)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise HTTPException(413)
        parts.append(part)
    return b"".join(parts)
