"""How a command can fail."""


class SwitchError(Exception):
    """Base of all failures of a command."""


class CommandFailed(SwitchError):
    """The switch said -ERR; `reason` is what follows it."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


class CommandNotSent(SwitchError):
    """The connection was gone before: certainly nothing happened."""


class CommandUnconfirmed(SwitchError):
    """Sent, and no reply: it may have been done. The reconnect asks; it is never sent again blindly."""
