"""Whatever ends the supervisor, its children end too, and the data directory becomes free."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import lives, until

from launcher.data_directory import DataDirectory

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def running(tmp_path):
    """A supervised run, and the process numbers of all its children."""
    process = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("supervised_run.py"), tmp_path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until((tmp_path / "pids").exists, "the children to be up")
    pids = [int(word) for word in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 4 and all(map(lives, pids))
    yield process, pids
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_in_order(running, tmp_path, number):
    process, pids = running
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output.rstrip().endswith("stopped")
    until(lambda: not any(map(lives, pids)), "all children to end")
    DataDirectory(tmp_path / "data").check()


def test_a_killed_supervisor_leaves_nothing_behind(running, tmp_path):
    process, pids = running
    process.kill()
    process.wait()
    until(lambda: not any(map(lives, pids)), "all children to be ended")
    data = DataDirectory(tmp_path / "data")
    data.open()
    data.unlock()


def test_killing_the_whole_process_group_leaves_nothing_behind(running):
    process, pids = running
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not any(map(lives, pids)), "all children to be ended")


def test_a_reader_that_stops_reading_does_not_stop_the_children(tmp_path):
    """`./run demo | head` and programs that wait for the ready line only."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("supervised_run.py"), tmp_path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=writing,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    os.close(reading)
    until((tmp_path / "pids").exists, "the children to be up")
    pids = [int(word) for word in (tmp_path / "pids").read_text().split()]
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert not any(map(lives, pids))
