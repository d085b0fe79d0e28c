"""The house of the engine's tests: here its switch is the simulator, and the same scenarios run against any other."""

from tests.engine.conftest import engine, engine_process, engine_processes, house

__all__ = ["engine", "engine_process", "engine_processes", "house"]
