"""The folder of one exchange: whose it is, who holds it, what it keeps secret."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import ports
from launcher.data_directory import DataDirectory, DataDirectoryRefused, Run

ROOT = Path(__file__).resolve().parents[2]
RUN = Run(os.getpid(), "http://127.0.0.1:3000", "postgresql://a", "redis://b", "esl://c")


@pytest.fixture
def data(tmp_path):
    opened = DataDirectory(tmp_path / "data")
    opened.open()
    yield opened
    opened.unlock()


def test_a_second_run_on_the_same_folder_is_refused(data):
    data.write_run(RUN)
    second = DataDirectory(data.path)
    for attempt in (second.check, second.open):
        with pytest.raises(DataDirectoryRefused, match=rf"already runs .*127.0.0.1:3000 \(process {os.getpid()}\)"):
            attempt()


def test_when_the_run_ends_the_folder_is_free(data):
    data.unlock()
    DataDirectory(data.path).check()


def test_the_lock_of_a_killed_run_is_waited_for_while_a_child_holds_it(data):
    """A child that inherited the lock is one that still ends the killed run's processes."""
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
        pass_fds=(data.lock_descriptor,),
    ) as holder:
        gone = subprocess.Popen(["true"])
        gone.wait()
        (data.path / ".lock").write_text(str(gone.pid))
        data.unlock()
        DataDirectory(data.path).check()  # not refused: it only has to end
        with pytest.raises(DataDirectoryRefused):
            DataDirectory(data.path).open(wait=0)
        holder.stdin.close()
        second = DataDirectory(data.path)
        second.open()
        second.unlock()


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear …")
    for attempt in (DataDirectory(tmp_path).check, lambda: DataDirectory(tmp_path).open(fresh=True)):
        with pytest.raises(DataDirectoryRefused, match="was not made by"):
            attempt()
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataDirectoryRefused, match="not a folder"):
        DataDirectory(tmp_path / "file").check()


def test_fresh_removes_what_earlier_runs_left(data):
    secret = data.secret("cdr")
    (data.recordings / "call.wav").touch()
    data.unlock()
    data.open(fresh=True)
    assert list(data.recordings.iterdir()) == []
    assert data.secret("cdr") != secret


def test_fresh_does_not_follow_a_link_out_of_the_folder(data, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep.txt").touch()
    (data.path / "link").symlink_to(outside)
    data.unlock()
    data.open(fresh=True)
    assert (outside / "keep.txt").exists() and not (data.path / "link").exists()


def test_secrets_stay_the_same_and_are_this_users_alone(data):
    secret = data.secret("cdr")
    assert len(secret) >= 24
    assert data.secret("cdr") == secret != data.secret("event-socket")
    assert stat.S_IMODE((data.path / "secrets" / "cdr").stat().st_mode) == 0o600
    assert stat.S_IMODE((data.path / "secrets").stat().st_mode) == 0o700


def test_the_run_in_progress_is_found_by_others(data):
    data.write_run(RUN)
    assert stat.S_IMODE((data.path / "run.json").stat().st_mode) == 0o600
    assert DataDirectory(data.path).read_run() == RUN


def test_the_file_of_a_killed_run_is_no_run(data):
    data.write_run(RUN)
    data.unlock()
    assert DataDirectory(data.path).read_run() is None


def test_no_run_where_nothing_ever_ran(tmp_path):
    assert DataDirectory(tmp_path / "never").read_run() is None
    assert not (tmp_path / "never").exists()


def demo(*arguments):
    command = [sys.executable, "-P", ROOT / "launcher" / "bootstrap.py", "demo", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_demo_refuses_a_taken_port_before_it_touches_anything(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answer = demo("--port", port, "--data", tmp_path / "data")
    assert answer.returncode == 2
    assert f"port {port} is taken by another program: try ./run demo --port " in answer.stderr
    assert not (tmp_path / "data").exists()


def test_demo_refuses_a_folder_in_use(data):
    answer = demo("--port", ports.free_ports(1)[0], "--data", data.path)
    assert answer.returncode == 2
    assert "a demo already runs" in answer.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_demo_refuses_what_is_no_port(port):
    answer = demo("--port", port)
    assert answer.returncode == 2
    assert "not a port number" in answer.stderr


def test_the_proposed_port_is_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        assert not ports.is_free(taken)
        proposed = ports.next_free(taken)
        assert proposed is None or (proposed > taken and ports.is_free(proposed))


def test_free_ports_are_distinct():
    assert len(set(ports.free_ports(20))) == 20
