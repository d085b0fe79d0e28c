"""Figures, life and readiness on a program's own port."""

import subprocess
import sys

import httpx
import pytest

from launcher.ports import free_ports
from observability import serving


def test_figures_life_and_readiness(monkeypatch: pytest.MonkeyPatch):
    [port] = free_ports(1)
    waits = [""]
    serving.serve(port, "127.0.0.1", lambda: waits[0])
    url = f"http://127.0.0.1:{port}"
    assert "exchange_loop_lag_seconds" in httpx.get(f"{url}/metrics").text
    serving.beat.tick()
    assert httpx.get(f"{url}/live").status_code == httpx.get(f"{url}/ready").status_code == 200
    waits[0] = "switch"
    answer = httpx.get(f"{url}/ready")
    assert (answer.status_code, answer.text) == (503, "switch\n")
    monkeypatch.setattr(serving, "DEAD_S", -1.0)
    assert httpx.get(f"{url}/live").status_code == 503
    asked = [sys.executable, "-m", "observability.asking"]
    assert subprocess.run([*asked, f"{url}/metrics"], capture_output=True).returncode == 0
    assert subprocess.run([*asked, f"{url}/ready"], capture_output=True).returncode == 1
    assert subprocess.run([*asked, "http://127.0.0.1:9/"], capture_output=True).returncode == 1


def test_without_a_port_nothing_is_served():
    serving.serve(0, "127.0.0.1")
