"""The database user of the programs: it works with the rows, and owns nothing.

Whoever owns a table can drop its triggers, and with them what the database refuses. So migrations run as the owner, and
programs as another user, who can neither change nor remove what is in the books, nor take the rules away.

    DATABASE_URL=postgresql://OWNER@… python -m exchange_domain.program_role NAME    after each migration
"""

import asyncio
import os
import sys

import asyncpg

ADDED_ONLY = ("ledger_transaction", "ledger_entry")
"""Rows that are written once."""
KEPT = (*ADDED_ONLY, "ledger_account", "settlement")
"""Rows that are never removed."""


async def grant(connection: asyncpg.Connection, role: str, password: str | None = None) -> None:
    """Makes the user, if it is not there, and gives it what programs need; again, it brings that up to date."""
    name = await connection.fetchval("select quote_ident($1)", role)
    if not await connection.fetchval("select true from pg_roles where rolname = $1", role):
        await connection.execute(f"create role {name} login")
    if password is not None:
        quoted = await connection.fetchval("select quote_literal($1)", password)
        await connection.execute(f"alter role {name} password {quoted}")
    async with connection.transaction():
        for statement in (
            f"grant usage on schema public to {name}",
            f"grant select, insert, update, delete on all tables in schema public to {name}",
            f"grant usage, select on all sequences in schema public to {name}",
            f"grant execute on all functions in schema public to {name}",
            f"revoke update on {', '.join(ADDED_ONLY)} from {name}",
            f"revoke delete on {', '.join(KEPT)} from {name}",
            f"revoke insert, update, delete on alembic_version from {name}",
        ):
            await connection.execute(statement)


async def _main(role: str) -> None:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    try:
        await grant(connection, role, os.environ.get("PROGRAM_PASSWORD"))
    finally:
        await connection.close()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not os.environ.get("DATABASE_URL"):
        sys.exit("usage: DATABASE_URL=… [PROGRAM_PASSWORD=…] python -m exchange_domain.program_role NAME")
    asyncio.run(_main(sys.argv[1]))
