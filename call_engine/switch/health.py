"""What the switch's events say about the switch itself."""

from collections.abc import Mapping
from typing import Any

import structlog

log = structlog.get_logger()


class SwitchHealth:
    """Channels by the last heartbeat; the Core-UUID, which is another one after each restart of the switch."""

    def __init__(self) -> None:
        self.core_uuid: str | None = None
        self.sessions = 0
        self.restarts = 0
        """Restarts that were seen."""

    def take(self, headers: Mapping[str, Any]) -> None:
        """From the reading task: looks, and keeps."""
        core = headers.get("Core-UUID")
        if isinstance(core, str) and core != self.core_uuid:
            if self.core_uuid is not None:
                self.restarts += 1
                log.warning("switch was restarted", core=core)
            self.core_uuid = core
        if headers.get("Event-Name") == "HEARTBEAT":
            sessions = str(headers.get("Session-Count", ""))
            self.sessions = int(sessions) if sessions.isdecimal() else self.sessions
