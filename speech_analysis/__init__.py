"""What can be measured in a recorded talk, without a network and without a recogniser: who spoke when, how, how well.

A room of its own: it knows sound, and nothing of calls, people or money.
"""

from .report import Channel, Report, measure
from .sound import Sound, Unreadable, read

__all__ = ["Channel", "Report", "Sound", "Unreadable", "measure", "read"]
