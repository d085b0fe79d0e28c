"""Waiting for conditions of other processes, and looking at whether they are still there."""

import time
from collections.abc import Callable
from typing import Any

import psutil

LIMIT = 30


def until(condition: Callable[[], Any], what: str, limit: float = LIMIT) -> Any:
    """The first true value of the condition; fails when there is none in time."""
    deadline = time.monotonic() + limit
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {limit} s for: {what}"
        time.sleep(0.02)
    return value


def lives(pid: int) -> bool:
    """Whether the process runs; one that has ended but was not collected by its parent does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
