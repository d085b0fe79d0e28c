"""`./run demo` itself, with everything it starts."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest
from waiting import lives, until

from launcher.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
BUILDING = 300
"""Seconds for a start that has to build the pages first."""


class Demo:
    def __init__(self, folder):
        self.data = folder / "data"
        self.output = folder / "output.txt"
        self.port = free_ports(1)[0]
        self.process = None

    def start(self):
        self.output.write_text("")
        environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "SWITCH_URL")}
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "launcher", "demo", "--port", str(self.port), "--data", self.data],
                env={**environment, "PYTHONPATH": str(ROOT)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def lines(self):
        return self.output.read_text().splitlines()

    def wait_until_ready(self):
        until(lambda: self.is_ready() or self.process.poll() is not None, "the demo to be up", BUILDING)
        assert self.is_ready(), self.output.read_text()

    def is_ready(self):
        return f"ready: http://127.0.0.1:{self.port}" in self.lines()

    def family(self):
        return [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]

    def get(self, path):
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            f"http://127.0.0.1:{self.port}{path}", timeout=30
        ) as answer:
            return answer.status


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    running = Demo(tmp_path_factory.mktemp("demo"))
    running.start()
    running.wait_until_ready()
    yield running
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGINT)
        running.process.wait(30)


@pytest.mark.timeout(BUILDING + 60)
def test_the_pages_open(demo):
    assert demo.get("/") == 200


def test_every_program_runs(demo):
    commands = " ".join(" ".join(psutil.Process(pid).cmdline()) for pid in demo.family())
    for name in (
        "postgres",
        "valkey-server",
        "switch_simulator",
        "call_engine",
        "exchange_app.serve",
        "robot_operator",
    ):
        assert name in commands
    assert not [line for line in demo.lines() if line.startswith("[watch]")]


def test_an_invitation_of_the_shell_can_be_opened(demo):
    answer = subprocess.run(
        [sys.executable, "-P", "-m", "launcher", "admin", "invite", "--role", "operator", "--data", demo.data],
        env={**{k: v for k, v in os.environ.items() if k != "DATABASE_URL"}, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    link = answer.stdout.strip()
    assert link.startswith(f"http://127.0.0.1:{demo.port}/join/")
    assert demo.get(link.removeprefix(f"http://127.0.0.1:{demo.port}")) == 200


def test_passwords_are_in_files_of_this_user_only(demo):
    for name in ("run.json", "valkey/valkey.conf", "secrets/database"):
        assert (demo.data / name).stat().st_mode & 0o077 == 0


@pytest.mark.timeout(180)
def test_killed_it_leaves_nothing_and_starts_again_on_its_data(demo):
    family = demo.family()
    demo.process.kill()
    demo.process.wait()
    demo.start()  # at once: it waits for what is still being ended
    demo.wait_until_ready()
    assert not any(map(lives, family))
    assert json.loads((demo.data / "run.json").read_text())["pid"] == demo.process.pid
    assert demo.get("/") == 200


def test_an_interrupt_stops_everything(demo):
    family = demo.family()
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(30) == 0
    assert not any(map(lives, family))
    assert not (demo.data / "run.json").exists()
