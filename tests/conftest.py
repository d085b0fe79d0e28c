"""Real servers for all tests: one PostgreSQL and one Valkey a session, a fresh migrated database a test."""

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
import redis.asyncio
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from exchange_domain import database
from exchange_domain.settings import settings
from launcher.embedded import postgres, valkey
from launcher.ports import free_ports
from launcher.processes import Identity, before_exec

os.environ.setdefault("SECRET_KEY", "0123456789abcdef" * 4)
# Operators of tests call at once, unless the test is about who may.
os.environ.setdefault("APTITUDE_REQUIRED", "false")
# And see at once what a test has changed.
os.environ.setdefault("BOARD_FRESH_S", "0")
ROOT = Path(__file__).resolve().parent.parent
MEMORY, ENOUGH = Path("/dev/shm"), 4 * 1024**3
TEMPLATE = "template_migrated"
SAMPLED = "template_sampled"
MAKE_SAMPLES = """
import asyncio
from demo import sample_data
from exchange_domain import database

async def make():
    async with database.session() as s:
        assert await sample_data.make(s)
    await database.dispose()

asyncio.run(make())
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files begin first, so that none of them runs on alone when all others are done: the longest of all, and
    then those that need no pages, for the pages are being built meanwhile."""
    long = {item.path for item in items if item.get_closest_marker("long")}

    def place(item: pytest.Item) -> int:
        if item.path.parent.name == "gallery":
            return 0
        if item.path not in long:
            return 3
        return 2 if item.path.parent.name == "browser" else 1

    items.sort(key=place)


@contextmanager
def _running(command: list[str], log: Path, stop_signal: int, identity: Identity | None = None) -> Iterator[None]:
    """A server process that ends with the block, or with the tests' process, however that ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=before_exec(identity, stop_signal),
        )
        try:
            yield
        finally:
            process.send_signal(stop_signal)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _complete(work: Coroutine) -> None:
    """Runs a coroutine to its end in a thread: this one may already have a loop running, a browser's for example."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def _until(answers: Callable) -> None:
    async with asyncio.timeout(30):
        while not await answers():  # noqa: ASYNC110 - another process, no event to wait for
            await asyncio.sleep(0.05)


def _migrate(url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        with ThreadPoolExecutor(1) as thread:
            thread.submit(command.upgrade, Config(ROOT / "alembic.ini"), "head").result()


@pytest.fixture(scope="session")
def postgres_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Cluster]:
    """The session's PostgreSQL, with a migrated template database."""
    with _memory(tmp_path_factory.mktemp("postgres")) as folder:
        yield from _cluster(folder)


@contextmanager
def _memory(otherwise: Path) -> Iterator[Path]:
    """A folder in memory where there is room: every test has a database made and dropped, twice as fast there."""
    try:
        roomy = shutil.disk_usage(MEMORY).free > ENOUGH
    except OSError:
        roomy = False
    if not roomy:
        yield otherwise
        return
    for left in MEMORY.glob("exchange-tests-*"):
        # Of a run that was killed.
        if not Path(f"/proc/{left.name.split('-')[2]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"exchange-tests-{os.getpid()}-", dir=MEMORY) as folder:
        yield Path(folder)


def _cluster(folder: Path) -> Iterator[postgres.Cluster]:
    cluster = postgres.Cluster(folder / "data", free_ports(1)[0], durable=False)
    cluster.initialise()
    log = folder / "postgres.log"
    with _running(cluster.command(), log, postgres.STOP_SIGNAL, cluster.identity):
        _complete(_until(cluster.answers))
        _complete(cluster.ensure_database(TEMPLATE))
        _migrate(cluster.url(TEMPLATE))
        yield cluster


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: postgres.Cluster) -> str:
    """Address of the session's server; its own database holds nothing."""
    return postgres_cluster.url("postgres")


@pytest.fixture(scope="session")
def _database_numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture(scope="session")
def sampled_template(postgres_cluster: postgres.Cluster) -> str:
    """A template database with the demo's sample data, which takes seconds to make: name it `database_template`."""
    _administer(postgres_cluster, f'CREATE DATABASE "{SAMPLED}" TEMPLATE "{TEMPLATE}" STRATEGY file_copy')
    environment = os.environ | {"DATABASE_URL": postgres_cluster.url(SAMPLED), "EXCHANGE_DEMO": "1"}
    subprocess.run([sys.executable, "-c", MAKE_SAMPLES], cwd=ROOT, env=environment, check=True)
    return SAMPLED


@pytest.fixture
def database_template() -> str:
    """What a test's database is a copy of: tables and nothing in them."""
    return TEMPLATE


@pytest.fixture
def database_url(
    postgres_cluster: postgres.Cluster, database_template: str, _database_numbers: Iterator[int]
) -> Iterator[str]:
    """Address of a fresh database of this test: postgresql://exchange@127.0.0.1:PORT/NAME."""
    name = f"test_{next(_database_numbers)}"
    _administer(postgres_cluster, f'CREATE DATABASE "{name}" TEMPLATE "{database_template}" STRATEGY file_copy')
    yield postgres_cluster.url(name)
    _administer(postgres_cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(cluster: postgres.Cluster, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(cluster.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    _complete(run())


@pytest.fixture
async def db_engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An SQLAlchemy engine on this test's database."""
    engine = create_async_engine(database_url.replace("postgresql://", "postgresql+asyncpg://", 1))
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the session's Valkey, which keeps nothing on disk."""
    folder = tmp_path_factory.mktemp("valkey")
    server = valkey.Server(folder, free_ports(1)[0], durable=False)
    server.initialise()
    log = folder / "valkey.log"
    with _running(server.command(), log, valkey.STOP_SIGNAL):
        _complete(_until(server.answers))
        yield server.url()


@pytest.fixture
def redis_url(valkey_url: str) -> str:
    """Address of a Valkey that is empty when the test begins."""

    async def flush() -> None:
        async with redis.asyncio.Redis.from_url(valkey_url) as client:
            await client.flushall()

    _complete(flush())
    return valkey_url


@pytest.fixture
def settings_env(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """`settings_env(database_url=…, web_port=…)`: sets the settings of this test, by field name or in capitals."""

    def forget() -> None:
        settings.cache_clear()
        database._engine.cache_clear()

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name.upper(), str(value))
        forget()

    forget()
    yield change
    forget()
