"""Call detail records of the switch: posted to `/cdr`, or left in its spool folder when the post did not arrive."""

from .endpoint import routes
from .spool import watch_spool

__all__ = ["routes", "watch_spool"]
