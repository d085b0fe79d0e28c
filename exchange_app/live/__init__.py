"""Live changes: from the engine's channels to the open pages, and commands the other way.

`on` and `snapshot` for an account's own view, `room` / `enter` / `again` / `leave` for tables, `send_command` for
the engine.
Private names of the framework stand in `push.py` only; tests/app/test_live_contract.py fails when a new Reflex
changes them.
"""

from .accounts import More, on, snapshot
from .bridge import run_bridge
from .changes import OnlyChanges
from .commands import NoSwitch, send_command
from .drafts import tell_campaign, tell_managers
from .rooms import FLOOR, again, enter, leave, room, show, tell

__all__ = [
    "FLOOR",
    "More",
    "NoSwitch",
    "OnlyChanges",
    "again",
    "enter",
    "leave",
    "on",
    "room",
    "run_bridge",
    "send_command",
    "show",
    "snapshot",
    "tell",
    "tell_campaign",
    "tell_managers",
]
