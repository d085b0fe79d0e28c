"""The API commands (`api X`, `bgapi X`), by group."""

from switch_simulator.api.registry import run

__all__ = ["run"]
