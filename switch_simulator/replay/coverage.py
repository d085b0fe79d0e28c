"""What cannot be replayed, and why: told by what a transcript contains."""

from __future__ import annotations

from switch_simulator.replay.transcript import Transcript, one

_REGISTRATION = ("sofia::register", "sofia::unregister", "sofia::pre_register", "sofia::expire")
_OTHER_SIP = "sofia::"


def not_covered(transcript: Transcript) -> str:
    """The reason why a transcript is beyond a simulator of signalling on the event socket; empty when it is not."""
    for message in transcript.events:
        event = message.event or {}
        subclass = one(event.get("Event-Subclass"))
        if subclass.startswith(_REGISTRATION):
            return f"a telephone or browser registers by SIP ({subclass})"
        if subclass.startswith(_OTHER_SIP):
            return f"it turns on SIP that no command asks for ({subclass})"
        if one(event.get("Call-Direction")) == "inbound" and one(event.get("Event-Name")) == "CHANNEL_CREATE":
            return "a call comes in by SIP (a robot's own channel)"
        if one(event.get("Event-Name")) in ("TALK", "NOTALK", "DETECTED_TONE", "DETECTED_SPEECH"):
            return "it turns on what is heard"
    if not transcript.commands and not transcript.messages:
        return "it is empty"
    return ""
