"""Ends the supervisor's children when the supervisor itself was killed.

A process of its own, in its own session, that reads its standard input: `+GROUP SIGNAL` for a process group that was
started, `-GROUP` for one that has ended. The pipe closes when the supervisor is gone, in whatever way; then each group
still listed is asked to stop, and killed if it does not. It also holds the data directory's lock until that is done.
Standard library only; run as a script.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping

GRACE = 6.0
"""Seconds between asking and killing."""


def listed_groups(lines: Iterable[str]) -> dict[int, int]:
    """Group → its stop signal, of the groups started and not ended when the lines stop."""
    groups: dict[int, int] = {}
    for line in lines:
        sign, words = line[:1], line[1:].split()
        if sign == "+" and len(words) == 2:
            groups[int(words[0])] = int(words[1])
        elif sign == "-" and len(words) == 1:
            groups.pop(int(words[0]), None)
    return groups


def send(group: int, number: int) -> bool:
    """False when the group has no process left. Signal 0 only asks."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # what remains is no child of ours, or on macOS a zombie
        return False
    return True


def end(groups: Mapping[int, int], grace: float) -> None:
    """Ask all groups to stop at once, kill after `grace` seconds what has not."""
    for group, number in groups.items():
        send(group, number)
    deadline = time.monotonic() + grace
    remaining = list(groups)
    while remaining and time.monotonic() < deadline:
        time.sleep(0.05)
        remaining = [group for group in remaining if send(group, 0)]
    for group in remaining:
        send(group, signal.SIGKILL)


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end(listed_groups(sys.stdin), GRACE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
