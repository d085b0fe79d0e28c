"""The migrations make the tables that the code describes, and can be taken back."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Enum, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Config(ROOT / "alembic.ini")


async def in_database(url: str, ask):
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(ask)
    finally:
        await engine.dispose()


async def test_the_tables_are_those_of_the_code(database_url: str):
    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours})
        return compare_metadata(context, SQLModel.metadata)

    def is_ours(_, name, kind, reflected, compare_to):
        """The job library's tables come with it."""
        return not (kind == "table" and name.startswith("procrastinate_"))

    assert await in_database(database_url, differences) == []


async def test_the_rules_of_the_tables_are_those_of_the_code(database_url: str):
    """Autogenerate does not see check constraints: their names are compared here, and the words they allow."""

    def constraints(connection):
        rows = connection.execute(
            text("select conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'c'")
        )
        return {name: set(re.findall(r"'([a-z_]+)'::", rule)) for name, rule in rows}

    kept = await in_database(database_url, constraints)
    for table in SQLModel.metadata.tables.values():
        names = {str(rule.name) for rule in table.constraints if isinstance(rule, CheckConstraint)}
        assert names <= set(kept), table.name
        for column in table.columns:
            if isinstance(column.type, Enum):
                rule = f"ck_{table.name}_{column.type.name}"
                assert kept[rule] == set(column.type.enums), rule


def test_there_is_one_line_of_migrations():
    script = ScriptDirectory.from_config(CONFIG)
    assert len(script.get_heads()) == 1
    for revision in script.walk_revisions():
        assert Path(revision.path).name.startswith(f"{revision.revision}_")


async def test_the_migrations_can_be_taken_back(database_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(command.downgrade, CONFIG, "base").result()
        thread.submit(command.upgrade, CONFIG, "head").result()
