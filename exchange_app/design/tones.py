"""The five colours with a meaning: teal goes, blue transfers, amber waits, red is lost, grey rests."""

from typing import Any, Literal

import reflex as rx

Tone = Literal["accent", "blue", "amber", "red", "gray"]


def classes(*names: Any) -> Any:
    """Joins class names, some of which may be Vars."""
    parts = [n for n in names if n is not None and not (isinstance(n, str) and not n)]
    if all(isinstance(p, str) for p in parts):
        return " ".join(parts)
    return rx.Var.create(" ".join(f"{part}" for part in parts))


def tone_class(prefix: str, tone: Any) -> Any:
    """`k-red` of prefix `k` and tone `red`, also for a Var."""
    return f"{prefix}-{tone}" if isinstance(tone, str) else rx.Var.create(f"{prefix}-{tone}")
