"""How migrations reach the database: over asyncpg, or as a script with `alembic upgrade head --sql`."""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

import exchange_domain.tables  # noqa: F401 - registers all tables on the metadata
from exchange_domain.settings import Settings

# Read afresh: a process that migrates several databases changes DATABASE_URL in between.
url = Settings().sqlalchemy_url


def is_ours(_: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Not the job library's tables, which come and change with it."""
    return not (kind == "table" and reflected and compare_to is None and (name or "").startswith("procrastinate_"))


compared = {
    "include_object": is_ours,
    "target_metadata": SQLModel.metadata,
    "compare_type": True,
    "compare_server_default": True,
    "transaction_per_migration": True,
}

LOCK_KEY = 0x45584348
"""Two processes that migrate at once take turns on this advisory lock."""


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, **compared)
    with context.begin_transaction():
        context.run_migrations()


async def migrate_online() -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK_KEY})")
        await connection.commit()  # the lock belongs to the session, so it stays
        await connection.run_sync(migrate)
    await engine.dispose()


if context.is_offline_mode():
    context.configure(url=url, literal_binds=True, dialect_opts={"paramstyle": "named"}, **compared)
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(migrate_online())
