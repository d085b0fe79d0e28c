"""One FreeSWITCH process with the exchange's configuration, in folders of its own."""

import os
import signal
import subprocess
import time
from pathlib import Path

from launcher.processes import before_exec

from .configuration import SOUNDS
from .event_socket import EventSocket, Refused

START_S = 30.0
STOP_S = 15.0
FOLDERS = ("log", "run", "db", "certs", "storage", "temp", "cache", "scripts", "htdocs", "grammar")


class SwitchFailed(Exception):
    """The switch did not start, or ended; the text says where its log is."""


def command(program: Path, folder: Path, recordings: Path) -> list[str]:
    """Every folder is given: none of the system's FreeSWITCH is read or written. No UPnP search (-nonat)."""
    words = [str(program), "-nf", "-nc", "-nonat", "-conf", str(folder / "conf"), "-sounds", str(SOUNDS)]
    for name in FOLDERS:
        words += [f"-{name}", str(folder / name)]
    return [*words, "-recordings", str(recordings)]


class RunningSwitch:
    """Started by `start`, ends with `stop` or with the process that started it."""

    def __init__(self, program: Path, folder: Path, recordings: Path, port: int, password: str):
        self._command = command(program, folder, recordings)
        self._folder = folder
        self._port, self._password = port, password
        self._process: subprocess.Popen[bytes] | None = None
        for name in FOLDERS:
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def output(self) -> Path:
        return self._folder / "log" / "output.log"

    @property
    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def start(self) -> float:
        """Starts it and waits for its event socket; the seconds that took. Raises SwitchFailed."""
        began = time.monotonic()
        with self.output.open("wb") as output:
            try:
                self._process = subprocess.Popen(
                    self._command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=output,
                    stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=before_exec(),
                )  # fmt: skip
            except OSError as problem:
                raise SwitchFailed(f"{self._command[0]} cannot be run: {problem}") from problem
        while not self._answers():
            if self.ended:
                raise SwitchFailed(f"the switch ended while starting; its words: {self._last_words()}")
            if time.monotonic() - began > START_S:
                self.stop()
                raise SwitchFailed(f"no event socket after {START_S:.0f} s; see {self.output}")
            time.sleep(0.05)
        return time.monotonic() - began

    def _answers(self) -> bool:
        try:
            with EventSocket(self._port, self._password, 5) as switch:
                return "UP " in switch.api("status")
        except (OSError, Refused):
            return False

    def _last_words(self) -> str:
        lines = self.output.read_text(errors="replace").split("\n")
        return "\n".join(lines[-15:]).strip() or f"none; see {self._folder / 'log'}"

    def wait(self) -> int:
        assert self._process is not None
        return self._process.wait()

    def stop(self) -> None:
        """Calls are hung up, their records posted or put into the spool; then it ends."""
        if self._process is None or self.ended:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
