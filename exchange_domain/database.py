"""The one way to the database: an engine per process, a session per piece of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.asyncio import AsyncSession as PlainSession
from sqlmodel.ext.asyncio.session import AsyncSession

from .settings import settings


class Session(AsyncSession):
    """SQLModel's session, in which statements written as text are as welcome as selects."""

    execute = PlainSession.execute  # pyright: ignore[reportAssignmentType]


@cache
def _engine(url: str) -> AsyncEngine:
    return create_async_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)


def engine() -> AsyncEngine:
    """The engine of `DATABASE_URL`. One event loop per process is assumed."""
    return _engine(settings().sqlalchemy_url)


@asynccontextmanager
async def session() -> AsyncIterator[Session]:
    """A session in a transaction: committed when the block ends, rolled back when it raises."""
    async with Session(engine(), expire_on_commit=False) as opened, opened.begin():
        yield opened


async def dispose() -> None:
    """Closes the pool, before the event loop ends."""
    await engine().dispose()
    _engine.cache_clear()
