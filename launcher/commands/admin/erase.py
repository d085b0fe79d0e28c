"""`./run admin erase`: takes a person's number out of everything the exchange keeps."""

import argparse
import getpass
from typing import TYPE_CHECKING

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
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    from exchange_domain import erasing_messages

    try:
        async with Redis.from_url(redis_url, decode_responses=True) as redis:
            return await erasing_messages.forget(redis, number, erased)
    except (RedisError, OSError) as problem:
        raise AdminRefused(
            f"Redis does not answer at REDIS_URL ({type(problem).__name__}); nothing was erased"
        ) from problem
