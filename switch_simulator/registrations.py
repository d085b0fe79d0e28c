"""Telephones that register and go: what the switch says of it (`sofia::register`, `sofia::unregister`)."""

from __future__ import annotations

from switch_simulator.switch import Switch

LONGEST_S = 180


def signed_on(
    switch: Switch, name: str, call_id: str, *, contact: str, agent: str = "softphone", status: str = "Registered(UDP)",
    expires_s: int = LONGEST_S,
) -> None:  # fmt: skip
    headers = [
        *_who(switch, name, call_id), ("contact", contact), ("user-agent", agent), ("network-ip", "127.0.0.1"),
        ("status", status), ("expires", str(expires_s)),
    ]  # fmt: skip
    switch.announce("CUSTOM", headers, subclass="sofia::register")


def signed_off(switch: Switch, name: str, call_id: str, reason: str) -> None:
    switch.announce("CUSTOM", [*_who(switch, name, call_id), ("reason", reason)], subclass="sofia::unregister")


def _who(switch: Switch, name: str, call_id: str) -> list[tuple[str, str]]:
    domain = switch.dialplan.domain
    return [("profile-name", "internal"), ("from-user", name), ("from-host", domain), ("call-id", call_id)]
