"""What ends a run: a broken invariant, or a core that says something the simulation does not know."""


class Broken(Exception):
    """One of the invariants of docs/simulation.md does not hold. `invariant`: its number."""

    def __init__(self, invariant: int, what: str):
        super().__init__(f"invariant {invariant}: {what}")
        self.invariant, self.what = invariant, what


class Unknown(Exception):
    """The core made an effect, or the messages have a command, that the simulated world has no entry for."""


class EngineDied(Exception):
    """Unwinds the simulated engine at the effect at which it was to die."""
