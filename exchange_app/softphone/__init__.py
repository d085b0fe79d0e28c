"""What a page needs to be a telephone: its SIP user, a password for the shift, and where the switch is."""

from .control import line_control
from .routes import routes

__all__ = ["line_control", "routes"]
