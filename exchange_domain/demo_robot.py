"""How the demo's page and its robot operator meet: a wish, a report, and a channel that says either has changed."""

from typing import Literal

from .messages import Message

WISH_KEY = "demo:robot"
"""Redis key: `on` while the robot is wanted; anything else, or nothing, means off."""
REPORT_KEY = "demo:robot:report"
"""Redis key of the latest RobotReport, as JSON; it expires when the robot's process is gone."""
CHANNEL = "demo:robot:changed"
"""Published to after a change of the wish or of the report; the body says which: `wish` or `report`."""
REPORT_LIVES_S = 15

ON, OFF = "on", "off"


class RobotReport(Message):
    """What the robot is doing. Times are epoch milliseconds."""

    doing: Literal[
        "off", "starting", "pausing", "ringing", "talking", "transferring", "wrap_up", "waiting", "stopping", "lost",
        "no_engine"
    ]  # fmt: skip
    """no_engine: commands are not answered. waiting: nothing can be called at the moment, see `notice`."""
    since_ms: int
    contact_name: str = ""
    until_ms: int | None = None
    """For waiting: when it tries again."""
    notice: str | None = None
    """Code of messages.Notice that it waits for."""
    campaign_id: int | None = None
    calls: int = 0
    """Calls closed since the process began."""
