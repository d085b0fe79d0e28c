"""Node, the browser and the checks: which programs are used, and with what environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import chromium
from launcher.commands import check, test
from launcher.environment import program_environment


def test_node_and_npm_come_from_the_wheel_and_run():
    environment = program_environment({"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")})
    for name in ("node", "npm"):
        program = shutil.which(name, path=environment["PATH"])
        assert program is not None and Path(program).parent == Path(sys.executable).parent
        answer = subprocess.run([program, "--version"], env=environment, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr


def program(folder, name, text):
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


def test_a_named_browser_is_taken_at_its_word(tmp_path):
    own = program(tmp_path, "own", "echo Chromium 1")
    assert chromium.ensure_chromium({"CHROMIUM": own, "PATH": ""}) == {"CHROMIUM": own}


def test_a_named_browser_that_does_not_run_is_told(tmp_path):
    with pytest.raises(chromium.ChromiumMissing, match="does not run"):
        chromium.ensure_chromium({"CHROMIUM": str(tmp_path / "none"), "PATH": ""})


def test_a_placeholder_on_path_is_no_browser(tmp_path):
    program(tmp_path, "chromium", "echo 'install the snap' >&2; exit 1")
    real = program(tmp_path, "google-chrome", "echo Chrome 1")
    assert chromium.ensure_chromium({"PATH": str(tmp_path)}) == {"CHROMIUM": real}


def test_without_any_browser_it_says_how_to_do_without(monkeypatch):
    monkeypatch.setattr(chromium, "candidates", lambda environment: iter(()))
    monkeypatch.setattr(chromium, "_apt_get", lambda environment: False)
    monkeypatch.setattr(chromium, "_playwright_install", lambda environment: False)
    with pytest.raises(chromium.ChromiumMissing, match='-m "not browser"'):
        chromium.ensure_chromium({"PATH": ""})


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [([], True), (["tests/app"], True), (["-m", "browser"], True), (["-m", "not browser"], False)],
)
def test_no_browser_is_brought_for_tests_without_one(arguments, wanted):
    assert test.wants_browser(arguments) is wanted


def test_fix_changes_files_and_without_it_nothing_is_changed():
    reporting = check.steps(Path("/bin"), fix=False)
    fixing = check.steps(Path("/bin"), fix=True)
    assert "--check" in reporting["format"] and "--fix" not in reporting["lint"]
    assert "--check" not in fixing["format"] and "--fix" in fixing["lint"]
    assert list(reporting) == list(fixing) == list(check.TITLES)


@pytest.mark.parametrize(("statuses", "expected"), [([0, 0, 0, 0], 0), ([1, 0, 0, 1], 1)])
def test_every_check_runs_and_failures_are_named(monkeypatch, capsys, statuses, expected):
    remaining = iter(statuses)
    ran = []

    def run(command, **_):
        ran.append(Path(command[0]).name)
        return subprocess.CompletedProcess(command, next(remaining))

    monkeypatch.setattr(check.subprocess, "run", run)
    assert check.main([]) == expected
    assert ran == ["ruff", "ruff", "pyright", "lint-imports"]
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == ("check: failed: ruff format, lint-imports" if expected else "check: all is well")
