"""Waiting for conditions of other processes, and looking at whether they are still there."""

import time
from collections.abc import Callable
from typing import Any

import psutil

LIMIT = 30


def until(condition: Callable[[], Any], what: str) -> Any:
    """The first true value of the condition; fails when there is none in time."""
    deadline = time.monotonic() + LIMIT
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {LIMIT} s for: {what}"
        time.sleep(0.02)
    return value


def lives(pid: int) -> bool:
    """Whether the process runs; one that has ended but was not collected by its parent does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
