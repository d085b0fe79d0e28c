"""What happened, line by line: kept only when somebody reads it, or as a digest to compare two runs by."""

import hashlib
from collections import deque
from uuid import UUID

from pydantic import BaseModel


class Trace:
    """`keep` lines at most; names stand for the uuids of legs, calls and keys."""

    def __init__(self, begin: int, keep: int | None = None, live: bool = False):
        self._begin = begin
        self.lines: deque[str] = deque(maxlen=keep)
        self._names: dict[UUID, str] = {}
        self._counts: dict[str, int] = {}
        self._digest = hashlib.sha256()
        self._live = live

    def name(self, of: UUID, kind: str) -> None:
        """From now on the uuid is called KIND-N."""
        if of not in self._names:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._names[of] = f"{kind}-{self._counts[kind]}"

    def say(self, now: int, step: int, text: str) -> None:
        line = f"{step:4} {(now - self._begin) / 1_000:10.3f}s  {text}"
        self._digest.update(line.encode())
        self._digest.update(b"\n")
        self.lines.append(line)
        if self._live:
            print(line)

    def named(self, text: str) -> str:
        """The text with names in the place of uuids."""
        for of, name in self._names.items():
            text = text.replace(str(of), name)
        return text

    def show(self, value: object) -> str:
        """A value in short: uuids by their names, events and effects by their fields."""
        if isinstance(value, UUID):
            return self._names.get(value) or f"{value.int >> 96:08x}"
        if isinstance(value, tuple):
            return "(" + ", ".join(self.show(one) for one in value) + ")"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.show(k)}: {self.show(v)}" for k, v in value.items()) + "}"
        if isinstance(value, BaseModel):
            fields = (f"{n}={self.show(getattr(value, n))}" for n in value.model_fields_set if n != "v")
            return f"{type(value).__name__}({', '.join(sorted(fields))})"
        names = getattr(type(value), "__dataclass_fields__", None)
        if names is None:
            return str(value)
        shown = (f"{n}={self.show(getattr(value, n))}" for n in names if n not in ("at", "fresh", "facts", "view"))
        facts = getattr(value, "facts", None)
        more = f"facts={self.show(facts)}" if isinstance(facts, dict) else ""
        return f"{type(value).__name__}({', '.join(filter(None, (*shown, more)))})"

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()
