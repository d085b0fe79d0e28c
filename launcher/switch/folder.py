"""The folder of `./run switch`: configuration, passwords, logs, records that wait, recordings."""

import os
from pathlib import Path

from launcher.data_directory import DataDirectory
from launcher.ports import free_ports, is_free


class SwitchFolder:
    """Paths inside; `open` makes it, closed to others, and keeps a second switch out."""

    def __init__(self, path: Path):
        self._data = DataDirectory(path)
        self.path = self._data.path

    def check(self) -> None:
        """Raises DataDirectoryRefused when a run holds the folder, or it holds something else's files."""
        self._data.check()

    def open(self) -> None:
        """Raises DataDirectoryRefused."""
        self._data.open()
        self.path.chmod(0o700)
        self.gateways.mkdir(mode=0o700, exist_ok=True)

    def close(self) -> None:
        self._data.unlock()

    @property
    def configuration(self) -> Path:
        return self.path / "conf"

    @property
    def recordings(self) -> Path:
        return self._data.recordings

    @property
    def spool(self) -> Path:
        return self._data.cdr_spool

    @property
    def gateways(self) -> Path:
        """NAME.xml and NAME.addresses.xml of each carrier, by hand."""
        return self.path / "gateways"

    @property
    def settings_file(self) -> Path:
        """Settings of the exchange for this switch, for a shell to read."""
        return self.path / "exchange.env"

    def ports(self, count: int) -> list[int]:
        """The ports of the run before, so that the exchange's settings stay right; others when one of them is taken."""
        file = self.path / "ports"
        try:
            known = [int(word) for word in file.read_text().split()]
        except (OSError, ValueError):
            known = []
        if len(known) == count and all(map(is_free, known)):
            return known
        fresh = free_ports(count)
        file.write_text(" ".join(map(str, fresh)) + "\n")
        return fresh

    def secret(self, name: str) -> str:
        """A random password, made once."""
        return self._data.secret(name)

    def given(self, name: str) -> str | None:
        """What a carrier's file uses: the environment variable of the name in capitals, else the file secrets/NAME."""
        if value := os.environ.get(name.upper()):
            return value
        try:
            return (self.path / "secrets" / name).read_text().strip() or None
        except OSError:
            return None
