"""The pages' way to the database through PgBouncer, by the configuration of deploy/pooler.sh."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy import text

from exchange_domain import database, invariants, program_role
from exchange_domain.claiming import Claim
from launcher.embedded import postgres
from launcher.ports import free_ports
from launcher.processes import before_exec
from tests.domain.conftest import Exchange

ROOT = Path(__file__).parents[2]
PASSWORD = "of the programs"
OLDEST = (1, 21)


def pgbouncer() -> str:
    """PGBOUNCER, or the one on PATH. Skips when there is none that keeps prepared statements."""
    found = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer")
    if found is None:
        pytest.skip("no pgbouncer on PATH (or in PGBOUNCER)")
    said = subprocess.run([*found.split(), "--version"], capture_output=True, text=True).stdout
    version = tuple(map(int, re.findall(r"\d+", said)[:2]))
    if version < OLDEST:
        pytest.skip(f"pgbouncer {said.split()[1]} is older than 1.21")
    return found


@pytest.fixture
async def pooled(
    postgres_cluster: postgres.Cluster, database_url: str, settings_env: Callable[..., None], tmp_path: Path
) -> AsyncIterator[str]:
    """The settings lead through a pooler; gives the direct address."""
    program = pgbouncer()
    connection = await asyncpg.connect(database_url)
    await program_role.grant(connection, "exchange_programs", PASSWORD)
    await connection.close()
    port = free_ports(1)[0]
    where = urlsplit(database_url)
    folder = Path("/tmp") / f"pooler-test-{os.getpid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    environment = os.environ | {
        "PGBOUNCER": program, "POOLER_FOLDER": str(folder / "made"), "POOLER_LISTEN": "127.0.0.1",
        "POOLER_PORT": str(port), "DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": str(where.port),
        "DATABASE_NAME": where.path[1:], "PROGRAMS_PASSWORD": PASSWORD,
    }  # fmt: skip
    # It does not run as root; the database's own user will do.
    process = await asyncio.create_subprocess_exec(
        "sh", str(ROOT / "deploy/pooler.sh"), env=environment, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL, preexec_fn=before_exec(postgres_cluster.identity, signal.SIGTERM),
        cwd="/",
    )  # fmt: skip
    try:
        url = f"postgresql://exchange_programs:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/exchange"
        async with asyncio.timeout(20):
            while True:
                try:
                    await (await asyncpg.connect(url)).close()
                    break
                except (OSError, asyncpg.PostgresError):
                    assert process.returncode is None
                    await asyncio.sleep(0.1)
        settings_env(database_url=url)
        yield database_url
        await database.dispose()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        shutil.rmtree(folder)


async def test_many_at_once_share_few_connections(pooled: str):
    exchange = Exchange(datetime.now(UTC))
    await exchange.tariff()
    campaign = await exchange.campaign()
    await exchange.deposit(campaign, 10**9)
    for number in range(120):
        await exchange.contact(campaign, f"+7921555{number:04}")
    operators = [await exchange.operator(campaign) for _ in range(24)]

    async def work(operator: tuple[int, int]) -> None:
        for _ in range(4):
            claim = await exchange.claim(operator)
            assert isinstance(claim, Claim)
            await exchange.talk(claim, 5)
            await exchange.close(claim, "refused")

    await asyncio.gather(*map(work, operators))
    async with database.session() as s:
        assert (await s.execute(text("select count(*) from call where state = 'closed'"))).scalar_one() == 96
        assert await invariants.broken(s, datetime.now(UTC)) == []
    direct = await asyncpg.connect(pooled)
    held = await direct.fetchval("select count(*) from pg_stat_activity where usename = 'exchange_programs'")
    await direct.close()
    assert 0 < held <= 50
