"""A program as a process of its own, without the seconds its imports take: forked from one that has them already.

Each such process is killed, stopped and waited for like any other. `python -m tests.engine.preloaded` is the one it is
forked from; it ends with the tests' process, whose end of the socket it reads.
"""

import asyncio
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("call_engine.__main__", "call_engine.engine")
STDOUT, STDERR = 1, 2


@dataclass
class Forked:
    """What tests use of asyncio's process: `stdout`, `send_signal`, `wait`, `returncode`."""

    pid: int
    stdout: asyncio.StreamReader
    ended: threading.Event = field(default_factory=threading.Event)
    returncode: int | None = None

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def over(self, code: int) -> None:
        self.returncode = code
        self.ended.set()

    async def wait(self) -> int:
        await asyncio.to_thread(self.ended.wait)
        assert self.returncode is not None
        return self.returncode


class Preloaded:
    """Starts processes, and hears of their ends."""

    def __init__(self) -> None:
        here, there = socket.socketpair()
        self._socket = here
        self._replies = here.makefile("r")
        self._asking, self._ending = threading.Lock(), threading.Lock()
        self._born = threading.Event()
        self._pid = 0
        self._known: dict[int, Forked] = {}
        self._early: dict[int, int] = {}
        command = [sys.executable, "-m", "tests.engine.preloaded", str(there.fileno())]
        self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[there.fileno()], start_new_session=True)
        there.close()
        threading.Thread(target=self._hear, name="preloaded", daemon=True).start()

    async def start(self, program: str, environment: dict[str, str], log: int) -> Forked:
        """`python -m program` with this environment; its stderr goes to the open file `log`."""
        read, write = os.pipe()
        try:
            pid = await asyncio.to_thread(self._fork, program, environment, write, log)
        finally:
            os.close(write)
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(read, "rb"))
        forked = Forked(pid, reader)
        with self._ending:
            if pid in self._early:
                forked.over(self._early.pop(pid))
            else:
                self._known[pid] = forked
        return forked

    def _fork(self, program: str, environment: dict[str, str], stdout: int, stderr: int) -> int:
        with self._asking:
            self._born.clear()
            asked = json.dumps({"program": program, "environment": environment}).encode()
            socket.send_fds(self._socket, [len(asked).to_bytes(4, "big") + asked], [stdout, stderr])
            assert self._born.wait(60), "the process to fork from does not answer"
            return self._pid

    def _hear(self) -> None:
        for line in self._replies:
            what, pid, *code = line.split()
            if what == "born":
                self._pid = int(pid)
                self._born.set()
            else:
                self._over(int(pid), int(code[0]))

    def _over(self, pid: int, code: int) -> None:
        with self._ending:
            forked = self._known.pop(pid, None)
            if forked is None:
                self._early[pid] = code
            else:
                forked.over(code)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._process.wait()


def serve(channel: socket.socket) -> str | None:
    """Forks when asked to, says who ended. Returns in a child: the program that it is to run; None at the end."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([channel, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _tell_ends(channel)
        if channel in ready:
            head, descriptors, _, _ = socket.recv_fds(channel, 4, 2)
            if not head:
                return None
            asked = json.loads(channel.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for kept, given in zip((STDOUT, STDERR), descriptors, strict=True):
                    os.dup2(given, kept)
                for one in (*descriptors, woken, wake):
                    os.close(one)
                channel.close()
                os.environ.clear()
                os.environ.update(asked["environment"])
                return asked["program"]
            for one in descriptors:
                os.close(one)
            channel.sendall(f"born {pid}\n".encode())


def _tell_ends(channel: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        channel.sendall(f"over {pid} {os.waitstatus_to_exitcode(status)}\n".encode())


def main() -> None:
    for module in MODULES:
        __import__(module)
    program = serve(socket.socket(fileno=int(sys.argv[1])))
    if program is not None:
        sys.argv = [program]
        runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
