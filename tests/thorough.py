"""How much is tried: figures of the usual run, and of `./run test --thorough`."""

import os
from typing import TypeVar

THOROUGH = os.environ.get("EXCHANGE_TESTS") == "thorough"
T = TypeVar("T")


def figure(usual: T, thorough: T) -> T:
    """The same test either way, on less or on more."""
    return thorough if THOROUGH else usual
