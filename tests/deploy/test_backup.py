"""A backup taken while the exchange works comes back to any moment, with books that balance."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from exchange_domain import database, invariants
from fault_trials.servers import running_server
from launcher.embedded import postgres
from launcher.ports import free_ports
from tests.domain.conftest import Exchange

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="backup-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def up(cluster: postgres.Cluster, folder: Path) -> AbstractAsyncContextManager[object]:
    log = folder / "postgres.log"
    return running_server(cluster.command(), log, postgres.STOP_SIGNAL, cluster.answers, cluster.identity)


def script(name: str, *arguments: str, backup: Path, cluster: postgres.Cluster) -> str:
    environment = os.environ | {
        "PATH": f"{postgres.programs()}{os.pathsep}{os.environ['PATH']}", "BACKUP": str(backup),
        "PGHOST": "127.0.0.1", "PGPORT": str(cluster.port), "PGUSER": postgres.USER,
    }  # fmt: skip
    done = subprocess.run(
        ["sh", str(ROOT / "deploy" / name), *arguments], env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def recovering() -> bool:
    async with database.session() as s:
        return (await s.execute(text("select pg_is_in_recovery()"))).scalar_one()


async def whole() -> tuple[int, int]:
    """Calls and ledger entries there are."""
    async with database.session() as s:
        row = (await s.execute(text("select (select count(*) from call), (select count(*) from ledger_entry)"))).one()
        return row[0], row[1]


async def test_to_the_end_and_to_a_moment(folder: Path, settings_env: Callable[..., None]):
    cluster = postgres.Cluster(folder / "pg", free_ports(1)[0], durable=True)
    cluster.initialise()
    backup = folder / "backup"
    (backup / "wal").mkdir(parents=True)
    for path in (backup, backup / "wal"):
        path.chmod(0o777)
    archive = f"test ! -f {backup}/wal/%f && cp %p {backup}/wal/%f.part && mv {backup}/wal/%f.part {backup}/wal/%f"
    with (cluster.folder / "postgresql.conf").open("a") as conf:
        conf.write(f"archive_mode = on\narchive_command = '{archive}'\n")
    async with up(cluster, folder):
        await cluster.ensure_database()
        settings_env(database_url=cluster.url())
        with ThreadPoolExecutor(1) as thread:
            thread.submit(command.upgrade, Config(ROOT / "alembic.ini"), "head").result()
        exchange = Exchange(datetime.now(UTC))
        await exchange.tariff()
        campaign = await exchange.campaign()
        await exchange.deposit(campaign, 10**9)
        for number in range(30):
            await exchange.contact(campaign, f"+7921555{number:04}")
        operator = await exchange.operator(campaign)

        async def calls(count: int) -> None:
            for _ in range(count):
                claim = await exchange.claim(operator)
                await exchange.talk(claim, 5)
                await exchange.close(claim, "refused")

        await calls(3)
        # While work goes on: what happens during the copy is in the log.
        meanwhile = asyncio.create_task(calls(4))
        said = await asyncio.to_thread(script, "backup.sh", backup=backup, cluster=cluster)
        assert "is whole" in said
        await meanwhile
        at_moment = await whole()
        async with database.session() as s:
            moment = str((await s.execute(text("select clock_timestamp()"))).scalar_one())
        await asyncio.sleep(0.05)
        await calls(5)
        at_end = await whole()
        async with database.session() as s:
            await s.execute(text("select pg_switch_wal()"))
        await database.dispose()
    assert at_end > at_moment

    for name, up_to, expected in (("end", "", at_end), ("moment", moment, at_moment)):
        again = replace(cluster, folder=folder / f"pg-{name}", port=free_ports(1)[0])
        script("restore.sh", str(again.folder), "latest", up_to, backup=backup, cluster=again)
        if (identity := again.identity) is not None:
            for path in (again.folder, *again.folder.rglob("*")):
                os.chown(path, identity.uid, identity.gid)
        async with up(again, folder):
            settings_env(database_url=again.url())
            # It answers questions before it has replayed everything.
            async with asyncio.timeout(60):
                while await recovering():  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            async with database.session() as s:
                assert await invariants.broken(s, datetime.now(UTC)) == []
            assert await whole() == expected
            await database.dispose()


def test_a_folder_that_is_not_empty_is_left_alone(folder: Path):
    (folder / "pg").mkdir()
    (folder / "pg" / "PG_VERSION").write_text("18")
    (folder / "backup" / "base" / "20261129T000000Z").mkdir(parents=True)
    done = subprocess.run(
        ["sh", str(ROOT / "deploy/restore.sh"), str(folder / "pg")], capture_output=True, text=True,
        env=os.environ | {"BACKUP": str(folder / "backup")},
    )  # fmt: skip
    assert done.returncode == 1 and "is not empty" in done.stderr
    assert (folder / "pg" / "PG_VERSION").read_text() == "18"
    shutil.rmtree(folder / "backup")
    (folder / "backup" / "base").mkdir(parents=True)
    done = subprocess.run(
        ["sh", str(ROOT / "deploy/restore.sh"), str(folder / "new")], capture_output=True, text=True,
        env=os.environ | {"BACKUP": str(folder / "backup")},
    )  # fmt: skip
    assert done.returncode == 1 and "there is no backup" in done.stderr
