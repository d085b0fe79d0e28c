"""Recordings as the browser and a customer's programs hear them."""

from .sound import SoundAway, answer_with

__all__ = ["SoundAway", "answer_with"]
