"""Whether this web process lives and can serve people: asked by the proxy in front of it, and by who runs it.

`/health/live` answers while the process does. `/health/ready` asks database and broker: 503 names what is away.
"""

import asyncio

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from exchange_app.broker import redis
from exchange_domain import database

PATIENCE_S = 2.0


async def _database() -> None:
    async with database.session() as s:
        await s.execute(text("select 1"))


async def _broker() -> None:
    await redis().ping()


async def missing() -> list[str]:
    """What cannot be reached now: database, broker."""
    found = []
    for name, ask in (("database", _database), ("broker", _broker)):
        try:
            async with asyncio.timeout(PATIENCE_S):
                await ask()
        except (SQLAlchemyError, RedisError, OSError):  # a TimeoutError is an OSError
            found.append(name)
    return found


async def live(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


async def ready(_: Request) -> PlainTextResponse:
    away = await missing()
    return PlainTextResponse(f"away: {', '.join(away)}" if away else "ok", 503 if away else 200)


def routes() -> list[Route]:
    return [Route("/health/live", live), Route("/health/ready", ready)]
