"""The table of commands and `./run` itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import commands

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments, cwd=ROOT, env=None):
    return subprocess.run([ROOT / "run", *arguments], cwd=cwd, env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("command", commands.COMMANDS, ids=lambda command: command.name)
def test_each_command_has_a_module_that_loads_without_installed_packages(command):
    probe = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from launcher import commands; "
        f"sys.exit(not callable(commands.find({command.name!r}).load().main))"
    )
    assert subprocess.run([sys.executable, "-I", "-S", "-c", probe]).returncode == 0


def test_help_names_every_command_and_works_from_any_folder(tmp_path):
    answer = run("help", cwd=tmp_path)
    assert answer.returncode == 0
    for command in commands.COMMANDS:
        assert f"./run {command.name} " in answer.stdout
        assert command.summary in answer.stdout


def test_without_a_command_the_help_is_shown():
    assert run().stdout == run("help").stdout


def test_an_unknown_command_is_refused_by_name():
    answer = run("dmeo")
    assert answer.returncode == 2
    assert "'dmeo'" in answer.stderr and "./run demo" in answer.stderr


def test_without_python_and_uv_it_says_what_to_install(tmp_path):
    for tool in ("dirname", "sh", "cat"):
        (tmp_path / tool).symlink_to(f"/bin/{tool}" if os.path.exists(f"/bin/{tool}") else f"/usr/bin/{tool}")
    answer = run("help", env={"PATH": str(tmp_path)})
    assert answer.returncode == 1
    assert "Python 3.11 or 3.12" in answer.stderr and "apt install" in answer.stderr


def test_a_python_that_does_not_run_is_passed_over(tmp_path):
    broken = tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    broken.chmod(0o755)
    answer = run("help", env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert answer.returncode == 0
