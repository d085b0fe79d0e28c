"""Who may do what: sessions, the rule before every event, sign-in limits, headers.

Page authors need `roles`, `signed_in`, `anyone`, `current_account` and `require_session`.
"""

from .http import require_session
from .policy import anyone, current_account, roles, signed_in

__all__ = ["anyone", "current_account", "require_session", "roles", "signed_in"]
