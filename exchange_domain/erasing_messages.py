"""What passes through the broker about an erased number: snapshots stay until the next call replaces them, and commands
until the stream is trimmed. Both go at once.
"""

from collections.abc import Callable
from typing import Any

from .erasing import Erased
from .scrubbing import Scrubber


async def forget(redis: Any, e164: str, erased: Erased) -> int:
    """Deletes what tells of the number or of its calls; `redis` is a client that decodes. Returns how many."""
    scrubber = Scrubber(e164)
    calls = [str(call) for call in erased.call_ids]

    def concerns(content: object) -> bool:
        written = str(content)
        return scrubber.has_number(written) or any(call in written for call in calls)

    gone = 0
    async for key in redis.scan_iter(match="snapshot:*", count=500):
        if not key.endswith(":version") and concerns(await redis.get(key)):
            gone += await redis.delete(key)
    async for stream in redis.scan_iter(match="engine:*:commands", count=500):
        gone += await _of_stream(redis, stream, concerns)
    return gone


async def _of_stream(redis: Any, stream: str, concerns: Callable[[object], bool]) -> int:
    gone, last = 0, "-"
    while entries := await redis.xrange(stream, min=last, count=500):
        held = [id_ for id_, fields in entries if concerns(fields)]
        gone += await redis.xdel(stream, *held) if held else 0
        last = f"({entries[-1][0]}"
    return gone
