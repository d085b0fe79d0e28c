"""The embedded servers: what they keep, who may come in, and what a killed one leaves behind."""

import asyncio
import os
import signal
import subprocess
from contextlib import contextmanager

import asyncpg
import psutil
import pytest
import redis.asyncio
import redis.exceptions
from waiting import lives

from launcher.embedded import postgres, valkey
from launcher.ports import free_ports
from launcher.processes import Identity, before_exec


@contextmanager
def started(command, stop_signal, identity=None):
    process = subprocess.Popen(
        command,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=before_exec(identity, stop_signal),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(stop_signal)
        process.wait(30)


async def until_answering(server):
    async with asyncio.timeout(30):
        while not await server.answers():  # noqa: ASYNC110 - another process, no event to wait for
            await asyncio.sleep(0.05)


def run(cluster):
    cluster.initialise()
    return started(cluster.command(), postgres.STOP_SIGNAL, cluster.identity)


@pytest.fixture
def cluster(tmp_path):
    return postgres.Cluster(tmp_path / "postgres", free_ports(1)[0], password="a-secret")


async def test_a_cluster_keeps_its_data_when_its_server_is_killed(cluster):
    with run(cluster) as server:
        await until_answering(cluster)
        await cluster.ensure_database()
        await cluster.ensure_database()
        connection = await asyncpg.connect(cluster.url())
        await connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        await connection.close()
        server.kill()
        server.wait()
        assert (cluster.folder / "postmaster.pid").exists()
    with run(cluster):
        await until_answering(cluster)
        connection = await asyncpg.connect(cluster.url())
        assert await connection.fetchval("SELECT one FROM kept") == 1
        await connection.close()


async def test_without_the_password_nobody_comes_in(cluster):
    with run(cluster):
        await until_answering(cluster)
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(cluster.url().replace("a-secret", "a-guess"))


async def test_a_process_number_that_now_is_anothers_is_forgotten(cluster):
    cluster.initialise()
    (cluster.folder / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.folder}\n")
    with run(cluster):
        await until_answering(cluster)


async def test_a_server_left_running_is_ended_before_a_new_one_starts(cluster):
    with run(cluster) as left:
        await until_answering(cluster)
        other = postgres.Cluster(cluster.folder, free_ports(1)[0], cluster.password)
        other.initialise()
        assert not lives(left.pid)
        with started(other.command(), postgres.STOP_SIGNAL, other.identity):
            await until_answering(other)


def test_an_interrupted_first_start_is_begun_anew(cluster):
    cluster.folder.mkdir()
    (cluster.folder / "half").touch()
    cluster.initialise()
    assert (cluster.folder / "PG_VERSION").exists() and not (cluster.folder / "half").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up being root")
async def test_as_root_the_server_runs_as_nobody_even_in_a_closed_folder(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = postgres.Cluster(closed / "postgres", free_ports(1)[0], durable=False)
    identity = cluster.identity
    assert identity is not None and identity.keeps_file_access
    with run(cluster) as server:
        await until_answering(cluster)
        assert psutil.Process(server.pid).uids().effective == identity.uid
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() == 0, reason="root has to give up being root")
def test_an_ordinary_user_stays_who_they_are(tmp_path):
    assert Identity.for_postgres(tmp_path) is None


async def test_valkey_keeps_its_entries_when_it_is_killed(tmp_path):
    server = valkey.Server(tmp_path / "with space", free_ports(1)[0], password="a-secret")
    server.initialise()
    with started(server.command(), valkey.STOP_SIGNAL) as process:
        await until_answering(server)
        async with redis.asyncio.Redis.from_url(server.url()) as client:
            await client.set("kept", "yes")
            await client.waitaof(1, 0, 5000)
        process.send_signal(signal.SIGKILL)
        process.wait()
    server.initialise()
    with started(server.command(), valkey.STOP_SIGNAL):
        await until_answering(server)
        async with redis.asyncio.Redis.from_url(server.url()) as client:
            assert await client.get("kept") == b"yes"
        async with redis.asyncio.Redis(port=server.port, retry=None) as stranger:
            with pytest.raises(redis.exceptions.AuthenticationError):
                await stranger.get("kept")
