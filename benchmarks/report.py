"""What was measured: each figure beside its floor of the same run, printed as it comes, and written to a file."""

import json
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fault_trials.servers import ROOT


@dataclass(frozen=True)
class Measured:
    name: str
    ours: float
    floor: float
    unit: str
    beside: str
    """What the floor is."""
    smaller_is_better: bool = False

    @property
    def share(self) -> float:
        """How near to the floor: 1 is as good as it."""
        good, bad = (self.floor, self.ours) if self.smaller_is_better else (self.ours, self.floor)
        return good / bad if bad else 0.0


@dataclass
class Report:
    found: list[Measured] = field(default_factory=list)

    def add(self, one: Measured) -> None:
        self.found.append(one)
        print(
            f"  {one.name:<10} {one.ours:>10,.1f} {one.unit}; {one.floor:,.1f} by {one.beside}: {one.share:.0%}",
            flush=True,
        )

    def write(self, file: Path) -> None:
        """With the commit and the machine, so that two files can be set beside each other."""
        asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
        commit = subprocess.run(asked, capture_output=True, text=True).stdout.strip()
        head = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": commit,
            "python": platform.python_version(),
        }
        body = head | {"figures": [asdict(one) | {"share": round(one.share, 3)} for one in self.found]}
        file.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n")
