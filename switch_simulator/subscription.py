"""What one client wants to hear: event names, subclasses of CUSTOM, filters, one channel's events."""

from switch_simulator.events import Event

CHANNEL_EVENTS = frozenset(
    [
        "CHANNEL_CREATE",
        "CHANNEL_DESTROY",
        "CHANNEL_STATE",
        "CHANNEL_CALLSTATE",
        "CHANNEL_ANSWER",
        "CHANNEL_HANGUP",
        "CHANNEL_HANGUP_COMPLETE",
        "CHANNEL_EXECUTE",
        "CHANNEL_EXECUTE_COMPLETE",
        "CHANNEL_HOLD",
        "CHANNEL_UNHOLD",
        "CHANNEL_BRIDGE",
        "CHANNEL_UNBRIDGE",
        "CHANNEL_PROGRESS",
        "CHANNEL_PROGRESS_MEDIA",
        "CHANNEL_OUTGOING",
        "CHANNEL_PARK",
        "CHANNEL_UNPARK",
        "CHANNEL_APPLICATION",
        "CHANNEL_ORIGINATE",
        "CHANNEL_UUID",
        "CHANNEL_DATA",
    ]
)
OTHER_EVENTS = frozenset(
    [
        "API",
        "LOG",
        "BACKGROUND_JOB",
        "HEARTBEAT",
        "CUSTOM",
        "CODEC",
        "DTMF",
        "MESSAGE",
        "PRESENCE_IN",
        "PRESENCE_OUT",
        "CALL_UPDATE",
        "PLAYBACK_START",
        "PLAYBACK_STOP",
        "RECORD_START",
        "RECORD_STOP",
        "MEDIA_BUG_START",
        "MEDIA_BUG_STOP",
        "RE_SCHEDULE",
        "ADD_SCHEDULE",
        "DEL_SCHEDULE",
        "EXE_SCHEDULE",
        "SHUTDOWN",
        "STARTUP",
        "RELOADXML",
        "COMMAND",
        "CLONE",
        "TALK",
        "NOTALK",
        "SESSION_HEARTBEAT",
        "MODULE_LOAD",
        "MODULE_UNLOAD",
        "NOTIFY",
        "SEND_MESSAGE",
        "RECV_MESSAGE",
        "TRAP",
        "DETECTED_TONE",
        "DETECTED_SPEECH",
        "GENERAL",
    ]
)
EVENTS = CHANNEL_EVENTS | OTHER_EVENTS
_MY_EVENTS = CHANNEL_EVENTS | {
    "CALL_UPDATE",
    "DTMF",
    "PLAYBACK_START",
    "PLAYBACK_STOP",
    "RECORD_START",
    "RECORD_STOP",
    "MEDIA_BUG_START",
    "MEDIA_BUG_STOP",
}


class Subscription:
    """The events of one connection."""

    def __init__(self) -> None:
        self.form = "plain"
        self.everything = False
        self.names: set[str] = set()
        self.subclasses: set[str] = set()
        self.every_subclass = False
        self.filters: list[tuple[str, str]] = []

    def add(self, argument: str) -> bool:
        """`plain|json NAME … CUSTOM subclass …`. False when no event is named that the switch knows."""
        words = argument.replace(",", " ").split()
        if words and words[0].lower() in ("plain", "json", "xml"):
            self.form = words.pop(0).lower()
        known = False
        custom = False
        for word in words:
            if custom:
                self.subclasses.add(word)
                known = True
            elif word.upper() == "ALL":
                self.everything = self.every_subclass = known = True
            elif word.upper() in EVENTS:
                self.names.add(word.upper())
                known = True
                custom = word.upper() == "CUSTOM"
        if custom and words[-1].upper() == "CUSTOM":
            self.every_subclass = True
        return known

    def remove(self, argument: str) -> None:
        """`NAME … CUSTOM subclass …`: no longer wanted."""
        custom = False
        for word in argument.replace(",", " ").split():
            if custom:
                self.subclasses.discard(word)
            elif word.upper() == "ALL":
                self.clear()
            elif word.upper() == "CUSTOM":
                custom = True
            else:
                if self.everything:
                    self.everything, self.names = False, set(EVENTS)
                self.names.discard(word.upper())

    def clear(self) -> None:
        """Nothing is wanted any more."""
        self.everything = self.every_subclass = False
        self.names.clear()
        self.subclasses.clear()

    def only_channel(self, uuid: str) -> None:
        """`myevents UUID`: the events of one channel."""
        self.names |= _MY_EVENTS
        self.filters.append(("Unique-ID", uuid))

    def wants(self, name: str, subclass: str = "") -> bool:
        """Whether such an event is worth rendering, filters aside."""
        if name == "CUSTOM":
            return self.every_subclass or subclass in self.subclasses
        return self.everything or name in self.names

    def passes(self, event: Event) -> bool:
        """The filters: with any, one of them has to match (a negative one, `-value`, must not)."""
        if not self.filters:
            return True
        passed = False
        positive = False
        for name, value in self.filters:
            if value.startswith("-"):
                if event.get(name) == value[1:]:
                    return False
            else:
                positive = True
                passed = passed or event.get(name) == value
        return passed or not positive

    def delete_filter(self, argument: str) -> None:
        """`all`, `NAME` or `NAME VALUE`."""
        name, _, value = argument.partition(" ")
        if name.lower() == "all":
            self.filters.clear()
        else:
            self.filters = [f for f in self.filters if f[0] != name or (value and f[1] != value)]
