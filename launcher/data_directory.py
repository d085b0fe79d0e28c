"""The folder that holds everything one running exchange keeps: databases, recordings, logs, secrets.

Standard library only: the checks before any slow work use it.
"""

import fcntl
import json
import os
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_MARKER = ".exchange-data"
_LOCK = ".lock"
_RUN = "run.json"


class DataDirectoryRefused(Exception):
    """The folder cannot be used; the text says why."""


@dataclass(frozen=True)
class Run:
    """The run in progress, for commands that talk to it."""

    pid: int
    public_url: str
    database_url: str
    redis_url: str
    switch_url: str


class DataDirectory:
    """Paths inside, the lock that keeps a second run out, and secrets made once."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self._lock_descriptor: int | None = None

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def recordings(self) -> Path:
        return self.path / "recordings"

    @property
    def storage(self) -> Path:
        """Where recordings are kept, once they are moved from the switch."""
        return self.path / "storage"

    @property
    def cdr_spool(self) -> Path:
        return self.path / "cdr-spool"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def lock_descriptor(self) -> int | None:
        """File descriptor that holds the lock; who inherits it holds the lock too."""
        return self._lock_descriptor

    def check(self) -> None:
        """Raises DataDirectoryRefused when a run holds the folder, or it holds something else's files."""
        if not self.path.exists():
            return
        if not self.path.is_dir():
            raise DataDirectoryRefused(f"{self.path} is not a folder")
        if not self._is_ours() and any(self.path.iterdir()):
            raise DataDirectoryRefused(
                f"{self.path} is not empty and was not made by this program; name another folder"
            )
        if self._is_ours() and not self._lock(wait=0) and self._holder_lives():
            raise self._busy()
        self.unlock()

    def open(self, fresh: bool = False, wait: float = 15) -> None:
        """Create the folder if it is missing, and lock it for this process.

        Args:
            fresh: remove what an earlier run left.
            wait: seconds to wait while a run that is ending still holds the folder.

        Raises:
            DataDirectoryRefused: as `check`.
        """
        if self.path.exists():
            if not self.path.is_dir() or (not self._is_ours() and any(self.path.iterdir())):
                self.check()
        else:
            self.path.mkdir(parents=True)
        (self.path / _MARKER).touch()
        if not self._lock(wait):
            raise self._busy()
        if fresh:
            self._clear()
        for folder in (self.recordings, self.storage, self.cdr_spool, self.logs):
            folder.mkdir(exist_ok=True)
        self._secrets.mkdir(mode=0o700, exist_ok=True)

    def unlock(self) -> None:
        if self._lock_descriptor is not None:
            os.close(self._lock_descriptor)
            self._lock_descriptor = None

    def secret(self, name: str) -> str:
        """A random password for `name`, made once, in a file that only this user reads. Safe inside a URL."""
        path = self._secrets / name
        with suppress(FileNotFoundError):
            if known := path.read_text().strip():
                return known
        fresh = secrets.token_urlsafe(24)
        _write_private(path, fresh + "\n")
        return fresh

    def write_run(self, run: Run) -> None:
        _write_private(self.path / _RUN, json.dumps(asdict(run), indent=2) + "\n")

    def remove_run(self) -> None:
        (self.path / _RUN).unlink(missing_ok=True)

    def read_run(self) -> Run | None:
        """The run in progress, None when there is none: the file of a killed run does not count."""
        try:
            run = Run(**json.loads((self.path / _RUN).read_text()))
        except (OSError, ValueError, TypeError):
            return None
        if self._lock(wait=0):
            self.unlock()
            return None
        return run

    @property
    def _secrets(self) -> Path:
        return self.path / "secrets"

    def _is_ours(self) -> bool:
        return (self.path / _MARKER).is_file()

    def _clear(self) -> None:
        for entry in self.path.iterdir():
            if entry.name in (_MARKER, _LOCK):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def _lock(self, wait: float) -> bool:
        """Whether the lock was got. It ends with the last process that holds the descriptor, however that ends."""
        descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                # The launcher of a killed run is gone while its children are still being ended: worth waiting for.
                if time.monotonic() < deadline and not self._holder_lives():
                    time.sleep(0.1)
                    continue
                os.close(descriptor)
                return False
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
            self._lock_descriptor = descriptor
            return True

    def _holder(self) -> int | None:
        try:
            return int((self.path / _LOCK).read_text())
        except (OSError, ValueError):
            return None

    def _holder_lives(self) -> bool:
        holder = self._holder()
        if holder is None:
            return False
        try:
            os.kill(holder, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def _busy(self) -> DataDirectoryRefused:
        where = ""
        with suppress(OSError, ValueError, KeyError):
            where = f" at {json.loads((self.path / _RUN).read_text())['public_url']}"
        return DataDirectoryRefused(
            f"a demo already runs on {self.path}{where} (process {self._holder()}); stop it, or name another folder "
            "with --data"
        )


def _write_private(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    temporary.replace(path)
