"""The one way to the database: an engine per process, a session per piece of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.asyncio import AsyncSession as PlainSession
from sqlmodel.ext.asyncio.session import AsyncSession

from .settings import settings


class Session(AsyncSession):
    """SQLModel's session, in which statements written as text are as welcome as selects."""

    execute = PlainSession.execute  # pyright: ignore[reportAssignmentType]


@dataclass
class Patience:
    """How long this process waits for the database, in seconds."""

    connect_s: float = 5.0
    command_s: float = 60.0
    """For one statement. A process in which somebody is on the line sets it lower before its first session."""


patience = Patience()


@cache
def _engine(url: str) -> AsyncEngine:
    server = {
        # A client that is gone without a word holds no lock for longer than it would have waited itself.
        "idle_in_transaction_session_timeout": str(round(patience.command_s * 1_000)),
        "tcp_keepalives_idle": "15",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    }
    connect = {"timeout": patience.connect_s, "command_timeout": patience.command_s, "server_settings": server}
    made = create_async_engine(url, pool_size=10, max_overflow=20, connect_args=connect)
    event.listen(made.sync_engine, "handle_error", _silence_is_a_loss)
    event.listen(made.sync_engine, "checkout", _open_only)
    return made


def _open_only(connection: Any, record: object, proxy: object) -> None:
    """A connection that the server has closed is not given out, nor any older one: after a restart all are closed.

    The driver knows by itself; asking the server each time would cost a round trip for each piece of work.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError("the server closed the connection")


def _silence_is_a_loss(context: ExceptionContext) -> None:
    """After a statement without an answer neither its connection nor the pool's others are worth waiting for.

    Without this the rollback would wait for ever for the answer to the statement before it.
    """
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True


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
