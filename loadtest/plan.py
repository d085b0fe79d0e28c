"""What a run is to do, handed from the process that starts everything to Locust's by a file."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

PLAN = "LOADTEST_PLAN"
"""Environment variable with the plan's file."""


@dataclass(frozen=True)
class Somebody:
    """A person with an open session; `campaign` is where they work or look."""

    account: int
    cookie: str
    campaign: int = 0


@dataclass(frozen=True)
class Plan:
    """Times in seconds. `figures`: where Locust's process writes what it measured."""

    urls: list[str]
    """Of the web processes: pages are spread over them in turn."""
    talk_s: float
    think_s: float
    """From the end of a talk until its result is saved."""
    minutes: float
    ramp_s: float
    stampede_at_s: float
    """Since the start, when all pages lose their sockets at once; 0: never."""
    transfer_share: float
    figures: str
    operators: list[Somebody] = field(default_factory=list)
    customers: list[Somebody] = field(default_factory=list)
    managers: list[Somebody] = field(default_factory=list)
    moderators: list[Somebody] = field(default_factory=list)
    sign_ins: list[tuple[str, str]] = field(default_factory=list)
    """E-mail and password of people who come by the sign-in page while the others work."""

    @property
    def url(self) -> str:
        """Where everything but pages goes."""
        return self.urls[0]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def read() -> Plan:
    """The plan of this run. Raises KeyError when there is none."""
    given = json.loads(Path(os.environ[PLAN]).read_text(encoding="utf-8"))
    people = ("operators", "customers", "managers", "moderators")
    return Plan(**given | {name: [Somebody(**one) for one in given[name]] for name in people})
