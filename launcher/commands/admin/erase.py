"""`./run admin erase`: takes a person's number out of everything the exchange keeps."""

import argparse
import getpass
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .refusal import AdminRefused

if TYPE_CHECKING:
    from exchange_domain.database import Session
    from exchange_domain.erasing import Erased


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    topic = commands.add_parser("erase", help="erase a person's number everywhere; money and counts stay")
    topic.add_argument("--number", required=True, metavar="E164", help="such as +78121234567")
    topic.add_argument(
        "--do-not-call", action="store_true", help="and nobody may call it any more, whoever's list it comes with"
    )
    topic.set_defaults(carry_out=erase)


async def erase(session: "Session", chosen: argparse.Namespace) -> str:
    """Says what was erased. Raises AdminRefused."""
    from exchange_domain import erasing
    from exchange_domain.settings import settings

    number = "".join(chosen.number.split())
    try:
        erased = await erasing.erase_number(session, number, by=f"shell:{getpass.getuser()}", forbid=chosen.do_not_call)
    except erasing.NoNumber as problem:
        raise AdminRefused(str(problem)) from problem
    except erasing.StillOnTheLine as problem:
        raise AdminRefused(
            "this number is in a call that is not over; nothing was erased. Try again when it is closed"
        ) from problem
    # What was erased must be erased there too, or all of it is done again.
    passing = await _forget_in_messages(settings().redis_url, number, erased)
    return said(erased, passing)


def said(erased: "Erased", passing: int) -> str:
    counts = [f"{name.replace('_', ' ')} {count}" for name, count in erased.counts().items()]
    lines = [f"erased: {', '.join(counts)}"]
    lines.append(f"messages and snapshots: {passing}")
    if erased.recordings:
        lines.append("recordings are deleted by the movers within a minute; ./run admin recordings shows what is left")
    return "\n".join(lines)


async def _forget_in_messages(redis_url: str, number: str, erased: "Erased") -> int:
    """Snapshots stay until the next call replaces them, and commands until the stream is trimmed: both go now."""
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    from exchange_domain.scrubbing import Scrubber

    scrubber = Scrubber(number)
    calls = [str(call) for call in erased.call_ids]

    def concerns(content: object) -> bool:
        written = str(content)
        return scrubber.has_number(written) or any(call in written for call in calls)

    gone = 0
    try:
        async with Redis.from_url(redis_url, decode_responses=True) as redis:
            async for key in redis.scan_iter(match="snapshot:*", count=500):
                if not key.endswith(":version") and concerns(await redis.get(key)):
                    gone += await redis.delete(key)
            async for stream in redis.scan_iter(match="engine:*:commands", count=500):
                gone += await _forget_in_stream(redis, stream, concerns)
    except (RedisError, OSError) as problem:
        raise AdminRefused(
            f"Redis does not answer at REDIS_URL ({type(problem).__name__}); nothing was erased"
        ) from problem
    return gone


async def _forget_in_stream(redis: Any, stream: str, concerns: Callable[[object], bool]) -> int:
    gone, last = 0, "-"
    while entries := await redis.xrange(stream, min=last, count=500):
        held = [id_ for id_, fields in entries if concerns(fields)]
        gone += await redis.xdel(stream, *held) if held else 0
        last = f"({entries[-1][0]}"
    return gone
