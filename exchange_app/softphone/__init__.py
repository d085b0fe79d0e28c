"""What a page needs to be a telephone: its SIP user, a password for the shift, and where the switch is."""

from .checking import sound_check
from .control import line_answer, line_control, while_line_rings
from .routes import routes

__all__ = ["line_answer", "line_control", "routes", "sound_check", "while_line_rings"]
