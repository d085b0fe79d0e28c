"""Recordings as people and customers' programs hear them."""

from .hearing import heard, player
from .links import address, routes
from .sound import SoundAway, answer_with

__all__ = ["SoundAway", "address", "answer_with", "heard", "player", "routes"]
