"""What a player draws: the loudest sample of each stretch of a recording, for each channel."""

import array

FIRST_MS = 100
MOST = 6_000
"""Stretches of a channel; a longer recording has longer stretches."""


class Peaks:
    """Takes samples in pieces, keeps at most MOST stretches: when there are more, each two become one."""

    def __init__(self, channels: int, rate: int, most: int = MOST):
        """`most` is even."""
        self.peak_ms = FIRST_MS
        self._channels, self._rate, self._most = channels, rate, most
        self._found: list[list[int]] = [[] for _ in range(channels)]
        self._rest = array.array("h")

    def add(self, samples: "array.array[int]") -> None:
        """The next samples, channels in turn."""
        self._rest.extend(samples)
        done = 0
        while len(self._rest) - done >= (width := self._width()):
            if len(self._found[0]) == self._most:
                # Before the next one is cut off: an even number becomes half of it, and all stay of one length.
                self._halve()
                continue
            self._take(self._rest[done : done + width])
            done += width
        del self._rest[:done]

    def result(self) -> bytes:
        """A byte a stretch and channel, channels in turn."""
        if self._rest:
            if len(self._found[0]) == self._most:
                self._halve()
            self._take(self._rest)
            self._rest = array.array("h")
        return bytes(value for stretch in zip(*self._found, strict=True) for value in stretch)

    def _width(self) -> int:
        return self._rate * self.peak_ms // 1_000 * self._channels

    def _take(self, stretch: "array.array[int]") -> None:
        for channel, found in enumerate(self._found):
            part = stretch[channel :: self._channels]
            loudest = max(max(part), -min(part)) if part else 0
            found.append(min(255, -(-loudest * 255 // 32_767)))

    def _halve(self) -> None:
        self.peak_ms *= 2
        for found in self._found:
            found[:] = [max(found[i : i + 2]) for i in range(0, len(found), 2)]
