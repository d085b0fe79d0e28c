"""The dial plan: who answers to a name or a number, and what the gateways are worth."""

import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from switch_simulator.behaviour import Behaviour, Span, fraction_of, parse_behaviour

DEFAULT_FILE = Path(__file__).with_name("dialplan.toml")
_UNKNOWN = Behaviour(exists=False)


class DialPlanError(ValueError):
    """The dial plan's file cannot be used: which entry, and why."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A carrier's gateway."""

    name: str
    up: bool
    proxy: str


@dataclass(slots=True)
class DialPlan:
    """Behaviours by user and by number, gateways, profiles. Entries set later by a test come first."""

    domain: str
    gateways: dict[str, Gateway]
    profiles: dict[str, str]
    registrations: dict[str, int]
    users: list[tuple[re.Pattern[str], Behaviour]]
    numbers: list[tuple[re.Pattern[str], Behaviour]]
    mix: list[tuple[float, Behaviour]]
    no_voicemail_variable: str = ""
    own_users: dict[str, Behaviour] = field(default_factory=dict)
    own_numbers: dict[str, Behaviour] = field(default_factory=dict)

    def user(self, name: str) -> Behaviour:
        """What the telephone of a user does; `exists` and `registered` say whether there is one."""
        if name in self.own_users:
            return self.own_users[name]
        return next((does for pattern, does in self.users if pattern.fullmatch(name)), _UNKNOWN)

    def number(self, number: str, voicemail: bool = True) -> Behaviour:
        """What happens at a number, with or without its leading `+`."""
        digits = number.lstrip("+")
        if digits in self.own_numbers:
            return self.own_numbers[digits]
        for pattern, does in self.numbers:
            if pattern.search(digits):
                return does
        return self._from_mix(digits, voicemail)

    def _from_mix(self, digits: str, voicemail: bool) -> Behaviour:
        place = fraction_of(digits) * sum(weight for weight, _ in self.mix)
        for weight, does in self.mix:
            place -= weight
            if place < 0:
                if does.voicemail and not voicemail:
                    return Behaviour(rings=True)
                return _settled(does, digits)
        return Behaviour(rings=True)

    def set_user(self, name: str, behaviour: Behaviour) -> None:
        """From now on this user does that."""
        before = self.user(name).answer
        if behaviour.refuse and behaviour.rings and before and behaviour.refuse_after == Span(0.0, 0.0):
            # Said without a time: this telephone rings as long as it did before it was answered.
            behaviour = replace(behaviour, refuse_after=before)
        self.own_users[name] = behaviour

    def set_number(self, number: str, behaviour: Behaviour) -> None:
        """From now on that happens at this number."""
        self.own_numbers[number.lstrip("+")] = behaviour

    def set_gateway(self, name: str, up: bool) -> None:
        """A gateway goes up or down; a new name makes a new gateway."""
        old = self.gateways.get(name)
        self.gateways[name] = replace(old, up=up) if old else Gateway(name, up, "127.0.0.1:5090")

    def registered_users(self) -> dict[str, int]:
        """Users listed as registered, with their telephone's port."""
        return {n: port for n, port in self.registrations.items() if self.user(n).exists and self.user(n).registered}

    def port_of(self, name: str) -> int:
        """The port of a user's telephone."""
        return self.registrations.get(name, 5074)


def _settled(does: Behaviour, digits: str) -> Behaviour:
    """The behaviour with each range narrowed to the one time this number has."""

    def fixed(span: Span | None, salt: str) -> Span | None:
        if span is None:
            return None
        time = span.at(fraction_of(digits, salt))
        return Span(time, time)

    return replace(
        does,
        answer=fixed(does.answer, "answer"),
        refuse_after=fixed(does.refuse_after, "refuse"),
        hang_up=fixed(does.hang_up, "hang up"),
    )


def load_dial_plan(path: str | Path | None = None) -> DialPlan:
    """Reads a dial plan (the one that comes with the simulator by default). Raises DialPlanError."""
    file = Path(path) if path else DEFAULT_FILE
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DialPlanError(f"dial plan {file}: {error}") from error
    try:
        return _from_data(data)
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise DialPlanError(f"dial plan {file}: {error!r}") from error


def _from_data(data: dict[str, Any]) -> DialPlan:
    gateways = {
        name: Gateway(name, entry["state"] == "up", entry.get("proxy", "127.0.0.1:5090"))
        for name, entry in data.get("gateways", {}).items()
    }
    return DialPlan(
        domain=data.get("domain", "pbx.example"),
        gateways=gateways,
        profiles=dict(data.get("profiles", {})),
        registrations=dict(data.get("registrations", {})),
        users=[(re.compile(entry["name"]), parse_behaviour(entry["does"])) for entry in data.get("users", [])],
        numbers=[
            (re.compile(f"(?:{entry['ends']})$"), parse_behaviour(entry["does"])) for entry in data.get("numbers", [])
        ],
        mix=[(float(entry["weight"]), parse_behaviour(entry["does"])) for entry in data.get("mix", [])],
        no_voicemail_variable=data.get("no_voicemail_variable", ""),
    )
