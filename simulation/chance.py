"""All chance of a run comes from one seed: the same seed is the same run."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """One `random.Random` and the few ways in which the world uses it."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)

    def happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def pick(self, among: Sequence[T]) -> T:
        return among[int(self._random.random() * len(among))]

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both possible."""
        return low + int(self._random.random() * (high - low + 1))

    def weighted(self, table: Sequence[tuple[float, T]]) -> T:
        """One of the values, as likely as its weight says."""
        left = self._random.random() * sum(weight for weight, _ in table)
        for weight, value in table:
            left -= weight
            if left < 0:
                return value
        return table[-1][1]

    def span(self, table: Sequence[tuple[float, tuple[int, int]]]) -> int:
        """A duration: one of several ranges by weight, then any value in it."""
        low, high = self.weighted(table)
        return self.between(low, high)
