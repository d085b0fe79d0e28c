"""Live changes: from the engine's channels to the open pages, and commands the other way.

The only place that knows the framework's private names (`push.py`).
"""

from .bridge import run_bridge
from .commands import send_command

__all__ = ["run_bridge", "send_command"]
