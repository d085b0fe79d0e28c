"""Names of SIP users: `operator-7`, `operator-7-phone`, `manager-7`, `manager-7-phone`."""

from .words import EndpointKind, Role, SipUserKind

REGISTERED = {EndpointKind.BROWSER: SipUserKind.BROWSER, EndpointKind.SIP: SipUserKind.PHONE}
"""What registers for an endpoint; a telephone number does not."""


def username(role: Role, account_id: int, kind: SipUserKind) -> str:
    """Page and telephone sign in under names of their own, so that only the chosen one is rung."""
    if role not in (Role.OPERATOR, Role.MANAGER):
        raise ValueError(f"a {role} has no line")
    name = f"{role}-{account_id}"
    return name if kind is SipUserKind.BROWSER else f"{name}-phone"


def sip_user(role: Role, account_id: int, kind: EndpointKind) -> str:
    """Whom the switch rings for a person's endpoint."""
    return username(role, account_id, REGISTERED.get(kind, SipUserKind.BROWSER))
