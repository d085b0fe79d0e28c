"""A channel's caller profile: who calls whom, and the times of the call, as headers `Caller-…` and `Other-Leg-…`."""

from dataclasses import dataclass, field

from switch_simulator.events import Headers


@dataclass(slots=True)
class Times:
    """Moments of a call in microseconds since the epoch; 0 is never."""

    profile_created: int = 0
    created: int = 0
    answered: int = 0
    progress: int = 0
    progress_media: int = 0
    hangup: int = 0
    bridged: int = 0
    transfer: int = 0


@dataclass(slots=True)
class Profile:
    """Caller and callee of one channel."""

    uuid: str
    channel_name: str
    destination: str
    caller_name: str
    caller_number: str
    original_name: str
    original_number: str
    callee_name: str
    callee_number: str
    ani: str
    index: int = 1
    logical_direction: str = "outbound"
    network_address: str = ""
    transfer_source: str = ""
    dialplan: str = ""
    flipped: bool = False
    times: Times = field(default_factory=Times)

    def flip(self) -> None:
        """Caller and callee change places, as they do when an originated leg begins to do something by itself."""
        self.caller_name, self.callee_name = self.callee_name, self.caller_name
        self.caller_number, self.callee_number = self.callee_number, self.caller_number
        self.flipped = True

    def headers(self) -> Headers:
        """`Caller-…`"""
        return self._render("Caller", self.logical_direction, self.times)

    def as_other_leg(self, with_times: bool) -> Headers:
        """`Other-Leg-…` for the headers of the other channel. FreeSWITCH gives the times of an originatee only."""
        return self._render("Other-Leg", "inbound", self.times if with_times else Times())

    def _render(self, prefix: str, logical: str, times: Times) -> Headers:
        own = prefix == "Caller"
        headers: Headers = [(f"{prefix}-Direction", "outbound"), (f"{prefix}-Logical-Direction", logical)]
        if self.dialplan:
            headers.append((f"{prefix}-Dialplan", self.dialplan))
        for name, value in (
            ("Caller-ID-Name", self.caller_name),
            ("Caller-ID-Number", self.caller_number),
            ("Orig-Caller-ID-Name", self.original_name),
            ("Orig-Caller-ID-Number", self.original_number),
            ("Callee-ID-Name", self.callee_name),
            ("Callee-ID-Number", self.callee_number),
            ("Network-Addr", self.network_address),
            ("ANI", self.ani),
            ("Destination-Number", self.destination),
            ("Unique-ID", self.uuid),
            ("Source", "src/switch_ivr_originate.c"),
            ("Transfer-Source", self.transfer_source if own else ""),
            ("Context", "default"),
            ("Channel-Name", self.channel_name),
            ("Profile-Index", str(self.index) if own else ""),
        ):
            if value:
                headers.append((f"{prefix}-{name}", value))
        headers += [
            (f"{prefix}-Profile-Created-Time", str(times.profile_created)),
            (f"{prefix}-Channel-Created-Time", str(times.created)),
            (f"{prefix}-Channel-Answered-Time", str(times.answered)),
            (f"{prefix}-Channel-Progress-Time", str(times.progress)),
            (f"{prefix}-Channel-Progress-Media-Time", str(times.progress_media)),
            (f"{prefix}-Channel-Hangup-Time", str(times.hangup)),
            (f"{prefix}-Channel-Transfer-Time", str(times.transfer)),
            (f"{prefix}-Channel-Resurrect-Time", "0"),
            (f"{prefix}-Channel-Bridged-Time", str(times.bridged)),
            (f"{prefix}-Channel-Last-Hold", "0"),
            (f"{prefix}-Channel-Hold-Accum", "0"),
            (f"{prefix}-Screen-Bit", "true"),
            (f"{prefix}-Privacy-Hide-Name", "false"),
            (f"{prefix}-Privacy-Hide-Number", "false"),
        ]
        return headers
