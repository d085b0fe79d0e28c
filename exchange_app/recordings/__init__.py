"""Recordings as people and customers' programs hear them."""

from .hearing import heard, player
from .sound import SoundAway, answer_with

__all__ = ["SoundAway", "answer_with", "heard", "player"]
