"""A stored recording as an HTTP answer: whole, or the part that was asked for (RFC 9110 section 14)."""

import re
from collections.abc import AsyncIterator
from functools import cache

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from exchange_domain.settings import settings
from exchange_domain.tables import Recording
from exchange_domain.words import RecordingState
from object_storage import NotThere, Storage, StorageAway

log = structlog.get_logger(__name__)
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class SoundAway(Exception):
    """The storage cannot be asked just now."""


@cache
def _storage(url: str) -> Storage:
    return Storage(url)


def part_of(header: str, size: int) -> tuple[int, int] | None:
    """From and up to (without) of a Range header with one range; None when there is no such part.

    What is no range of bytes, or several of them, is the whole: a server may ignore the header.
    """
    found = _RANGE.fullmatch(header.replace(" ", ""))
    if not found or found.group(1) == found.group(2) == "":
        return 0, size
    first, last = found.groups()
    if not first:
        return None if int(last) == 0 else (max(size - int(last), 0), size)
    start, end = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return 0, size
    return (start, end) if start < size else None


async def answer_with(request: Request, recording: Recording) -> Response | None:
    """200, 206 or 416; None: there is nothing to be heard (any more). Raises SoundAway.

    Rights are the caller's to check.
    """
    if recording.state is not RecordingState.STORED or not recording.storage_key or not recording.size_bytes:
        return None
    size, etag = recording.size_bytes, f'"{recording.sha256}"'
    headers = {"accept-ranges": "bytes", "etag": etag, "cache-control": "private, no-store"}
    wanted = request.headers.get("range", "")
    if wanted and request.headers.get("if-range", etag) != etag:
        wanted = ""
    part = part_of(wanted, size) if wanted else (0, size)
    if part is None:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{size}"})
    start, end = part
    pieces = _storage(settings().recording_storage).read(recording.storage_key, start, end)
    try:
        first = await anext(pieces)
    except (NotThere, StopAsyncIteration):
        log.error("recording_not_in_storage", call_id=str(recording.call_id))
        return None
    except StorageAway as away:
        log.error("recording_storage_away", reason=str(away))
        raise SoundAway from away
    headers["content-length"] = str(end - start)
    whole = (start, end) == (0, size)
    if not whole:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    return StreamingResponse(
        _rest(first, pieces), 200 if whole else 206, headers, media_type=recording.format or "audio/ogg"
    )


async def _rest(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece
