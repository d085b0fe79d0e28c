"""The switch's clock: microseconds since the epoch in steps of 20 ms, as FreeSWITCH keeps it."""

import time

STEP_US = 20_000
PHASE_US = 3_600


class Clock:
    """Wall clock of one switch.

    `offset` (seconds) moves it against the machine's clock: a replay uses it to run at the
    recorded date, so that limits counted in whole seconds fall at the recorded moments.
    """

    def __init__(self, offset: float = 0.0) -> None:
        self._offset = offset

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._offset

    def micros(self) -> int:
        """Microseconds since the epoch, rounded down to the switch's 20 ms step."""
        exact = int(self.now() * 1_000_000)
        return exact - (exact - PHASE_US) % STEP_US

    def until_second(self, seconds: int) -> float:
        """Delay until the clock's whole second has advanced by `seconds`: up to one second early, as in the switch."""
        now = self.now()
        return max(0.0, int(now) + seconds - now)


def stamp(micros: int) -> str:
    """`YYYY-MM-DD hh:mm:ss` of a time in microseconds."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(micros / 1_000_000))


def gmt(micros: int) -> str:
    """The same in the form of an HTTP date."""
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(micros / 1_000_000))
