"""What was measured, kept in full: Locust's own statistics round, and forget which call a figure belongs to."""

import json
import time
from collections import defaultdict
from pathlib import Path

from locust import events


class Figures:
    """Milliseconds by name; of calls the moments at which their operator's page showed something."""

    def __init__(self) -> None:
        self.each: dict[str, list[float]] = defaultdict(list)
        self.calls: dict[str, dict[str, float]] = defaultdict(dict)
        self.errors: dict[str, int] = defaultdict(int)
        self.since = 0.0
        """Epoch seconds: what came before is warming up, and is not counted."""

    def took(self, kind: str, name: str, ms: float, size: int = 0) -> None:
        events.request.fire(
            request_type=kind, name=name, response_time=ms, response_length=size, exception=None, context={}
        )
        if time.time() >= self.since:
            self.each[name].append(ms)

    def failed(self, kind: str, name: str, why: Exception) -> None:
        events.request.fire(request_type=kind, name=name, response_time=0, response_length=0, exception=why, context={})
        self.errors[f"{name}: {why}"] += 1

    def saw(self, call_id: str, what: str, at: float) -> None:
        self.calls[call_id].setdefault(what, at)

    def write(self, path: Path) -> None:
        body = {"each": self.each, "calls": self.calls, "errors": self.errors, "since": self.since}
        path.write_text(json.dumps(body), encoding="utf-8")


figures = Figures()
