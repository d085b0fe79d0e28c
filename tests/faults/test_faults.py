"""A short run of the fault trials: one fault of each link, few calls, nothing lost and nothing left behind."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from fault_trials.__main__ import parse

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.long, pytest.mark.switch, pytest.mark.timeout(300)]


def test_nothing_is_lost_when_each_link_fails():
    before = {p.pid for p in psutil.process_iter()}
    done = subprocess.run(
        [sys.executable, "-m", "fault_trials", "--calls", "6", "--kind", "half-close"],
        cwd=ROOT, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing was lost" in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()[2:5]] == ["switch", "redis", "postgres"]
    left = [p for p in psutil.process_iter(["name", "cmdline"]) if p.pid not in before]
    assert not [p for p in left if any("exchange-faults-" in part for part in p.info["cmdline"] or ())]


@pytest.mark.parametrize("arguments", [["--calls", "2"], ["--only", "moon"], ["--kind", ""], ["--kind", "drop,fire"]])
def test_what_cannot_be_tried_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as refused:
        parse(arguments)
    assert refused.value.code == 2 and arguments[1] in capsys.readouterr().err
