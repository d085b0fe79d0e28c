"""Names of SIP users: `operator-7`, `operator-7-phone`, `manager-7`, `manager-7-phone`, `moderator-7`."""

from .words import EndpointKind, Role, SipUserKind

LINES = (Role.OPERATOR, Role.MANAGER, Role.MODERATOR)
"""Roles with a line. A moderator's is the page alone: it is rung only when the moderator listens to a call."""
REGISTERED = {EndpointKind.BROWSER: SipUserKind.BROWSER, EndpointKind.SIP: SipUserKind.PHONE}
"""What registers for an endpoint; a telephone number does not."""


def username(role: Role, account_id: int, kind: SipUserKind) -> str:
    """Page and telephone sign in under names of their own, so that only the chosen one is rung."""
    if role not in LINES or (role is Role.MODERATOR and kind is not SipUserKind.BROWSER):
        raise ValueError(f"a {role} has no line")
    name = f"{role}-{account_id}"
    return name if kind is SipUserKind.BROWSER else f"{name}-phone"


def sip_user(role: Role, account_id: int, kind: EndpointKind) -> str:
    """Whom the switch rings for a person's endpoint."""
    return username(role, account_id, REGISTERED.get(kind, SipUserKind.BROWSER))
